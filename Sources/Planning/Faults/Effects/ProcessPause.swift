public import Topologies

/// Processes get SIGSTOP, and SIGCONT later.
public struct ProcessPause: Effect {
    /// Whose processes.
    public let nodes: [NodeName]

    /// The others notice after one.
    public let leastElectionTimeouts = 1

    /// A pause of nodes.
    public init(_ nodes: [NodeName]) { self.nodes = nodes }
}
