public import Faults
internal import Labs
internal import Topologies

extension ProcessPause: Injectable {
    /// Freezes one after the other; each takes until the kernel says so, some milliseconds.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        try await site.requireRunning(nodes, process)
        do {
            try await withThrowingTaskGroup { group in
                for node in nodes {
                    let processes = site.process(of: node)
                    group.addTask { try await processes.pause(process) }
                }
                try await group.waitForAll()
            }
        } catch {
            // One that was not frozen need not be thawed.
            for node in nodes { try? await site.process(of: node).resume() }
            throw error
        }
        return ActivePause(nodes: nodes, process: process, site: site)
    }
}

private struct ActivePause: Injection {
    let nodes: [NodeName]
    let process: ProcessName?
    let site: any FaultSite

    func heal() async throws -> Evidence {
        var states: [NodeName: [ProcessState]] = [:]
        let others = await site.othersRunning(than: process, on: nodes)
        for node in nodes {
            let processes = site.process(of: node)
            states[node] = await processes.kernelStates(of: process)
            // A process that ended in its sleep is a finding of its own.
            if case .paused = await processes.state { try await processes.resume() }
        }
        return Evidence(
            [
                FaultRecord.Check(
                    "the kernel showed state T at the start and at the end",
                    nodes.allSatisfy { states[$0]?.allSatisfy { $0 == .stopped } ?? false },
                    nodes.map { node in
                        let words = (states[node] ?? []).map { "\($0)" }
                        return "\(node): " + words.joined(separator: ", ")
                    }.joined(separator: ", "))
            ] + others)
    }
}
