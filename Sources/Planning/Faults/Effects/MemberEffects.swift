public import Topologies

/// Nodes are no members of the cluster, and become members again later.
///
/// Where systems let them, their processes go on, with the log that they have: a leader that has
/// removed itself, or a node that does not know yet that it is out, must disturb nobody (Raft
/// dissertation §4.2). Elsewhere they end, and come back as new members.
public struct MemberRemoval: Effect {
    /// Which nodes.
    public let nodes: [NodeName]

    /// A removal of nodes.
    public init(_ nodes: [NodeName]) { self.nodes = nodes }
}

/// The leader is asked for a cluster without some nodes, in one request, and nobody waits for it.
///
/// A change of several voters takes two majorities, that of the old ones and that of the new ones
/// (Raft §6); a leader that is cut off has only one of them.
public struct MemberDismissal: Effect {
    /// Which nodes.
    public let nodes: [NodeName]
    /// It has happened when it has been asked for.
    public let leastElectionTimeouts = 0

    /// A dismissal of nodes.
    public init(_ nodes: [NodeName]) { self.nodes = nodes }
}

/// Nodes lose their folders for good, and new members take their places.
public struct MemberReplacement: Effect {
    /// Which nodes.
    public let nodes: [NodeName]

    /// A replacement of nodes.
    public init(_ nodes: [NodeName]) { self.nodes = nodes }
}

/// A node leads because the leader was told to let it (Raft dissertation §3.10).
public struct LeadershipTransfer: Effect {
    /// The node that is to lead.
    public let target: NodeName

    /// It has happened when it has happened.
    public let leastElectionTimeouts = 0

    /// A transfer to a node.
    public init(to target: NodeName) { self.target = target }
}
