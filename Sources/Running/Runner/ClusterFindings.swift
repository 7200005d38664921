internal import Foundation
internal import Injectors
internal import Labs
internal import Results
internal import Synchronization
internal import Systems
internal import Topologies

/// What is wrong with nodes beside what clients saw.
extension Cluster {
    /// More of them say no more.
    private static let mostNonsense = 20

    /// Notes a reply that makes no sense.
    func note(nonsense quote: String, from node: NodeName) {
        let finding = Finding(.nonsense, node: node, detail: quote, time: now() / .seconds(1))
        nonsense.withLock { nonsense in
            if nonsense.count < Self.mostNonsense { nonsense.append(finding) }
        }
    }

    /// What is wrong with the nodes beside what clients saw.
    func findings() async -> [Finding] {
        // A node whose disk the harness has lost proves nothing by ending.
        let broken = await disks.broken()
        return await (contradicted() + unaskedFindings() + panics()).filter { finding in
            switch finding.kind {
            case .unaskedExit, .panic: finding.node.map { broken[$0] == nil } ?? true
            default: true
            }
        }
    }

    /// What nodes said that no right node can say.
    private func contradicted() -> [Finding] {
        nonsense.withLock { $0 }
            + damage.impostors.map {
                Finding(
                    .servedWiped, node: $0.node,
                    detail: "it was started with an empty folder under its old name (\($0.words))",
                    time: $0.time / .seconds(1))
            }
            + system.contradictions.map { contradiction in
                let finding = Finding(
                    contradiction.statement.rule == .diverged ? .divergedState : .wentBackward,
                    node: NodeName(contradiction.statement.node),
                    detail: contradiction.statement.words,
                    time: clock.withLock { $0.time(of: contradiction.instant) / .seconds(1) })
                return damage.blaming(finding) ?? finding
            }
    }

    private func unaskedFindings() async -> [Finding] {
        await unaskedExits().map { exit in
            Finding(
                .unaskedExit, node: exit.node,
                detail: "\(exit.status); \(lastWords(of: exit.node, exit.process))",
                time: clock.withLock { $0.time(of: exit.instant) / .seconds(1) })
        }
    }

    /// What is wrong with the nodes as far as it is known while they run.
    func findingsSoFar() async -> [Finding] {
        await contradicted() + unaskedFindings() + logs.panics
    }

    /// What a failed set-up shows of the nodes: a program that refuses to start says nothing
    /// about the system, but one that crashes does.
    func crashes() async -> [Finding] {
        let crashes = await unaskedExits().filter { exit in
            if case .signaled = exit.status { true } else { false }
        }
        return crashes.map {
            Finding(
                .unaskedExit, node: $0.node,
                detail: "\($0.status), before the load began; "
                    + lastWords(of: $0.node, $0.process))
        } + (await panics())
    }

    private func unaskedExits() async -> [NodeProcess.UnaskedExit] {
        var exits: [NodeProcess.UnaskedExit] = []
        for process in processes {
            exits += await process.unaskedExits.filter {
                !disks.permits.cover($0.node, at: $0.instant)
            }
        }
        return exits
    }

    private func panics() async -> [Finding] {
        let logs = logs
        // Reading may take a while, which must not hold a thread of the concurrency pool.
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: logs.finish()) }
        }
    }
}
