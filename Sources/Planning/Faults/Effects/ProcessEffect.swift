public import Topologies

/// An effect on processes: on all of a node's, or on one of them by name.
public protocol ProcessEffect: Effect {
    /// Which of each node's processes; nil for all of them.
    var process: ProcessName? { get }
    /// The effect on nodes, or on one process of each.
    init(_ nodes: [NodeName], of process: ProcessName?)
}
