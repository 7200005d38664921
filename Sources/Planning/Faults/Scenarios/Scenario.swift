public import Topologies

/// A pure state machine that decides what is done to a cluster.
///
/// Everything that is drawn has been drawn when it is made: the same observations give the same
/// commands.
public protocol Scenario: Sendable, CustomStringConvertible {
    /// Looks at the cluster and says what is to be done now.
    ///
    /// Called when something has changed, at ``wake``, and every few milliseconds besides.
    mutating func step(_ view: ClusterView) -> [Command]
    /// Heals what lasts, for the load is over; says what has become of it.
    mutating func abandon(_ view: ClusterView) -> [Command]
    /// When it wants to be asked next whatever happens.
    var wake: Duration? { get }
    /// Whether nothing more will come of it, and all that it struck has been healed.
    var isOver: Bool { get }
    /// It takes no less than this, so that it does not begin where less time is left.
    var leastLength: Duration { get }
}

extension Scenario {
    /// Commands that heal all strikes that last or begin.
    func healings(_ view: ClusterView) -> [Command] {
        view.strikes.keys.sorted { $0.path.lexicographicallyPrecedes($1.path) }.compactMap { id in
            switch view.strikes[id] {
            case .starting, .lasting: .heal(id, due: view.time)
            default: nil
            }
        }
    }
}

/// A kind that plans can name: a single fault, or a scenario of several.
public protocol FaultKind: Sendable {
    /// The name that a user types.
    var name: FaultName { get }
    /// The family that it belongs to, which a user can ask for as well.
    var family: FaultName { get }
    /// What it does, for `whitewater list faults`.
    var summary: String { get }
    /// Fewer nodes cannot be hit this way.
    var leastNodes: Int { get }
    /// What must have been put under the nodes before they start.
    var needs: Set<Footing> { get }
    /// Draws what will be done, for a part that begins so long after the whole.
    func scenario(
        after offset: Duration, _ style: Style, using random: inout some RandomNumberGenerator
    ) -> any Scenario
}

extension FaultKind {
    /// Nothing: most faults find what they need.
    public var needs: Set<Footing> { [] }
}

/// What some faults need under the nodes from their start on.
public enum Footing: Hashable, Sendable {
    /// A system that can be told who belongs to it and who leads.
    case members
    /// A system that lets in a new member in the place of one that it has removed.
    case replacement
    /// Disks that can lose power: a file system of the lab's own under each node's data.
    case disks
    /// Of those, ones that fall ill when they are told to.
    case sickDisks
    /// Clocks that can be moved.
    case clocks
    /// Leave to damage what nodes have on disk, which a plan gives by asking for it.
    case damage
    /// A system that says that it keeps out a node which comes back with an empty folder.
    case wipes
    /// A system whose nodes do a work when they are asked.
    case upkeep(Upkeep)
    /// A system of whose nodes this is one of several processes.
    case process(ProcessName)
}

/// How faults are done, as a plan asks for it.
public struct Style: Hashable, Sendable {
    /// One of two ways, or either, as the dice say.
    public enum Choice<Way: Hashable & Sendable & CaseIterable>: Hashable, Sendable {
        /// Always this way.
        case always(Way)
        /// Any way.
        case either

        func draw(using random: inout some RandomNumberGenerator) -> Way {
            switch self {
            case .always(let way): return way
            case .either:
                guard let way = Way.allCases.randomElement(using: &random) else {
                    preconditionFailure("there is at least one way")
                }
                return way
            }
        }
    }

    /// What becomes of packets on links that are cut.
    public enum Cuts: String, Hashable, Sendable, CaseIterable {
        /// They are lost.
        case drop
        /// They arrive when the cut heals.
        case hold
    }

    /// How faults of a round end.
    public enum Healing: String, Hashable, Sendable, CaseIterable {
        /// All with the last one.
        case atOnce = "at-once"
        /// Each at its own time.
        case staggered
    }

    /// The nodes.
    public var nodes: [NodeName]
    /// How long a fault lasts.
    public var length: ClosedRange<Duration>
    /// What becomes of packets on links that are cut.
    public var cuts: Choice<Cuts>
    /// How faults of a round end.
    public var healing: Choice<Healing>
    /// What clients of struck nodes do.
    public var clients: Choice<StruckClients>
    /// By how much packets are held that come late; nil as the intensity says.
    public var delays: ClosedRange<Duration>?
    /// How strong faults are.
    public var intensity: Intensity

    /// A style; all but the nodes and the length has the default of plans.
    public init(
        nodes: [NodeName], length: ClosedRange<Duration>, cuts: Choice<Cuts> = .always(.drop),
        healing: Choice<Healing> = .always(.staggered),
        clients: Choice<StruckClients> = .always(.stay), delays: ClosedRange<Duration>? = nil,
        intensity: Intensity = Intensity()
    ) {
        self.nodes = nodes
        self.length = length
        self.cuts = cuts
        self.healing = healing
        self.clients = clients
        self.delays = delays
        self.intensity = intensity
    }

    /// How strong one fault is, or those of one script.
    func drawIntensity(using random: inout some RandomNumberGenerator) -> Intensity {
        var intensity = intensity
        if let delays { intensity.delay = .random(in: delays, using: &random) }
        return intensity
    }

    /// Whether packets are lost or wait, and in which order they arrive then.
    func drawTreatment(using random: inout some RandomNumberGenerator) -> LinkCut.Treatment {
        switch cuts.draw(using: &random) {
        case .drop: return .drop
        case .hold:
            let isShuffled = Bool.random(using: &random)
            return .hold(
                HeldPackets(order: isShuffled ? .shuffled(seed: random.next()) : .sent))
        }
    }
}

extension Duration {
    /// A length of the range, to the millisecond; no dice are thrown where there is one length.
    static func random(
        in range: ClosedRange<Duration>, using random: inout some RandomNumberGenerator
    ) -> Duration {
        guard range.lowerBound < range.upperBound else { return range.lowerBound }
        let ends = (
            Int((range.lowerBound / .milliseconds(1)).rounded()),
            Int((range.upperBound / .milliseconds(1)).rounded())
        )
        return .milliseconds(Int.random(in: ends.0...max(ends.0, ends.1), using: &random))
    }
}
