public import Topologies

/// Which nodes a fault of processes hits.
public enum Target: String, Hashable, Sendable, CaseIterable {
    /// One node.
    case one
    /// As many as the rest can do without.
    case minority
    /// One more than a minority.
    case majority
    /// Every node.
    case all
    /// The claimant of the highest term.
    case leader

    /// In words.
    public var summary: String {
        switch self {
        case .one: "one node"
        case .minority: "as many nodes as the rest can do without"
        case .majority: "one node more than a minority"
        case .all: "every node"
        case .leader: "the leader"
        }
    }

    /// The nodes, by number; nil if it is the leader and none is known.
    public func nodes(_ aiming: Aiming) -> [NodeName]? {
        let minority = Majority.minority(of: aiming.order.count)
        return switch self {
        case .one: [aiming.order[0]]
        case .minority: aiming.order.prefix(max(1, minority)).sorted()
        case .majority: aiming.order.prefix(minority + 1).sorted()
        case .all: aiming.nodes
        case .leader: aiming.leader.map { [$0] }
        }
    }
}

/// Counting votes.
enum Majority {
    /// How many nodes the rest can do without.
    static func minority(of count: Int) -> Int { (count - 1) / 2 }

    /// How many nodes decide.
    static func majority(of count: Int) -> Int { count / 2 + 1 }
}
