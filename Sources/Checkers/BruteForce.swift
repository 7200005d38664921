internal import Models

/// The definition of linearizability turned into a search, for differential tests of everything
/// else: every order that the real-time order allows, crashed operations in or out.
///
/// Exponential: for histories of up to 24 operations.
enum BruteForce {
    /// Whether some order is legal.
    static func isLinearizable<M: Model>(_ track: Track<M>) -> Bool {
        precondition(track.entries.count <= 24, "2^n states: for small histories only")
        let mustHappen = track.entries.indices.reduce(0) { mask, place in
            track.entries[place].isUnknown ? mask : mask | 1 << place
        }
        var seen: Set<Node<M.State>> = []
        var pending = [Node(done: 0, state: track.model.initialState)]
        while let node = pending.popLast() {
            if node.done & mustHappen == mustHappen { return true }
            guard seen.insert(node).inserted else { continue }
            pending += successors(of: node, in: track)
        }
        return false
    }

    private struct Node<State: Hashable>: Hashable {
        let done: Int
        let state: State
    }

    /// An operation may come next if nothing that is left completed before its invocation.
    private static func successors<M: Model>(
        of node: Node<M.State>, in track: Track<M>
    ) -> [Node<M.State>] {
        let left = track.entries.indices.filter { node.done & 1 << $0 == 0 }
        let bound = left.lazy.map { track.entries[$0].completion }.min() ?? .max
        return left.filter { track.entries[$0].invocation < bound }.flatMap { place in
            track.model.outcomes(node.state, track.entries[place].call).map {
                Node(done: node.done | 1 << place, state: $0)
            }
        }
    }
}
