public import Faults
internal import Labs
internal import Topologies

extension NodeUpkeep: Injectable {
    /// Asks the nodes, and lets them work beside everything else.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        try await site.requireRunning(nodes)
        let work = work
        let tasks = nodes.map { node in
            (node, Task { await site.perform(work, on: node) })
        }
        return ActiveUpkeep(work: work, tasks: tasks, site: site)
    }
}

private struct ActiveUpkeep: Injection {
    let work: Upkeep
    let tasks: [(node: NodeName, task: Task<UpkeepAnswer, Never>)]
    let site: any FaultSite

    /// Waits for the answers, which come by themselves or by their time-out.
    func heal() async throws -> Evidence {
        var answers: [(node: NodeName, answer: UpkeepAnswer)] = []
        for (node, task) in tasks { answers.append((node, await task.value)) }
        let isTakenUp = answers.allSatisfy {
            if case .refused = $0.answer { false } else { true }
        }
        return Evidence([
            FaultRecord.Check(
                "each node took up the work", isTakenUp,
                answers.map { "\($0.node) \(Self.words($0.answer))" }.joined(separator: ", "))
        ])
    }

    private static func words(_ answer: UpkeepAnswer) -> String {
        switch answer {
        case .done(let words): words
        case .interrupted(let why): "did not answer (\(why))"
        case .refused(let why): "refused: \(why)"
        }
    }
}
