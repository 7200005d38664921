public import Topologies

/// A fault of processes: where a node has several, one of them can be struck by name.
public protocol ProcessFault: Fault {
    /// Which of each node's processes; nil for all of them.
    var process: ProcessName? { get set }
}

extension ProcessFault {
    /// A system with such a process.
    public var needs: Set<Footing> { process.map { [.process($0)] } ?? [] }
}
