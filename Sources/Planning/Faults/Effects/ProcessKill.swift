public import Topologies

/// Processes get SIGKILL, all at once, and start again later with the same data.
public struct ProcessKill: ProcessEffect {
    /// Whose processes.
    public let nodes: [NodeName]
    /// Which of each node's processes; nil for all of them.
    public let process: ProcessName?

    /// What a dead process forgets it has forgotten at once.
    public let leastElectionTimeouts = 0

    /// A kill of nodes, or of one process of each.
    public init(_ nodes: [NodeName], of process: ProcessName? = nil) {
        self.nodes = nodes
        self.process = process
    }
}
