internal import Injectors
internal import Labs
internal import Results
internal import Systems
internal import Topologies

extension Cluster {
    /// Waits until every node serves.
    ///
    /// - Returns: a finding for each that does not in time.
    func awaitRecovery() async -> [Finding] {
        // TCP on a kernel that cannot be told otherwise may be silent for two minutes more.
        let patience = network.longestRetransmission == nil ? Duration.seconds(120) : .zero
        let recoveryTimeout = max(recoveryTimeout, patience)
        let outside = await readmitOutsiders()
        let deadline = ContinuousClock.now + recoveryTimeout
        let silent = await Self.silent(of: nodes) { await self.answers($0.name, by: deadline) }
        // One who only reads need not notice that nothing is committed any more.
        let refusing = await Self.silent(of: nodes.filter { !silent.contains($0) }) {
            await self.accepts($0.name, by: ContinuousClock.now + self.recoveryTimeout)
        }
        let refusals = refusing.filter { !damage.refuses($0.name) }.map { node in
            Finding(
                .notServing, node: node.name,
                detail: "answers reads, but no command "
                    + "\(recoveryTimeout.formattedSeconds) after the last healing",
                aspect: "commands")
        }
        return refusals
            + silent.filter { !damage.refuses($0.name) }.map { node in
                let refusal =
                    (outside[node.name] ?? system.refusal(of: node)).map { "; \($0)" } ?? ""
                return Finding(
                    .notServing, node: node.name,
                    detail: "does not serve \(recoveryTimeout.formattedSeconds) after the last "
                        + "healing\(refusal)")
            }
    }

    /// Which nodes do not answer: all are asked at once, for one that never does must not take the
    /// others' time.
    static func silent(
        of nodes: [Node], answers: @escaping @Sendable (Node) async -> Bool
    ) async -> [Node] {
        let answering = await withTaskGroup(of: NodeName?.self) { group in
            for node in nodes { group.addTask { await answers(node) ? node.name : nil } }
            return await group.reduce(into: Set<NodeName>()) {
                if let name = $1 { $0.insert(name) }
            }
        }
        return nodes.filter { !answering.contains($0.name) }
    }
}
