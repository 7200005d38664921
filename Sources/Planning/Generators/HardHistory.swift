public import Histories

/// Histories that are hard to decide, with pinned distributions.
///
/// One simulated register. Each step picks one of the processes at random: an idle one invokes
/// (a third each read, write, compare-and-set with uniform arguments), one that has invoked takes
/// effect, one that took effect returns. Crashed writes are spread uniformly over the first 90% of
/// invocations and occupy no process; half of them take effect at a random later moment (one
/// chance in twenty times the processes per step), the others never. A compare-and-set that fails
/// has compared and refused.
public struct HardHistory: Sendable {
    /// What is wrong with the history.
    public enum Mode: String, Sendable, CaseIterable {
        /// Nothing.
        case ok
        /// One read near 90% of it returns a value that was never written.
        case bad
        /// At its end twice as many reads as crashed writes, and five more, alternate 0 and 1.
        case alt
    }

    /// Invocations, crashed writes included; the reads of ``Mode/alt`` come on top.
    public var operations: Int
    /// Processes that work at once.
    public var processes: Int
    /// Crashed writes.
    public var crashed: Int
    /// Values, from 0.
    public var values: Int
    /// What is wrong.
    public var mode: Mode

    /// A kind of histories.
    public init(operations: Int, processes: Int, crashed: Int, values: Int, mode: Mode) {
        self.operations = operations
        self.processes = processes
        self.crashed = crashed
        self.values = values
        self.mode = mode
    }

    /// The events of one history; the same dice give the same events.
    public func events(using random: inout some RandomNumberGenerator) -> [Event] {
        var simulation = Simulation(self, using: &random)
        simulation.run(using: &random)
        return simulation.events
    }
}

/// The register, and what each process is doing with it.
private struct Simulation {
    private enum Phase {
        case idle
        case invoked(Invocation)
        case done(Invocation, Event.Kind, Value)
    }

    private let history: HardHistory
    private var phases: [Phase]
    private var crashes: Set<Int>
    private var pendingCrashed: [Value] = []
    private var crashedWrites: [(process: Int, value: Value)] = []
    private var state = Value.null
    private var invoked = 0
    private var isSpoiled = false
    private(set) var events: [Event] = []

    init(_ history: HardHistory, using random: inout some RandomNumberGenerator) {
        self.history = history
        phases = Array(repeating: .idle, count: history.processes)
        crashes = []
        let room = max(history.operations * 9 / 10, history.crashed)
        while crashes.count < history.crashed {
            crashes.insert(Int.random(in: 0..<room, using: &random))
        }
        events.reserveCapacity(2 * history.operations)
    }

    mutating func run(using random: inout some RandomNumberGenerator) {
        var busy = 0
        while invoked < history.operations || busy > 0 {
            takeCrashedEffects(using: &random)
            if invoked < history.operations, crashes.contains(invoked) {
                crash(using: &random)
                continue
            }
            let process = Int.random(in: 0..<history.processes, using: &random)
            switch phases[process] {
            case .idle where invoked < history.operations:
                invoke(by: process, using: &random)
                busy += 1
            case .idle: continue
            case .invoked(let invocation):
                phases[process] = takeEffect(invocation)
            case .done(let invocation, let kind, let value):
                record(kind, process, invocation.function, value)
                phases[process] = .idle
                busy -= 1
            }
        }
        if history.mode == .alt { alternate() }
        for write in crashedWrites { record(.info, write.process, "write", write.value) }
    }

    private func value(using random: inout some RandomNumberGenerator) -> Value {
        .int(Int.random(in: 0..<history.values, using: &random))
    }

    private mutating func record(
        _ kind: Event.Kind, _ process: Int, _ function: String, _ value: Value
    ) {
        events.append(
            Event(
                index: events.count, time: Timestamp(nanoseconds: events.count),
                process: .client(process), kind: kind, function: function, value: value,
                error: kind == .fail ? .keyword("mismatch") : nil))
    }

    private mutating func invoke(by process: Int, using random: inout some RandomNumberGenerator) {
        let invocation =
            switch Int.random(in: 0..<3, using: &random) {
            case 0: Invocation("read")
            case 1: Invocation("write", value(using: &random))
            default: Invocation("cas", [value(using: &random), value(using: &random)])
            }
        record(.invoke, process, invocation.function, invocation.value)
        phases[process] = .invoked(invocation)
        invoked += 1
    }

    private mutating func crash(using random: inout some RandomNumberGenerator) {
        let written = value(using: &random)
        let process = history.processes + invoked
        record(.invoke, process, "write", written)
        crashedWrites.append((process, written))
        if Bool.random(using: &random) { pendingCrashed.append(written) }
        invoked += 1
    }

    private mutating func takeCrashedEffects(using random: inout some RandomNumberGenerator) {
        pendingCrashed.removeAll { written in
            guard Int.random(in: 0..<(20 * history.processes), using: &random) == 0 else {
                return false
            }
            state = written
            return true
        }
    }

    private mutating func takeEffect(_ invocation: Invocation) -> Phase {
        switch invocation.function {
        case "read":
            let isNear = history.mode == .bad && invoked * 10 >= history.operations * 9
            guard isNear, !isSpoiled else { return .done(invocation, .ok, state) }
            isSpoiled = true
            return .done(invocation, .ok, .int(history.values + 1))
        case "write":
            state = invocation.value
            return .done(invocation, .ok, invocation.value)
        default:
            guard let (expected, new) = invocation.value.pair, state == expected else {
                return .done(invocation, .fail, invocation.value)
            }
            state = new
            return .done(invocation, .ok, invocation.value)
        }
    }

    private mutating func alternate() {
        for number in 0..<(2 * history.crashed + 5) {
            record(.invoke, 0, "read", .null)
            record(.ok, 0, "read", .int(number % 2))
        }
    }
}
