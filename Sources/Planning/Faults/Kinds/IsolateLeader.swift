public import Topologies

/// The leader on its own: what it acknowledges now is lost, what it reads is stale (Raft §8).
public struct IsolateLeader: Partition {
    /// What a user types.
    public let name: FaultName = "isolate-leader"
    /// In words.
    public let summary = "cut the leader from all others"
    /// A leader and another one.
    public let leastNodes = 2
    /// It does.
    public let needsLeader = true

    /// An isolation.
    public init() {}

    /// The leader with each other node.
    public func pairs(_ aiming: Aiming) -> [(NodeName, NodeName)]? {
        aiming.leader.map { leader in
            Self.between([leader], aiming.order.filter { $0 != leader }[...])
        }
    }
}
