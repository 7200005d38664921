public import Faults
internal import Labs
internal import Topologies

extension ProcessKill: Injectable {
    /// Kills all at once, so that the last ones elect no leader meanwhile.
    ///
    /// A kill bites only if there was something to lose: a write that had been acknowledged.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        try await site.requireRunning(nodes, process)
        let acknowledged = site.acknowledgedWrites()
        let statuses = try await withThrowingTaskGroup(
            of: (NodeName, [ExitStatus]).self
        ) { group in
            for node in nodes {
                let processes = site.process(of: node)
                group.addTask { (node, try await processes.kill(process)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return ActiveKill(nodes, process, statuses, acknowledged, site)
    }

    /// What was seen: how the nodes ended, and how many writes could be lost.
    static func evidence(
        of nodes: [NodeName], _ statuses: [NodeName: [ExitStatus]], acknowledged: Int
    ) -> Evidence {
        Evidence([
            Evidence.acknowledged(acknowledged),
            FaultRecord.Check(
                "the wait status was SIGKILL",
                nodes.allSatisfy { statuses[$0]?.allSatisfy { $0 == .signaled(9) } ?? false },
                nodes.map { node in
                    let words = statuses[node]?.map { "\($0)" } ?? ["none"]
                    return "\(node): " + words.joined(separator: ", ")
                }.joined(separator: ", ")),
        ])
    }
}

private struct ActiveKill: Injection {
    private let nodes: [NodeName]
    private let process: ProcessName?
    private let statuses: [NodeName: [ExitStatus]]
    private let acknowledged: Int
    private let site: any FaultSite

    init(
        _ nodes: [NodeName], _ process: ProcessName?, _ statuses: [NodeName: [ExitStatus]],
        _ acknowledged: Int, _ site: any FaultSite
    ) {
        self.nodes = nodes
        self.process = process
        self.statuses = statuses
        self.acknowledged = acknowledged
        self.site = site
    }

    func heal() async throws -> Evidence {
        let others = await site.othersRunning(than: process, on: nodes)
        for node in nodes { try await site.restart(node) }
        let evidence = ProcessKill.evidence(of: nodes, statuses, acknowledged: acknowledged)
        return Evidence(evidence.checks + others)
    }

    func recovered(serving: Set<NodeName>) -> [FaultRecord.Check] {
        let back = nodes.filter(serving.contains)
        return [FaultRecord.Check("the node answered again", back == nodes, "answered: \(back)")]
    }
}
