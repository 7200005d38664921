internal import Foundation
internal import Labs
internal import Results
internal import Synchronization
internal import Systems
internal import Topologies

/// Asks every node again and again what it is, and notes what has changed.
final class NodeWatch: Sendable {
    private static let interval = Duration.milliseconds(100)

    private let cluster: Cluster
    private let clock: RunClock
    private let changes = Mutex<[NodeObservation]>([])

    private let tally: Tally

    init(_ cluster: Cluster, clock: RunClock, tally: Tally) {
        self.cluster = cluster
        self.clock = clock
        self.tally = tally
    }

    /// What has changed so far, by time.
    var observations: [NodeObservation] {
        changes.withLock { $0 }.sorted { ($0.time, $0.node) < ($1.time, $1.node) }
    }

    /// Watches until the task is cancelled; each node has its own pace, for one that is frozen
    /// answers late or never.
    func watch() async {
        await withTaskGroup { group in
            for node in cluster.nodes { group.addTask { await self.watch(node) } }
        }
    }

    private func watch(_ node: Node) async {
        var last: NodeObservation?
        while !Task.isCancelled {
            let asked = clock.now
            let process = await Self.word(cluster.process(of: node.name).state)
            let status = process == .up ? await cluster.system.status(of: node) : nil
            guard !Task.isCancelled else { return }
            let observation = NodeObservation(
                node: node.name, time: asked / .seconds(1), process: process,
                role: status.map { $0.isLeader ? .leader : .other }, term: status?.term)
            if last.map({ Self.differ($0, observation) }) ?? true {
                changes.withLock { $0.append(observation) }
                tally.note(
                    leader: LeaderSpan.all(in: observations).last.flatMap { span in
                        span.end == nil ? span : nil
                    })
                last = observation
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    private static func differ(
        _ one: NodeObservation, _ other: NodeObservation
    ) -> Bool {
        (one.process, one.role, one.term) != (other.process, other.role, other.term)
    }

    private static func word(_ state: NodeProcess.State) -> NodeObservation.Process {
        switch state {
        case .up: .up
        case .paused: .paused
        case .down: .down
        }
    }
}
