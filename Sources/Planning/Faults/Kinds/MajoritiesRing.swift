public import Topologies

/// Each node sees half a majority on either hand; what lies farther around the ring is cut.
public struct MajoritiesRing: Partition {
    /// What a user types.
    public let name: FaultName = "majorities-ring"
    /// In words.
    public let summary = "every node sees a majority, no two the same one"
    /// Of three, two make a majority that all but one share.
    public let leastNodes = 4

    /// A ring.
    public init() {}

    /// The pairs that are too far from each other.
    public func pairs(_ aiming: Aiming) -> [(NodeName, NodeName)]? {
        let order = aiming.order
        let count = order.count
        let reach = (count / 2 + 1) / 2
        var pairs: [(NodeName, NodeName)] = []
        for left in 0..<count {
            for right in (left + 1)..<max(left + 1, count)
            where min(right - left, count - right + left) > reach {
                pairs.append((min(order[left], order[right]), max(order[left], order[right])))
            }
        }
        return pairs
    }
}
