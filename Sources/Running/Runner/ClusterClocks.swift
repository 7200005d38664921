internal import Clocks
internal import Labs
internal import Topologies

/// The clocks of a cluster whose plan moves them, and the tracer that gives them to its processes.
struct ClusterClocks: Sendable {
    private let tracer: ClockTracer
    private let clocks: [NodeName: NodeClock]

    /// True clocks.
    ///
    /// - Throws: `ClockError` where clocks cannot be moved.
    init(of nodes: [NodeName]) throws(ClockError) {
        var clocks: [NodeName: NodeClock] = [:]
        for node in nodes { clocks[node] = try NodeClock() }
        self.clocks = clocks
        tracer = try ClockTracer(program: Sandbox.executable, arguments: ["trace-clocks"])
    }

    subscript(node: NodeName) -> NodeClock? { clocks[node] }

    /// Lets a node's process go on, which has stopped itself, with the node's clocks.
    func attach(_ process: Int32, to node: NodeName) async throws {
        if let clock = clocks[node] { try await tracer.trace(process, clock) }
    }

    /// Ends the tracer.
    func close() { tracer.close() }
}
