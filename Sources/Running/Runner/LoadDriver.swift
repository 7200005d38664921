package import Clients
package import Generators
package import Histories
internal import Synchronization
internal import Systems
package import Topologies

/// Where a load goes: nodes, and clients of them.
package protocol LoadTarget: Sendable {
    /// The nodes, each with workers of its own.
    var nodes: [Node] { get }
    /// A client of a node for a logical process in a worker's place.
    func client(of node: Node, for worker: Worker) async -> any Client
    /// Returns when clients of a node may come; most may at once.
    func admit(to node: NodeName) async
    /// Notes that an operation is about to be invoked on a node.
    func noteInvocation(on node: NodeName)
    /// Notes a reply that makes no sense.
    func note(nonsense quote: String, from node: NodeName)
    /// Notes how an operation on a node ended.
    func noteCompletion(_ completion: Completion, of invocation: Invocation, on node: NodeName)
}

/// Runs the workers: each asks the generator, invokes, records, and asks again.
package final class LoadDriver<Load: Generator>: Sendable {
    private struct State {
        var generator: Load
        var random: SplitMix64
        var keys = OpenKeys()
    }

    private let state: Mutex<State>
    private let target: any LoadTarget
    private let recorder: Recorder
    private let tally: Tally
    private let stop: StopSignal
    private let clock: RunClock
    private let timeout: Duration
    private let processes: ProcessNumbers
    private let judge: EarlyJudge?

    package convenience init(
        _ generator: Load, random: SplitMix64, target: any LoadTarget, recorder: Recorder,
        tally: Tally, stop: StopSignal, clock: RunClock, timeout: Duration,
        processes: ProcessNumbers
    ) {
        self.init(
            generator, random: random, target: target, recorder: recorder, tally: tally,
            stop: stop, clock: clock, timeout: timeout, processes: processes, judge: nil)
    }

    /// A load whose keys a judge decides as soon as it has left them.
    init(
        _ generator: Load, random: SplitMix64, target: any LoadTarget, recorder: Recorder,
        tally: Tally, stop: StopSignal, clock: RunClock, timeout: Duration,
        processes: ProcessNumbers, judge: EarlyJudge?
    ) {
        state = Mutex(State(generator: generator, random: random))
        self.target = target
        self.recorder = recorder
        self.tally = tally
        self.stop = stop
        self.clock = clock
        self.timeout = timeout
        self.processes = processes
        self.judge = judge
    }

    /// The generator as the load has left it.
    var generator: Load { state.withLock { $0.generator } }

    /// Runs so many workers to the end of the load.
    package func run(workers: Int) async {
        await withTaskGroup { group in
            for worker in 0..<workers { group.addTask { await self.work(worker) } }
        }
        judge?.take(state.withLock { $0.keys.retireAll() })
    }

    /// Worker w belongs to node w modulo the number of nodes, whatever happens to that node.
    private func work(_ worker: Int) async {
        let nodes = target.nodes
        let node = nodes[worker % nodes.count]
        var client = await target.client(of: node, for: place(of: worker))
        while !stop.isStopped, recorder.failure == nil, let invocation = await next(worker) {
            let isKnown = await perform(invocation, worker, on: node.name, with: client)
            guard !isKnown else { continue }
            // The process may still be at work for all we know: a new one takes its place.
            processes.retire(worker)
            await client.close()
            client = await target.client(of: node, for: place(of: worker))
        }
        await client.close()
    }

    private func place(of worker: Int) -> Worker {
        Worker(worker, process: processes.number(of: worker))
    }

    private func next(_ worker: Int) async -> Invocation? {
        let (step, ready) = state.withLock { state in
            let step = state.generator.next(for: worker, at: clock.now, using: &state.random)
            guard judge != nil else { return (step, [OpenKeys.Ready]()) }
            if case .invoke(let invocation, _) = step { state.keys.begin(invocation.key) }
            return (step, state.keys.retire(state.generator.retiredKeys()))
        }
        judge?.take(ready)
        guard case .invoke(let invocation, let time) = step else { return nil }
        if time > clock.now {
            try? await Task.sleep(until: clock.instant(at: time), clock: .continuous)
        }
        return stop.isStopped ? nil : invocation
    }

    /// Performs one operation; false if nobody knows how it ended.
    private func perform(
        _ invocation: Invocation, _ worker: Int, on node: NodeName, with client: any Client
    ) async -> Bool {
        await target.admit(to: node)
        let process = Event.Process.client(processes.number(of: worker))
        target.noteInvocation(on: node)
        let invoked = recorder.record(
            .invoke, by: process, invocation.function, key: invocation.key, invocation.value,
            node: "\(node)")
        let completion = await client.perform(invocation, timeout: timeout)
        target.noteCompletion(completion, of: invocation, on: node)
        let completed = recorder.record(completion, of: invocation, by: process, node: "\(node)")
        if case .nonsense(let quote) = completion { target.note(nonsense: quote, from: node) }
        tally.note(invocation.function, completion)
        let ready = state.withLock { state in
            state.generator.observe(invocation, completion, by: worker)
            return judge == nil ? [] : state.keys.end(invocation.key, [invoked, completed])
        }
        judge?.take(ready)
        return !completion.isUnknown
    }
}

/// The logical process of each worker: its own number first, then that plus the number of
/// workers, and so on.
package final class ProcessNumbers: Sendable {
    private let workers: Int
    private let numbers: Mutex<[Int]>

    package init(workers: Int) {
        self.workers = workers
        numbers = Mutex(Array(0..<workers))
    }

    func number(of worker: Int) -> Int { numbers.withLock { $0[worker] } }

    func retire(_ worker: Int) { numbers.withLock { $0[worker] += workers } }
}
