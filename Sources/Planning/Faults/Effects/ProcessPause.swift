public import Topologies

/// Processes get SIGSTOP, and SIGCONT later.
public struct ProcessPause: ProcessEffect {
    /// Whose processes.
    public let nodes: [NodeName]
    /// Which of each node's processes; nil for all of them.
    public let process: ProcessName?

    /// The others notice after one.
    public let leastElectionTimeouts = 1

    /// A pause of nodes, or of one process of each.
    public init(_ nodes: [NodeName], of process: ProcessName? = nil) {
        self.nodes = nodes
        self.process = process
    }
}
