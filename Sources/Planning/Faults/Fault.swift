public import Topologies

/// A single fault that a plan can ask for.
///
/// Pure: a fault takes aim and yields an ``Effect``, a value that an injector of the machine's
/// floor brings about. To add a kind, write a file with a type that conforms, and a line in
/// ``FaultCatalog``; a new kind of effect needs a file among the effects and its injector.
public protocol Fault: FaultKind {
    /// Whether it can only be aimed once a leader is known.
    var needsLeader: Bool { get }
    /// Whether a node can have only one fault of this kind and its like at a time.
    var isExclusive: Bool { get }
    /// Takes aim; nil if it needs a leader and none is known.
    func aim(_ aiming: Aiming) -> Aim?
}

extension Fault {
    /// Most faults hit whoever comes first in a shuffle.
    public var needsLeader: Bool { false }
}

/// What is known when a fault takes aim.
public struct Aiming: Hashable, Sendable {
    /// A shuffle of the nodes, drawn from the seed beforehand.
    public var order: [NodeName]
    /// The claimant of the highest term, if one is known.
    public var leader: NodeName?
    /// How strong faults are.
    public var intensity: Intensity
    /// What becomes of packets on links that are cut.
    public var cuts: LinkCut.Treatment

    /// What is known.
    public init(
        order: [NodeName], leader: NodeName?, intensity: Intensity = Intensity(),
        cuts: LinkCut.Treatment = .drop
    ) {
        self.order = order
        self.leader = leader
        self.intensity = intensity
        self.cuts = cuts
    }

    /// The nodes by number.
    public var nodes: [NodeName] { order.sorted() }
}

/// What a fault hits, and how.
public struct Aim: Sendable {
    /// The nodes that the fault hits: of a partition those that lose the majority, or all that lose
    /// a link if none does.
    public let affected: [NodeName]
    /// What is done to them.
    public let effect: any Effect

    /// An effect on nodes.
    public init(affected: [NodeName], _ effect: any Effect) {
        self.affected = affected
        self.effect = effect
    }

    /// The links that the fault touches.
    public var links: Set<Link> { effect.links }
}
