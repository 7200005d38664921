public import Topologies

/// The cluster falls into two sides.
public struct TwoSides: Partition {
    /// How many nodes are on the smaller side.
    public enum Split: String, Hashable, Sendable, CaseIterable {
        /// One node from all others.
        case one
        /// Two sides as equal as can be.
        case halves
        /// A bare majority from the rest.
        case majority
        /// Less than a third of the nodes (one of five) from the rest.
        case minorityThird = "minority-third"
    }

    /// How many nodes are on the smaller side.
    public let split: Split

    /// A partition into two sides.
    public init(_ split: Split) { self.split = split }

    /// The split's name.
    public var name: FaultName { "\(split.rawValue)" }

    /// In words.
    public var summary: String {
        switch split {
        case .one: "cut one node from all others"
        case .halves: "cut the cluster into two sides as equal as can be"
        case .majority: "cut a bare majority from the rest"
        case .minorityThird: "cut less than a third of the nodes from the rest"
        }
    }

    /// Both sides have a node.
    public var leastNodes: Int {
        switch split {
        case .one, .halves: 2
        case .majority, .minorityThird: 3
        }
    }

    /// All pairs across the sides, the smaller side's node first.
    public func pairs(_ aiming: Aiming) -> [(NodeName, NodeName)]? {
        let count = aiming.order.count
        let size =
            switch split {
            case .one: 1
            case .halves: count / 2
            case .majority: Majority.minority(of: count)
            case .minorityThird: max(1, (count - 1) / 3)
            }
        return Self.between(aiming.order.prefix(size), aiming.order.dropFirst(size))
    }
}
