public import Topologies

/// A fault that cuts links between nodes, both ways: a shape gives the pairs.
///
/// The shapes are a file each; this is what they share.
public protocol Partition: Fault {
    /// The pairs of nodes that cannot reach each other; nil if a leader is needed and not known.
    func pairs(_ aiming: Aiming) -> [(NodeName, NodeName)]?
}

extension Partition {
    /// The family's name.
    public var family: FaultName { "partition" }
    /// Cuts lie over each other.
    public var isExclusive: Bool { false }

    /// Takes aim.
    public func aim(_ aiming: Aiming) -> Aim? {
        pairs(aiming).map { pairs in
            Aim(
                affected: Self.affected(pairs, among: aiming.order),
                LinkCut(pairs: pairs, aiming.cuts))
        }
    }

    /// All pairs across two sides.
    static func between(
        _ one: ArraySlice<NodeName>, _ other: ArraySlice<NodeName>
    ) -> [(NodeName, NodeName)] {
        one.flatMap { left in other.map { (left, $0) } }
    }

    private static func affected(
        _ pairs: [(NodeName, NodeName)], among nodes: [NodeName]
    ) -> [NodeName] {
        var lost: [NodeName: Int] = [:]
        for (one, other) in pairs {
            lost[one, default: 0] += 1
            lost[other, default: 0] += 1
        }
        let majority = Majority.majority(of: nodes.count)
        let cutOff = lost.filter { nodes.count - $0.value < majority }
        return (cutOff.isEmpty ? lost : cutOff).keys.sorted()
    }
}
