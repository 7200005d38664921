internal import Faults
internal import Foundation
internal import Generators
internal import Histories
internal import Logging
internal import Plans
internal import Results
internal import Topologies
internal import Workloads

extension Run {
    /// Runs the workers and the nemesis side by side, then waits for recovery and reads.
    ///
    /// - Returns: failures of the harness.
    func load<W: Workload>(
        _ workload: W, on cluster: Cluster, recorder: Recorder,
        into results: inout RunResults, stopwatch: Stopwatch
    ) async -> [HarnessFailure] {
        let clock = cluster.loadClock
        var random = SplitMix64(seed: experiment.seed)
        let schedule = Schedule(
            requests: experiment.faults, rhythm: plan.faults.rhythm,
            style: plan.faults.style(nodes: experiment.topology.names),
            within: plan.timeLimit.duration, using: &random)
        log.debug("schedule:\n\(schedule)")
        let workers = workload.shape.workers
        let processes = ProcessNumbers(workers: workers)
        let signals = LoadSignals()
        let judge = EarlyJudge(workload.checks, clock: clock, tally: tally) { [results] in
            results.namingNodes(in: $0)
        }
        let driver = LoadDriver(
            workload.load(), random: random.split(), target: cluster, recorder: recorder,
            tally: tally, stop: signals.load, clock: clock,
            timeout: plan.operationTimeout.duration, processes: processes, judge: judge)
        let watch = NodeWatch(cluster, clock: clock, tally: tally, judge: judge)
        let nemesis = Nemesis(
            cluster, recorder: recorder, tally: tally, stop: signals.faults, hold: signals.hold,
            clock: clock, watch: watch, log: log)
        let scenario = schedule.scenario(end: plan.timeLimit.duration)
        let log = log
        let faulting = Task {
            let records = FaultLedger()
            let failures = await Self.failure {
                do {
                    try await nemesis.run(scenario, into: records)
                } catch {
                    log.error("a fault failed: \(error)")
                    signals.stopAll()
                    throw error
                }
            }
            log.info("\(records.latenessSummary)")
            return (records.all, failures)
        }
        let watching = Task { await watch.watch() }
        let reacting = Task { await react(to: judge, on: cluster, signals) }
        let guarding = Task { [disks = cluster.disks] in
            await DiskGuard(disks: disks, stop: stop).watch()
        }
        let mending = Task { [log] in await DamageGuard(cluster: cluster, log: log).watch() }
        let stopping = Task { [stop] in
            if await stop.wait() { signals.stopAll() }
        }
        defer {
            reacting.cancel()
            stopping.cancel()
        }
        results.loadBegan = Date.now.timeIntervalSince1970 - clock.now / .seconds(1)
        tally.note(phase: .load)
        await driver.run(workers: workers)
        results.rate = LoadRate(
            asked: plan.rate.number,
            reached: Double(cluster.invocations().values.reduce(0, +))
                / max(clock.now / .seconds(1), 0.001))
        results.timings.load = stopwatch.lap()
        await keepAlive(cluster, signals)
        var (records, failures) = await faulting.value
        guarding.cancel()
        failures += await guarding.value
        results.faults = records
        if atFirst.ends, judge.first.isStopped {
            results.ending = .foundFirst
            mending.cancel()
            failures += await mending.value
            await endWatch(watch, watching, judge, into: &results)
            results.timings.ending = stopwatch.lap()
            return failures
        }

        tally.note(phase: .finalReads)
        log.info("the load is over; wait for recovery and read every key once more")
        results.findings += await cluster.awaitRecovery()
        let ending = LoadDriver(
            workload.ending(after: driver.generator), random: random.split(), target: cluster,
            recorder: recorder, tally: tally, stop: StopSignal(), clock: clock,
            timeout: plan.operationTimeout.duration, processes: processes)
        await ending.run(workers: workers)
        results.findings += await cluster.awaitAgreement()
        mending.cancel()
        failures += await mending.value
        await endWatch(watch, watching, judge, into: &results)
        results.timings.ending = stopwatch.lap()
        return failures
    }

    /// Ends what looks on while the run goes on, and takes over what it has seen.
    private func endWatch(
        _ watch: NodeWatch, _ watching: Task<Void, Never>, _ judge: EarlyJudge,
        into results: inout RunResults
    ) async {
        watching.cancel()
        await watching.value
        results.observations = watch.observations
        results.findings += watch.contradictions
        results.early = await judge.finish()
        tally.note(fault: nil)
    }
}

extension PlanRate {
    /// Operations per second; nil for as many as there can be.
    var number: Double? {
        if case .perSecond(let rate) = self { rate } else { nil }
    }
}
