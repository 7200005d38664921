public import Topologies

/// Two sides and the node between them, which is not the leader if one is known: followers need
/// not talk to each other, so a bridge that leads would cut nothing that anybody uses.
public struct Bridge: Partition {
    /// What a user types.
    public let name: FaultName = "bridge"
    /// In words.
    public let summary = "two sides that only one node in between, not the leader, can reach"
    /// A node on each side.
    public let leastNodes = 3

    /// A bridge.
    public init() {}

    /// All pairs but those of the bridge.
    public func pairs(_ aiming: Aiming) -> [(NodeName, NodeName)]? {
        var order = aiming.order
        let middle = (order.count - 1) / 2
        if order[middle] == aiming.leader { order.swapAt(middle, 0) }
        return Self.between(order.prefix(middle), order.dropFirst(middle + 1))
    }
}
