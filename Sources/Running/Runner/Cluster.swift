internal import Clients
internal import Clocks
internal import Faults
internal import Foundation
internal import Histories
internal import Injectors
internal import Labs
internal import Plans
internal import Stores
internal import Synchronization
internal import Systems
internal import Topologies

/// The nodes of a run: their processes, their network, and what they say of themselves.
final class Cluster: FaultSite, LoadTarget {
    let network: LabNetwork
    let electionTimeout: Duration
    let recoveryTimeout: Duration
    let intensity: Intensity
    let active = ActiveFaults()
    let system: any System

    private let prober: Prober
    private let processes: [NodeProcess]
    private let folders: [String]
    private let clock = Mutex(RunClock())
    private let clocks: ClusterClocks?
    private let nonsense = Mutex<[RunResults.Finding]>([])
    private let progress = Mutex(Progress())

    /// What clients have done so far.
    private struct Progress {
        var invoked: [NodeName: Int] = [:]
        var waiting: [NodeName: Int] = [:]
        var acknowledgedWrites = 0
    }

    init(
        _ experiment: Experiment, system: any System, network: LabNetwork, folder: RunFolder
    ) throws {
        let plan = experiment.plan
        self.network = network
        self.system = system
        electionTimeout = experiment.system.character.electionTimeout
        recoveryTimeout = plan.recoveryTimeout.duration
        intensity = plan.faults.intensity
        prober = try Prober(network)
        folders = try network.topology.names.map { try folder.folder(of: "\($0)") }
        processes = try zip(network.topology.names, folders).map {
            try NodeProcess(node: $0, folder: $1)
        }
        clocks =
            experiment.faults.contains { $0.kinds.contains { $0 is WrongClock } }
            ? try ClusterClocks(of: network.topology.names) : nil
    }

    // MARK: Starting and stopping

    /// Starts every node and waits until all serve.
    func start() async throws {
        for node in network.topology.names { try await restart(node) }
        let deadline = ContinuousClock.now + recoveryTimeout
        for node in network.topology.names where !(await answers(node, by: deadline)) {
            let exits = await process(of: node).unaskedExits
            throw LabError.timedOut(
                what: "\(node) does not serve" + (exits.first.map { " (\($0.status))" } ?? ""),
                after: recoveryTimeout,
                advice: "read \(folders[node.number - 1])/stderr.log")
        }
    }

    func restart(_ node: NodeName) async throws {
        let place = network.topology.nodes[node.number - 1]
        let command = system.command(for: place, folder: folders[node.number - 1])
        guard let clocks else { return try await process(of: node).start(command) }
        try await process(of: node).start(command) { process in
            try await clocks.attach(process, to: node)
        }
    }

    func stop() async {
        await withTaskGroup { group in
            for process in processes { group.addTask { await process.stop() } }
        }
        clocks?.close()
    }

    /// Starts the clock of the load.
    func startClock() -> RunClock {
        clock.withLock { clock in
            clock = RunClock()
            return clock
        }
    }

    func clock(of node: NodeName) -> NodeClock? { clocks?[node] }

    // MARK: LoadTarget

    var nodes: [Node] { network.topology.nodes }

    func client(of node: Node) -> any Client { system.client(of: node) }

    // MARK: FaultSite

    func now() -> Duration { clock.withLock { $0.now } }

    func process(of node: NodeName) -> NodeProcess { processes[node.number - 1] }

    func answers(_ node: NodeName, by deadline: ContinuousClock.Instant) async -> Bool {
        let place = network.topology.nodes[node.number - 1]
        while ContinuousClock.now < deadline {
            if await system.serves(place) { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    func leadership() async -> FaultRecord.Leadership? {
        let statuses = await withTaskGroup(of: (NodeName, NodeStatus?).self) { group in
            for node in network.topology.nodes {
                group.addTask { [system] in (node.name, await system.status(of: node)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let claims = statuses.compactMap { node, status in
            status.flatMap { $0.isLeader ? (node: node, term: $0.term) : nil }
        }
        return claims.max { $0.term < $1.term }.map {
            FaultRecord.Leadership(leader: "\($0.node)", term: $0.term)
        }
    }

    func reachable() async -> Set<Link> {
        let prober = prober
        // The prober waits in poll(2), which must not hold a thread of the concurrency pool.
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: prober.reachable()) }
        }
    }

    func probes(_ count: Int, along link: Link) async -> [Prober.Arrival] {
        let prober = prober
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: prober.probes(count, along: link))
            }
        }
    }

    func invocations() -> [NodeName: Int] { progress.withLock { $0.invoked } }

    func waiting() -> [NodeName: Int] { progress.withLock { $0.waiting } }

    func acknowledgedWrites() -> Int { progress.withLock { $0.acknowledgedWrites } }

    func noteInvocation(on node: NodeName) {
        progress.withLock {
            $0.invoked[node, default: 0] += 1
            $0.waiting[node, default: 0] += 1
        }
    }

    func noteCompletion(_ completion: Completion, of invocation: Invocation, on node: NodeName) {
        progress.withLock {
            $0.waiting[node, default: 0] -= 1
            guard case .ok = completion, invocation.function != "read" else { return }
            $0.acknowledgedWrites += 1
        }
    }

    /// The nodes that serve, as soon as all do or the time to recover is over.
    func serving() async -> Set<NodeName> {
        let deadline = ContinuousClock.now + recoveryTimeout
        return await withTaskGroup(of: (NodeName, Bool).self) { group in
            for node in network.topology.names {
                group.addTask { (node, await self.answers(node, by: deadline)) }
            }
            return await group.reduce(into: []) { if $1.1 { $0.insert($1.0) } }
        }
    }

    // MARK: Findings

    /// So many replies that make no sense are quoted; a node that has gone mad has no end of them.
    private static let mostNonsense = 20

    /// Notes a reply that makes no sense.
    func note(nonsense quote: String, from node: NodeName) {
        nonsense.withLock { nonsense in
            guard nonsense.count < Self.mostNonsense else { return }
            nonsense.append(.init(.nonsense, node: "\(node)", detail: quote))
        }
    }

    /// What is wrong with the nodes beside what clients saw.
    func findings() async -> [RunResults.Finding] {
        var findings = nonsense.withLock { $0 }
        for (process, folder) in zip(processes, folders) {
            for exit in await process.unaskedExits {
                findings.append(
                    .init(
                        .unaskedExit, node: "\(exit.node)",
                        detail: "ended with \(exit.status); read nodes/\(exit.node)/stderr.log"))
            }
            findings += panics(of: process.node, in: folder)
        }
        return findings
    }

    private func panics(of node: NodeName, in folder: String) -> [RunResults.Finding] {
        ["stderr.log", "stdout.log"].compactMap { file in
            // Whatever else stands in a log, a panic in it must be found.
            guard let bytes = FileManager.default.contents(atPath: folder + "/" + file),
                let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first(
                    where: { line in
                        system.panicPatterns.contains { line.contains($0) }
                    })
            else { return nil }
            return .init(
                .panic, node: "\(node)", detail: "nodes/\(node)/\(file): \(line.prefix(300))")
        }
    }

    /// Waits until every node serves.
    ///
    /// - Returns: a finding for each that does not in time.
    func awaitRecovery() async -> [RunResults.Finding] {
        let deadline = ContinuousClock.now + recoveryTimeout
        var findings: [RunResults.Finding] = []
        for node in network.topology.names where !(await answers(node, by: deadline)) {
            findings.append(
                .init(
                    .notServing, node: "\(node)",
                    detail: "does not serve \(recoveryTimeout.formattedSeconds) after the last "
                        + "healing"))
        }
        return findings
    }
}

/// Monotonic time since the start of the load.
struct RunClock: Sendable {
    private let start = ContinuousClock.now

    var now: Duration { ContinuousClock.now - start }

    func instant(at time: Duration) -> ContinuousClock.Instant { start + time }
}
