public import Faults
internal import Labs
internal import Topologies

extension ProcessPause: Injectable {
    /// Freezes one after the other; each takes until the kernel says so, some milliseconds.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        try await site.requireRunning(nodes)
        do {
            try await withThrowingTaskGroup { group in
                for node in nodes {
                    let process = site.process(of: node)
                    group.addTask { try await process.pause() }
                }
                try await group.waitForAll()
            }
        } catch {
            // One that was not frozen need not be thawed.
            for node in nodes { try? await site.process(of: node).resume() }
            throw error
        }
        return ActivePause(nodes: nodes, site: site)
    }
}

private struct ActivePause: Injection {
    let nodes: [NodeName]
    let site: any FaultSite

    func heal() async throws -> Evidence {
        var states: [NodeName: ProcessState] = [:]
        for node in nodes {
            let process = site.process(of: node)
            states[node] = await process.kernelState
            // A process that ended in its sleep is a finding of its own.
            if case .paused = await process.state { try await process.resume() }
        }
        return Evidence([
            FaultRecord.Check(
                "the kernel showed state T at the start and at the end",
                nodes.allSatisfy { states[$0] == .stopped },
                nodes.map { "\($0): \(states[$0].map { "\($0)" } ?? "unknown")" }
                    .joined(separator: ", "))
        ])
    }
}
