public import Topologies

/// Processes get SIGKILL, all at once, and start again later with the same data.
public struct ProcessKill: Effect {
    /// Whose processes.
    public let nodes: [NodeName]

    /// What a dead process forgets it has forgotten at once.
    public let leastElectionTimeouts = 0

    /// A kill of nodes.
    public init(_ nodes: [NodeName]) { self.nodes = nodes }
}
