internal import Faults
internal import Histories
internal import Injectors
internal import Labs
internal import Logging
internal import Synchronization
internal import Topologies

/// Injects the faults of a schedule: one after another, each healed and recovered from before the
/// next, or each at its time whatever else lasts then.
struct Nemesis {
    let schedule: Schedule
    let cluster: Cluster
    let recorder: Recorder
    let tally: Tally
    let stop: StopSignal
    let clock: RunClock
    /// No fault is injected that could not be healed and recovered from by then.
    let end: Duration
    /// Whether a fault may begin while others last.
    let overlap: Bool
    let log: Logger

    private static let leaderPatience = Duration.seconds(5)

    /// Runs the schedule to its end, or to the signal.
    ///
    /// - Throws: the first error of the machine; the records of earlier faults are kept.
    func run(into records: FaultLedger) async throws {
        try await withThrowingTaskGroup { group in
            for fault in schedule.faults {
                guard await !stop.wait(until: clock.instant(at: fault.start)) else { break }
                guard clock.now + fault.length < end else {
                    log.notice(
                        "no time is left for \(fault.kind.name); the last recovery took long")
                    break
                }
                group.addTask { records.add(try await inject(fault)) }
                if !overlap { try await group.next() }
            }
            try await group.waitForAll()
        }
    }

    private func inject(_ fault: ScheduledFault) async throws -> FaultRecord {
        let before = await leader(for: fault.kind)
        let leader = before.flatMap { claim in
            cluster.network.topology.names.first { "\($0)" == claim.leader }
        }
        // Nodes that another fault has for itself are hit only if no others are left.
        let taken = cluster.active.takenNodes
        let order = fault.order.filter { !taken.contains($0) } + fault.order.filter(taken.contains)
        let aiming = Aiming(order: order, leader: leader, intensity: cluster.intensity)
        guard let aim = fault.kind.aim(aiming) else {
            return skipped(fault, .init("a leader was known", false, "no node claimed to lead"))
        }
        guard cluster.active.claim(fault.number, aim, exclusive: fault.kind.isExclusive)
        else {
            return skipped(
                fault,
                .init("its nodes had no other such fault", false, "\(taken.sorted()) had one"))
        }
        defer { cluster.active.end(fault.number) }
        let nodes = Value.vector(aim.affected.map { .string("\($0)") })
        let name = fault.kind.name
        recorder.record(.info, by: .nemesis, "inject", [.keyword(name), nodes])
        log.info("inject \(name) on \(aim.affected)")
        tally.note(fault: "\(name) \(aim.affected.map(\.description).joined(separator: ","))")
        var record = FaultRecord(fault)
        record.before = before
        let strike: Strike
        do {
            strike = try await Strike(record, aim: aim, length: nil, at: cluster)
        } catch let error as InjectionError {
            return skipped(fault, .init("its nodes were running", false, "\(error)"))
        }
        await stop.wait(until: clock.instant(at: clock.now + fault.length))
        tally.note(fault: "healing \(name)")
        record = try await strike.heal(at: cluster)
        cluster.active.end(fault.number)
        recorder.record(.info, by: .nemesis, "heal", [.keyword(name), nodes])
        let serving = await cluster.serving()
        if serving.count == cluster.nodes.count { record.recovered = clock.now / .seconds(1) }
        record.after = await cluster.leadership()
        record = strike.completed(record, serving: serving)
        tally.note(fault: nil)
        log.info("\(record.summary)")
        return record
    }

    private func skipped(_ fault: ScheduledFault, _ check: FaultRecord.Check) -> FaultRecord {
        var record = FaultRecord(fault)
        (record.start, record.end) = (clock.now / .seconds(1), clock.now / .seconds(1))
        record.checks = [check]
        return record
    }

    /// Who leads; a fault aimed at the leader waits a while for one.
    private func leader(for kind: any Fault) async -> FaultRecord.Leadership? {
        let deadline = ContinuousClock.now + Self.leaderPatience
        while true {
            let leadership = await cluster.leadership()
            if leadership != nil || !kind.needsLeader { return leadership }
            guard ContinuousClock.now < deadline, !stop.isStopped else { return nil }
            await stop.wait(until: .now + .milliseconds(100))
        }
    }
}

/// The records of faults that are over.
final class FaultLedger: Sendable {
    private let records = Mutex<[FaultRecord]>([])

    /// By number.
    var all: [FaultRecord] { records.withLock { $0 }.sorted { $0.number < $1.number } }

    func add(_ record: FaultRecord) { records.withLock { $0.append(record) } }
}
