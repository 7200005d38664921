internal import Synchronization
internal import Topologies

/// Keeps clients of some nodes waiting until their node is back; then all of them come at once.
final class ClientGate: Sendable {
    private struct State {
        var closed: [NodeName: Int] = [:]
        var waiting: [NodeName: [CheckedContinuation<Void, Never>]] = [:]
    }

    private let state = Mutex(State())

    /// Returns when the node's clients may come.
    func pass(to node: NodeName) async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                guard state.closed[node, default: 0] > 0 else { return true }
                state.waiting[node, default: []].append(continuation)
                return false
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Keeps the clients of these nodes waiting, until it was opened as often.
    func close(_ nodes: [NodeName]) {
        state.withLock { state in
            for node in nodes { state.closed[node, default: 0] += 1 }
        }
    }

    /// Undoes one closing of each node.
    func open(_ nodes: [NodeName]) {
        let waiting = state.withLock { state in
            nodes.flatMap { node in
                state.closed[node, default: 1] -= 1
                guard state.closed[node, default: 0] <= 0 else {
                    return [CheckedContinuation<Void, Never>]()
                }
                state.closed[node] = nil
                return state.waiting.removeValue(forKey: node) ?? []
            }
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Lets everybody pass.
    func openAll() {
        let waiting = state.withLock { state in
            state.closed = [:]
            defer { state.waiting = [:] }
            return state.waiting.values.flatMap(\.self)
        }
        for continuation in waiting { continuation.resume() }
    }
}
