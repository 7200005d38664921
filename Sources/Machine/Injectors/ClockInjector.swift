internal import Clocks
public import Faults
internal import Labs
internal import Synchronization
internal import Topologies

extension ClockChange: Injectable {
    /// Moves each node's clock; the node is not stopped for it.
    ///
    /// - Throws: `InjectionError.clockMoved` if another fault moves the same clock of a node.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        try await site.requireRunning(movements.keys.sorted())
        var moved: [MovedClock] = []
        do {
            for (node, movement) in movements.sorted(by: { $0.key < $1.key }) {
                guard let clock = site.clock(of: node) else {
                    throw InjectionError.unknownEffect("a clock of \(node) that can be moved")
                }
                guard clock.begin(movement.family) else { throw InjectionError.clockMoved(node) }
                moved.append(MovedClock(node, clock, movement, site.process(of: node)))
            }
        } catch {
            for clock in moved { clock.clock.heal(clock.movement.family) }
            throw error
        }
        for clock in moved { clock.move() }
        return ActiveClockChange(clocks: moved)
    }
}

extension ClockChange.Movement {
    fileprivate var family: ClockFamily {
        switch self {
        case .step, .strobe: .wall
        case .rate: .monotonic
        }
    }
}

private struct ActiveClockChange: Injection {
    let clocks: [MovedClock]

    func observe() async {
        await withTaskGroup { group in
            for clock in clocks { group.addTask { await clock.keepMoving() } }
        }
    }

    func heal() async throws -> Evidence {
        // The evidence first: what a node asks after the healing is no evidence of the fault.
        let checks = clocks.map { $0.check() }
        for clock in clocks { clock.heal() }
        return Evidence(checks)
    }
}

/// One node's clock while it is wrong.
private final class MovedClock: Sendable {
    /// Between two jumps of a clock that jumps to and fro.
    private static let strobePeriod = Duration.milliseconds(200)
    /// Between two nudges of a node whose clock is fast.
    private static let nudgePeriod = Duration.milliseconds(2)

    let node: NodeName
    let clock: NodeClock
    let movement: ClockChange.Movement
    private let process: NodeProcesses
    /// What the node had asked when the clock began to be wrong, and at its first question then.
    private let readings: Mutex<(before: ClockReading, first: ClockReading?)>
    private let isOver = Mutex(false)

    init(
        _ node: NodeName, _ clock: NodeClock, _ movement: ClockChange.Movement,
        _ process: NodeProcesses
    ) {
        (self.node, self.clock, self.movement, self.process) = (node, clock, movement, process)
        readings = Mutex((clock.reading(of: movement.family), nil))
    }

    func move() {
        switch movement {
        case .step(let offset), .strobe(let offset): clock.step(by: offset)
        case .rate(let rate): clock.run(at: rate)
        }
        readings.withLock { $0.before = clock.reading(of: movement.family) }
    }

    /// Lets a clock jump on; wakes a node whose clock is fast.
    func keepMoving() async {
        switch movement {
        case .step: break
        case .strobe(let offset): await strobe(offset)
        case .rate(let rate): await nudge(isFast: rate > 1)
        }
    }

    private func strobe(_ offset: Duration) async {
        var isForth = true
        while (try? await Task.sleep(for: Self.strobePeriod)) != nil {
            note()
            let jump = isForth ? .zero - offset : offset
            // A jump after the healing would never be undone.
            isOver.withLock { if !$0 { clock.step(by: jump) } }
            isForth.toggle()
        }
    }

    /// A node that sleeps in the kernel sleeps in true time, and looks at its clock only when it
    /// wakes: one whose clock is fast is woken often, so that it does not sleep too long.
    private func nudge(isFast: Bool) async {
        while (try? await Task.sleep(for: isFast ? Self.nudgePeriod : .milliseconds(20))) != nil {
            note()
            if isFast { await process.nudge() }
        }
    }

    private func note() {
        let reading = clock.reading(of: movement.family)
        readings.withLock { readings in
            if readings.first == nil, reading.reads > readings.before.reads {
                readings.first = reading
            }
        }
    }

    func heal() {
        isOver.withLock { isOver in
            isOver = true
            clock.heal(movement.family)
        }
    }

    /// The node's own clock, as it was read back.
    func check() -> FaultRecord.Check {
        let last = clock.reading(of: movement.family)
        let (before, first) = readings.withLock { $0 }
        let asked = last.reads - before.reads
        let demand = "\(node) read its clock, which was \(movement)"
        guard asked > 0 else {
            return FaultRecord.Check(demand, false, "\(node) never asked for that clock")
        }
        switch movement {
        case .step(let offset):
            let error = last.offset - offset
            return FaultRecord.Check(
                demand, abs(error / .milliseconds(1)) < 10,
                "\(asked) reads; the last answer was off by \(last.offset.formattedSeconds)")
        case .strobe: return FaultRecord.Check(demand, true, "\(asked) reads")
        case .rate(let rate):
            let measured = first.flatMap { last.rate(since: $0) }
            return FaultRecord.Check(
                demand, measured.map { abs($0 / rate - 1) < 0.1 } ?? false,
                "\(asked) reads"
                    + (measured.map { "; it ran \(($0 * 1_000).rounded() / 1_000) times as fast" }
                        ?? ", too few to tell its rate"))
        }
    }
}
