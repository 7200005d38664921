public import Topologies

/// Nodes do a work of their own that nobody's operations ask for.
public struct NodeUpkeep: Effect {
    /// The work.
    public let work: Upkeep
    /// Who does it.
    public let nodes: [NodeName]

    /// It is done or it is not; nobody has to stand for election.
    public let leastElectionTimeouts = 0

    /// A work of nodes.
    public init(_ work: Upkeep, of nodes: [NodeName]) {
        self.work = work
        self.nodes = nodes
    }
}

/// What an operator has a node do now and then.
public enum Upkeep: String, Codable, Hashable, Sendable, CaseIterable {
    /// It forgets what was overwritten or deleted so far; on one node, for all.
    case compact
    /// It writes its database anew, without holes.
    case defragment
}

/// How a node answered when it was asked for a work.
public enum UpkeepAnswer: Hashable, Sendable {
    /// It did it; in its words.
    case done(String)
    /// It took the work up, and its answer was lost: killed at it, perhaps.
    case interrupted(String)
    /// It did not begin.
    case refused(String)
}
