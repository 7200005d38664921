internal import Synchronization
internal import Systems
internal import Topologies

/// Asks nodes whether they serve, as long as anybody wants to know: one reader a node, however
/// many faults wait for it.
final class RecoveryWatch: Sendable {
    private struct State {
        var wanted: Set<NodeName> = []
        var served: [NodeName: Duration] = [:]
    }

    private static let interval = Duration.milliseconds(20)

    private let cluster: Cluster
    private let clock: RunClock
    private let state = Mutex(State())

    init(_ cluster: Cluster, clock: RunClock) {
        self.cluster = cluster
        self.clock = clock
    }

    /// Nodes that are to be asked.
    func want(_ nodes: Set<NodeName>) { state.withLock { $0.wanted = nodes } }

    /// When each node was last asked something that it answered.
    var served: [NodeName: Duration] { state.withLock { $0.served } }

    /// Asks until the task is cancelled.
    func watch() async {
        await withTaskGroup { group in
            for node in cluster.nodes {
                group.addTask {
                    while !Task.isCancelled {
                        if self.state.withLock({ $0.wanted.contains(node.name) }) {
                            let asked = self.clock.now
                            if await self.cluster.system.serves(node) {
                                self.state.withLock { $0.served[node.name] = asked }
                            }
                        }
                        try? await Task.sleep(for: Self.interval)
                    }
                }
            }
        }
    }
}
