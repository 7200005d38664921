internal import Clients
internal import Clocks
internal import Faults
internal import Foundation
internal import Histories
internal import Injectors
internal import Labs
internal import Plans
internal import Results
internal import Stores
internal import Synchronization
internal import Systems
internal import Topologies

/// The nodes of a run: their processes, their network, and what they say of themselves.
final class Cluster: FaultSite, LoadTarget {
    let network: LabNetwork
    let electionTimeout: Duration
    let recoveryTimeout: Duration
    let readmitsAfresh: Bool
    let asksBeforeElections: Bool
    let leadersCountAnswers: Bool
    let wipedNodesMayServe: Bool
    let active = ActiveFaults()
    let disks: NodeDisks
    let damage = DamageBook()
    let system: any System

    private let prober: Prober
    let processes: [NodeProcesses]
    private let folders: [String]
    private let logNames: [String]
    let clock = Mutex(RunClock())
    private let opened = Mutex<[Worker: any Client]>([:])
    private let clocks: ClusterClocks?
    let nonsense = Mutex<[Finding]>([])
    private let progress = Mutex(Progress())
    let logs: LogWatch
    private let stallWatch = Mutex<StallWatch?>(nil)

    /// What clients have done so far.
    private struct Progress {
        var invoked: [NodeName: Int] = [:]
        var waiting: [NodeName: Int] = [:]
        var acknowledged: [NodeName: Int] = [:]
    }

    private let frozen = Mutex<[NodeName]>([])

    func noteFrozen(_ node: NodeName) { frozen.withLock { $0.append(node) } }

    /// The nodes that were frozen to be looked at; asked once.
    func takeFrozen() -> [NodeName] {
        frozen.withLock { frozen in
            defer { frozen = [] }
            return frozen
        }
    }

    /// Where clients may not come at present.
    let gate = ClientGate()

    init(
        _ experiment: Experiment, system: any System, network: LabNetwork, folder: RunFolder
    ) throws {
        let plan = experiment.plan
        self.network = network
        self.system = system
        electionTimeout = experiment.system.character.electionTimeout
        asksBeforeElections = experiment.system.character.asksBeforeElections
        // A leader whose clock is slow may take as much longer to see that nobody answers it.
        leadersCountAnswers =
            experiment.system.character.leadersCountAnswers && !experiment.needs.contains(.clocks)
        readmitsAfresh = experiment.system.character.readmission == .afresh
        wipedNodesMayServe = plan.faults.wiped == .serves
        recoveryTimeout = plan.recoveryTimeout.duration
        prober = try Prober(network)
        folders = try network.topology.names.map { try folder.folder(of: "\($0)") }
        let names = experiment.system.character.processes
        logNames = NodeProcesses.logs(of: names)
        disks = NodeDisks(
            folders: Dictionary(uniqueKeysWithValues: zip(network.topology.names, folders)),
            logs: logNames, options: try experiment.diskOptions(), seed: experiment.seed,
            program: Sandbox.executable)
        processes = try zip(network.topology.names, folders).map {
            try NodeProcesses(node: $0, names: names, folder: $1)
        }
        clocks =
            experiment.needs.contains(.clocks)
            ? try ClusterClocks(of: network.topology.names) : nil
        logs = LogWatch(
            Array(zip(network.topology.names, folders)), names: logNames,
            patterns: system.panicPatterns
        ) { [permits = disks.permits] node, log, offset in
            permits.cover(log, at: offset, of: node)
        }
    }

    // MARK: Starting and stopping

    /// Starts every node and waits until all serve; the first that ends is the end of it.
    ///
    /// - Throws: `SetUpError` with the node's last words, or because the signal was given;
    ///   `LabError` if a node does not start or serve.
    func start(stop: StopSignal) async throws {
        for node in network.topology.names { try await restart(node) }
        try await system.prepare(within: recoveryTimeout)
        let deadline = ContinuousClock.now + recoveryTimeout
        var waiting = network.topology.nodes[...]
        while let node = waiting.first {
            guard !stop.isStopped else { throw SetUpError.stopped }
            try await requireAllRunning()
            if await system.serves(node) {
                waiting.removeFirst()
                continue
            }
            guard ContinuousClock.now < deadline else {
                throw LabError.timedOut(
                    what: "\(node.name) does not serve", after: recoveryTimeout,
                    advice: refusal(of: node) + lastWords(of: node.name))
            }
            await stop.wait(until: .now + .milliseconds(50))
        }
        try await requireAllRunning()
    }

    private func requireAllRunning() async throws {
        for process in processes {
            if let failure = await process.failure { throw failure }
            guard let exit = await process.unaskedExits.first else { continue }
            throw SetUpError.ended(
                node: process.node, how: exit.status,
                lastWords: lastWords(of: process.node, exit.process))
        }
    }

    /// Why the node did not serve when it was asked.
    private func refusal(of node: Node) -> String {
        system.refusal(of: node).map { "\($0); " } ?? ""
    }

    /// What a node, or one of its processes, wrote last, and where to read on.
    func lastWords(of node: NodeName, _ process: ProcessName? = nil) -> String {
        let folder = folders[node.number - 1]
        let own = NodeProcess.logs(of: process)
        let names = process == nil ? logNames : [own.errors, own.output]
        let words = names.lazy.compactMap { name in
            LastWords.of(folder + "/" + name).map { (name, $0) }
        }.first
        let who = process.map { "\($0): " } ?? ""
        return who + (words.map { "its last words: \($0.1); " } ?? "it wrote nothing; ")
            + "read nodes/\(node)/\(words?.0 ?? names[0])"
    }

    func restart(_ node: NodeName) async throws {
        let place = network.topology.nodes[node.number - 1]
        let starts = try system.processes(for: place, folder: folders[node.number - 1])
        try await disks.mount(node)
        guard let clocks else { return try await process(of: node).start(starts) }
        try await process(of: node).start(starts) { process in
            try await clocks.attach(process, to: node)
        }
    }

    /// Opens the first client of every worker, so that no operation waits for it.
    ///
    /// - Throws: why a client cannot be opened; the nodes serve, so that is the client's fault.
    func openClients(of workers: Int) async throws {
        let nodes = nodes
        try await withThrowingTaskGroup { group in
            for number in 0..<workers {
                group.addTask { [self] in
                    let worker = Worker(number, process: number)
                    let client = system.client(of: nodes[number % nodes.count], for: worker)
                    try await client.open()
                    opened.withLock { $0[worker] = client }
                }
            }
            try await group.waitForAll()
        }
    }

    func stop() async {
        await withTaskGroup { group in
            for process in processes { group.addTask { await process.stop() } }
        }
        await disks.unmount()
        clocks?.close()
    }

    /// Starts the clock of the load, and the watch over the harness itself.
    @discardableResult
    func startClock() -> RunClock {
        let fresh = clock.withLock { clock in
            clock = RunClock()
            return clock
        }
        let watch = StallWatch(clock: fresh)
        watch.begin()
        stallWatch.withLock { $0 = watch }
        return fresh
    }

    /// The clock of the load.
    var loadClock: RunClock { clock.withLock { $0 } }

    /// Ends the watch over the harness.
    ///
    /// - Returns: when it stood still.
    func endStallWatch() -> [Stall] {
        let watch = stallWatch.withLock { $0 }
        watch?.end()
        return watch?.stalls ?? []
    }

    /// Time since a moment in which the harness could not see anything.
    private func stalled(since moment: Duration) -> Duration {
        let stalls = stallWatch.withLock { $0 }?.stalls ?? []
        return .seconds(stalls.seconds(between: moment / .seconds(1), and: now() / .seconds(1)))
    }

    /// Whether the harness stood still at any time since so long ago.
    func stoodStill(within time: Duration) -> Bool { stalled(since: now() - time) > .zero }

    func clock(of node: NodeName) -> NodeClock? { clocks?[node] }

    // MARK: LoadTarget

    var nodes: [Node] { network.topology.nodes }

    func client(of node: Node, for worker: Worker) async -> any Client {
        if let client = opened.withLock({ $0.removeValue(forKey: worker) }) { return client }
        let client = system.client(of: node, for: worker)
        // One that cannot be opened now says so by each operation that it fails.
        try? await client.open()
        return client
    }

    // MARK: FaultSite

    func now() -> Duration { clock.withLock { $0.now } }

    func process(of node: NodeName) -> NodeProcesses { processes[node.number - 1] }

    /// Why a process of a node that had to wait for another could not be started; nil if all could.
    func startFailure() async -> (any Error)? {
        for process in processes {
            if let failure = await process.failure { return failure }
        }
        return nil
    }

    func change(
        _ change: MemberChange, within limit: Duration
    ) async throws(MemberChangeError) -> String {
        try await system.change(change, within: limit)
    }

    func folder(of node: NodeName) -> String { folders[node.number - 1] }

    func serves(_ node: NodeName) async -> Bool {
        await system.serves(network.topology.nodes[node.number - 1])
    }

    func answers(_ node: NodeName, by deadline: ContinuousClock.Instant) async -> Bool {
        let place = network.topology.nodes[node.number - 1]
        let began = now()
        // A deadline that passed while nobody could look has not passed.
        while ContinuousClock.now < deadline + stalled(since: began) {
            if await system.serves(place) { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// Whether commands go through the node's log before a deadline; it is asked once in any case.
    func accepts(_ node: NodeName, by deadline: ContinuousClock.Instant) async -> Bool {
        let place = network.topology.nodes[node.number - 1]
        let began = now()
        repeat {
            if await system.accepts(place) { return true }
            try? await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < deadline + stalled(since: began)
        return false
    }

    func perform(_ work: Upkeep, on node: NodeName) async -> UpkeepAnswer {
        await system.perform(work, on: network.topology.nodes[node.number - 1])
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

    func acknowledgedWrites() -> Int {
        progress.withLock { $0.acknowledged.values.reduce(0, +) }
    }

    /// How many writes each node has acknowledged, and how many operations wait there.
    var clientProgress: (acknowledged: [NodeName: Int], waiting: [NodeName: Int]) {
        progress.withLock { ($0.acknowledged, $0.waiting) }
    }

    func admit(to node: NodeName) async { await gate.pass(to: node) }

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
            $0.acknowledged[node, default: 0] += 1
        }
    }
}
