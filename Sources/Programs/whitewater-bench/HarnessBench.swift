import Clients
import Foundation
import Generators
import Histories
import Results
import Runner
import Synchronization
import Topologies

/// Measures the harness itself: the whole load path, recorder to disk included, before a system
/// that answers at once.
struct HarnessBench: Sendable {
    /// What was seen at one moment.
    struct Sample: Sendable {
        /// Operations completed so far.
        let operations: Int
        /// Time since the start of the load.
        let time: Duration
        /// Resident memory of this process, in bytes.
        let residentBytes: Int
    }

    private let operations: Int
    private let workers: Int
    private let file: String

    /// So many operations by so many workers, recorded to a file.
    init(operations: Int, workers: Int, file: String) {
        self.operations = operations
        self.workers = workers
        self.file = file
    }

    /// Runs the load, with ten samples on the way.
    ///
    /// Synchronous: a system that answers at once never lets go of the threads of tasks, so the
    /// one that samples is not among them.
    ///
    /// - Throws: `RecorderError` if the history cannot be written.
    func run(_ sample: (Sample) -> Void) throws {
        let start = ContinuousClock.now
        let clock = RunClock()
        let recorder = try Recorder(file: file) { Timestamp(clock.now) }
        let (tally, stop) = (Tally(), StopSignal())
        let load = IndependentKeys(workersPerKey: max(1, workers / 2)) { _ in
            RegisterOperations(count: 200, mix: RegisterOperations.Mix(), values: .unique)
        }
        let driver = LoadDriver(
            load, random: SplitMix64(seed: 1), target: MemoryTarget(), recorder: recorder,
            tally: tally, stop: stop, clock: clock, timeout: .seconds(1),
            processes: ProcessNumbers(workers: workers))
        let done = DispatchSemaphore(value: 0)
        Task.detached { [workers] in
            await driver.run(workers: workers)
            done.signal()
        }
        var next = operations / 10
        while next <= operations, recorder.failure == nil {
            guard done.wait(timeout: .now() + .milliseconds(2)) == .timedOut else { break }
            let completed = tally.total.completed
            guard completed >= next else { continue }
            sample(
                Sample(
                    operations: completed, time: .now - start,
                    residentBytes: Self.residentBytes))
            next += operations / 10
        }
        stop.stop()
        done.wait()
        try recorder.finish()
    }

    private static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map {
            $0 * Int(sysconf(Int32(_SC_PAGESIZE)))
        } ?? 0
    }
}

/// Registers in memory, behind one node.
private final class MemoryTarget: LoadTarget, Client {
    /// The latest keys; older ones are finished.
    private static let mostKeys = 1_024

    let nodes = Topology(nodeCount: 1, base: IPv4Address(number: 0)).nodes
    private let registers = Mutex<[Value?: Value]>([:])

    func client(of node: Node, for worker: Worker) -> any Client { self }
    func admit(to node: NodeName) async {}
    func noteInvocation(on node: NodeName) {}
    func note(nonsense quote: String, from node: NodeName) {}
    func noteCompletion(
        _ completion: Completion, of invocation: Invocation, on node: NodeName
    ) {}
    func close() async {}

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        registers.withLock { registers in
            if registers.count > Self.mostKeys { registers.removeAll(keepingCapacity: true) }
            let present = registers[invocation.key] ?? .null
            switch invocation.function {
            case "read": return .ok(present)
            case "write":
                registers[invocation.key] = invocation.value
                return .ok(invocation.value)
            default:
                guard let (expected, new) = invocation.value.pair, expected == present else {
                    return .mismatch
                }
                registers[invocation.key] = new
                return .ok(invocation.value)
            }
        }
    }
}
