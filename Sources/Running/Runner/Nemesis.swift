internal import Faults
internal import Histories
internal import Injectors
internal import Labs
internal import Logging
internal import Synchronization
internal import Topologies

/// Does what a scenario says, and tells it what comes of it.
///
/// The scenario is asked whenever it wants to be, and every few milliseconds besides; each strike
/// begins and ends in a task of its own, so that a slow one holds up no other.
final class Nemesis: Sendable {
    /// Between two looks at the cluster.
    private static let tick = Duration.milliseconds(4)

    private let cluster: Cluster
    private let recorder: Recorder
    private let tally: Tally
    private let stop: StopSignal
    private let hold: StopSignal
    private let clock: RunClock
    private let watch: NodeWatch
    private let recovery: RecoveryWatch
    private let log: Logger
    private let strikes: StrikeBook

    init(
        _ cluster: Cluster, recorder: Recorder, tally: Tally, stop: StopSignal, hold: StopSignal,
        clock: RunClock, watch: NodeWatch, log: Logger
    ) {
        self.cluster = cluster
        self.recorder = recorder
        self.tally = tally
        self.stop = stop
        self.hold = hold
        self.clock = clock
        self.watch = watch
        self.log = log
        recovery = RecoveryWatch(cluster, clock: clock)
        strikes = StrikeBook()
    }

    /// Runs a scenario to its end, or to the signal; then all is healed.
    ///
    /// Once it is told to hold, nothing is struck and nothing is healed until that signal.
    ///
    /// - Throws: the first error of the machine; the records of earlier faults are kept.
    func run(_ scenario: Rounds, into ledger: FaultLedger) async throws {
        var scenario = scenario
        let recovering = Task { await recovery.watch() }
        defer {
            recovering.cancel()
            cluster.gate.openAll()
            tally.note(fault: nil)
        }
        while true {
            if hold.isStopped, !stop.isStopped { await stop.wait() }
            complete(into: ledger)
            let view = view()
            watch.note(isQuiet: view.isQuiet, isUndisturbed: strikes.isUndisturbed)
            if scenario.isOver, view.isQuiet { break }
            let commands = stop.isStopped ? scenario.abandon(view) : scenario.step(view)
            for command in commands { perform(command, view, into: ledger) }
            if let failure = strikes.failure { throw failure }
            // Only what was struck is started meanwhile.
            if !strikes.recovering.isEmpty, let failure = await cluster.startFailure() {
                throw failure
            }
            let next = min(scenario.wake ?? .seconds(1 << 30), clock.now + Self.tick)
            try? await Task.sleep(
                until: clock.instant(at: max(next, clock.now + .microseconds(200))),
                tolerance: .zero, clock: .continuous)
        }
        complete(into: ledger)
        if scenario.omitted > 0 {
            log.notice("no time was left for \(scenario.omitted) rounds; recoveries took long")
        }
    }

    private func view() -> ClusterView {
        var view = ClusterView(time: clock.now, nodes: cluster.network.topology.names)
        view.members = watch.members
        let progress = cluster.clientProgress
        for (node, count) in progress.acknowledged { view.members[node]?.acknowledged = count }
        view.waiting = progress.waiting.values.reduce(0, +)
        view.taken = cluster.active.takenNodes
        view.strikes = strikes.phases
        return view
    }

    private func perform(_ command: Command, _ view: ClusterView, into ledger: FaultLedger) {
        switch command {
        case .strike(let planned): strike(planned, view, into: ledger)
        case .heal(let id, let due): heal(id, due: due)
        case .skip(let kind, let family, let check):
            ledger.add(skipped(strikes.nextNumber(), kind: kind, family: family, check))
        case .conclude(let conclusion): strikes.add(conclusion)
        }
    }

    private func skipped(
        _ number: Int, kind: FaultName, family: FaultName, _ check: FaultRecord.Check
    ) -> FaultRecord {
        var record = FaultRecord(number: number, kind: kind, family: family)
        (record.start, record.end) = (clock.now / .seconds(1), clock.now / .seconds(1))
        record.checks = [check]
        return record
    }

    // MARK: Beginnings

    private func strike(_ planned: PlannedStrike, _ view: ClusterView, into ledger: FaultLedger) {
        let number = strikes.nextNumber()
        let taken = view.taken.sorted()
        guard cluster.active.claim(number, planned.aim, exclusive: planned.isExclusive) else {
            strikes.refuse(planned, number, "another fault had its nodes")
            ledger.add(
                skipped(
                    number, kind: planned.kind, family: planned.family,
                    .init("its nodes had no other such fault", false, "\(taken) had one")))
            return
        }
        if planned.clients == .away { cluster.gate.close(planned.aim.affected) }
        var record = FaultRecord(number: number, kind: planned.kind, family: planned.family)
        record.scenario = planned.scenario
        record.due = planned.due / .seconds(1)
        record.before = Self.leadership(view)
        strikes.begin(planned, number)
        strikes.injects(
            planned.id, Task { [record] in await inject(planned, record, into: ledger) })
    }

    private static func leadership(_ view: ClusterView) -> FaultRecord.Leadership? {
        view.leader.map {
            FaultRecord.Leadership(leader: $0.name, term: view.members[$0.name]?.term)
        }
    }

    private func inject(
        _ planned: PlannedStrike, _ record: FaultRecord, into ledger: FaultLedger
    ) async -> Strike? {
        let nodes = planned.aim.affected
        note("inject", planned)
        tally.note(
            fault: "\(planned.kind) \(nodes.map(\.description).joined(separator: ","))")
        do {
            let strike = try await Strike(
                record, aim: planned.aim, length: planned.length, clients: planned.clients,
                at: cluster)
            let now = clock.now
            strikes.lasts(planned.id, since: now, lateness: now - planned.due)
            return strike
        } catch {
            cluster.active.end(record.number)
            if planned.clients == .away { cluster.gate.open(nodes) }
            strikes.refuse(planned, record.number, "\(error)")
            if error is InjectionError {
                ledger.add(
                    skipped(
                        record.number, kind: planned.kind, family: planned.family,
                        .init("its nodes were running", false, "\(error)")))
            } else {
                strikes.fail(error)
            }
            return nil
        }
    }

    private func note(_ action: String, _ planned: PlannedStrike) {
        let nodes = Value.vector(planned.aim.affected.map { .string("\($0)") })
        recorder.record(.info, by: .nemesis, action, [.keyword(planned.kind.rawValue), nodes])
        log.info("\(action) \(planned.kind) on \(planned.aim.affected)")
    }

    // MARK: Endings

    private func heal(_ id: StrikeID, due: Duration) {
        guard let (planned, injecting) = strikes.endBegins(id) else { return }
        Task {
            guard let strike = await injecting.value else { return }
            do {
                let record = try await strike.heal(at: cluster)
                let now = clock.now
                cluster.active.end(record.number)
                if planned.clients == .away { cluster.gate.open(planned.aim.affected) }
                note("heal", planned)
                strikes.healed(id, strike, record, at: now, lateness: now - due)
            } catch {
                strikes.fail(error)
            }
        }
    }

    /// Completes the records of strikes whose nodes serve again, or have had their time, and those
    /// of scenarios whose strikes are complete.
    private func complete(into ledger: FaultLedger) {
        let served = recovery.served
        let now = clock.now
        var wanted: Set<NodeName> = []
        for healed in strikes.recovering {
            let struck = strikes.struckNodes
            let needed = Set(cluster.network.topology.names).subtracting(struck)
            let missing = needed.filter { served[$0].map { $0 < healed.time } ?? true }
            let isOwnStruck = !struck.isDisjoint(with: healed.planned.aim.affected)
            let isLate = stop.isStopped || now > healed.time + cluster.recoveryTimeout
            guard isLate || missing.isEmpty && !isOwnStruck else {
                wanted.formUnion(missing)
                continue
            }
            var record = healed.strike.completed(
                healed.record, serving: Set(served.filter { $0.value >= healed.time }.keys))
            if missing.isEmpty { record.recovered = now / .seconds(1) }
            record.after = watch.leader.map {
                FaultRecord.Leadership(leader: $0.name, term: watch.members[$0.name]?.term)
            }
            strikes.complete(healed.planned.id, record)
            ledger.add(record)
            log.info("\(record.summary)")
        }
        recovery.want(wanted)
        for record in strikes.concluded() {
            ledger.add(record)
            log.info("\(record.summary)")
        }
    }
}
