internal import Foundation
internal import Labs

/// Runs several `whitewater test` side by side, each a process of its own with a lab of its own.
///
/// All calls but `stop` come from one thread, the one that made it: what it starts ends with that
/// thread.
public final class LabPool {
    /// What has happened.
    public enum Event: Hashable, Sendable {
        /// A run of this number has ended with this status, after this time.
        case ended(Int, status: Int32, after: Duration)
        /// A person wants everything to end.
        case stop
    }

    private struct Running {
        let process: RunProcess
        let start = ContinuousClock.now
        var peak = ProcessTree()
    }

    private static let tick = 1.0

    private let program: String
    private let parallel: Campaign.Parallel
    private let inbox = Inbox()
    private var running: [Int: Running] = [:]
    private var capacity: Capacity

    /// A pool that runs this whitewater.
    public init(program: String, parallel: Campaign.Parallel) {
        self.program = program
        self.parallel = parallel
        capacity = Capacity(
            cores: ProcessInfo.processInfo.activeProcessorCount,
            memory: Int(ProcessInfo.processInfo.physicalMemory))
    }

    /// How many runs are under way.
    public var count: Int { running.count }

    /// How many may be.
    public var allowed: Int {
        switch parallel {
        case .automatic: capacity.count
        case .fixed(let count): count
        }
    }

    /// Asks for the end, from any thread.
    public var stop: @Sendable () -> Void {
        { [inbox] in inbox.put(.stop) }
    }

    /// Starts `whitewater test` with these arguments; what it prints goes to a file.
    ///
    /// - Throws: `LabError` without setpriv, or the error of the system.
    public func start(
        _ number: Int, arguments: [String], environment: [String: String] = [:], output: String
    ) throws {
        let setpriv = try Program("setpriv", package: "util-linux")
        try FileManager.default.createDirectory(
            at: URL(filePath: output).deletingLastPathComponent(),
            withIntermediateDirectories: true)
        let inbox = inbox
        let process = try RunProcess(
            program: setpriv.path,
            arguments: ["--pdeathsig", "KILL", "--", program, "test"] + arguments,
            environment: environment, output: output
        ) { status in inbox.put(.ended(number, status)) }
        running[number] = Running(process: process)
    }

    /// Asks a run to end in good order; its end is an event later.
    public func interrupt(_ number: Int) { running[number]?.process.interrupt() }

    /// Waits for what happens next; nil about once a second if nothing does.
    public func next() -> Event? {
        switch inbox.take(within: Self.tick) {
        case .ended(let number, let status):
            guard let run = running.removeValue(forKey: number) else { return nil }
            let wall = ContinuousClock.now - run.start
            capacity.note(cpu: .seconds(run.peak.cpu), wall: wall, memory: run.peak.memory)
            return .ended(number, status: status, after: wall)
        case .stop: return .stop
        case nil:
            measure()
            return nil
        }
    }

    /// Looks at what runs take.
    private func measure() {
        let trees = ProcessTree.sample(of: Set(running.values.map(\.process.number)))
        for (number, run) in running {
            guard let tree = trees[run.process.number] else { continue }
            running[number]?.peak.cpu = max(run.peak.cpu, tree.cpu)
            running[number]?.peak.memory = max(run.peak.memory, tree.memory)
        }
    }
}

/// What other threads tell the pool's.
private final class Inbox: @unchecked Sendable {
    enum Message {
        case ended(Int, Int32)
        case stop
    }

    private let condition = NSCondition()
    private var messages: [Message] = []

    func put(_ message: Message) {
        condition.withLock {
            messages.append(message)
            condition.signal()
        }
    }

    /// The next message; nil if none comes within so many seconds.
    func take(within seconds: Double) -> Message? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while messages.isEmpty { guard condition.wait(until: deadline) else { return nil } }
            return messages.removeFirst()
        }
    }
}
