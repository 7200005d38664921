internal import Injectors
internal import Results
internal import Systems
internal import Topologies

extension Cluster {
    /// Waits until all nodes have applied the same entries, and compares what came of it: the same
    /// commands in the same order give the same state, or a replica is wrong whatever clients saw.
    ///
    /// Asks only systems that say what they have applied; nobody writes meanwhile.
    ///
    /// - Returns: a finding for each node whose state is not that of the first, or that lags.
    func awaitAgreement() async -> [Finding] {
        let deadline = ContinuousClock.now + recoveryTimeout
        var states: [NodeName: StateAtRest] = [:]
        repeat {
            states = [:]
            for node in nodes {
                switch await system.stateAtRest(of: node) {
                case .unsaid: return []
                case .silence: break
                case .state(let state): states[node.name] = state
                }
            }
            if states.count == nodes.count, Set(states.values.map(\.index)).count == 1 { break }
            try? await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < deadline
        return Self.disagreements(
            states, of: nodes.map(\.name).filter { !damage.refuses($0) },
            doubted: Set(nodes.map(\.name).filter { damage.words(of: $0) != nil })
        ).map { damage.blaming($0) ?? $0 }
    }

    /// What is wrong with states that should be the same; those of nodes that may have reason to differ
    /// are compared with one of the others, if there is one.
    static func disagreements(
        _ states: [NodeName: StateAtRest], of nodes: [NodeName], doubted: Set<NodeName> = []
    ) -> [Finding] {
        func isWhole(_ node: NodeName) -> Int { doubted.contains(node) ? 0 : 1 }
        let most = states.max {
            ($0.value.index, isWhole($0.key), $1.key) < ($1.value.index, isWhole($1.key), $0.key)
        }
        return nodes.compactMap { node in
            // Silence is no agreement, not even that of all.
            guard let state = states[node], let most else {
                return Finding(
                    .notServing, node: node, detail: "does not say what it has applied")
            }
            if state.index < most.value.index {
                return Finding(
                    .notServing, node: node,
                    detail: "has applied \(state.index) entries, \(most.key) \(most.value.index), "
                        + "though nobody writes any more")
            }
            let differences = state.differences(from: most.value)
            guard !differences.isEmpty else { return nil }
            let words = differences.map {
                "\($0) \(state.parts[$0] ?? "") and not \(most.value.parts[$0] ?? "")"
            }
            return Finding(
                .divergedState, node: node,
                detail: "has another state than \(most.key) after the same \(state.index) entries: "
                    + words.joined(separator: ", "))
        }
    }
}
