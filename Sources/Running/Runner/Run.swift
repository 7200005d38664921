internal import Faults
internal import Foundation
internal import Generators
internal import Histories
internal import Labs
public import Logging
internal import Plans
public import Stores
internal import Systems
internal import Topologies
internal import Workloads

/// One whole run, from the plan to the verdict.
///
/// Read `perform` from top to bottom.
public struct Run: Sendable {
    private let experiment: Experiment
    private let folder: RunFolder
    private let log: Logger
    private let stop: StopSignal
    private let tally: Tally
    private let rerun: String
    private let started: String

    /// A run of an experiment; `rerun` is the command that repeats it.
    public init(
        _ experiment: Experiment, folder: RunFolder, started: String, rerun: String,
        log: Logger, tally: Tally, stop: StopSignal
    ) {
        self.experiment = experiment
        self.folder = folder
        self.started = started
        self.rerun = rerun
        self.log = log
        self.tally = tally
        self.stop = stop
    }

    /// Runs the plan inside a lab and leaves everything in the run's folder.
    ///
    /// - Returns: what was found out; a failure of the harness after the load has begun is part
    ///   of it.
    /// - Throws: for a failure before that, which is no verdict.
    public func perform() async throws -> RunResults {
        try await perform(experiment.workload)
    }

    private var plan: Plan { experiment.plan }

    private func perform(_ workload: some Workload) async throws -> RunResults {
        var results = RunResults(
            plan: plan.name, seed: experiment.seed, rerun: rerun, started: started)
        let watch = Stopwatch()

        // Set up: a network, a process in each of its namespaces, a leader.
        let (cluster, clock) = try await setUp(&results)
        results.timings.setUp = watch.lap()
        log.info("all \(plan.nodes) nodes serve")

        // Load and faults, then final reads on the healed cluster.
        let recorder = try Recorder(file: folder.history) { Timestamp(clock.now) }
        var failures = await load(
            workload, on: cluster, clock: clock, recorder: recorder, into: &results,
            stopwatch: watch)
        results.findings += await cluster.findings()

        // Tear down. The history is on disk from here on.
        await cluster.stop()
        failures += await Self.failure { try await cluster.system.close() }
        failures += await Self.failure { try recorder.finish() }
        results.timings.tearDown = watch.lap()
        results.counts = tally.counts

        // Judge what is on disk, so that what is judged is what people read.
        log.info("check the history")
        var history = History()
        failures += await Self.failure {
            history = try History(contentsOf: folder.history, tail: .maybeTorn).keyed(.independent)
            try results.add(workload.checks, of: history)
        }
        results.timings.check = watch.lap()
        results.failures = failures
        Judge(experiment).judge(&results, failures: failures)
        await store(&results, history)
        return results
    }

    // MARK: Set up

    private func setUp(_ results: inout RunResults) async throws -> (Cluster, RunClock) {
        let system = try experiment.makeSystem(runFolder: folder.path)
        results.versions = ["whitewater": Version.current, "system": try await system.version()]
        try folder.write(try resolvedPlan(results.versions), to: folder.plan)
        log.info("make a network of \(plan.nodes) nodes and start \(plan.system.name)")
        let network = try await LabNetwork(experiment.topology)
        let cluster = try Cluster(experiment, system: system, network: network, folder: folder)
        do {
            try await cluster.start()
        } catch {
            await cluster.stop()
            throw error
        }
        return (cluster, cluster.startClock())
    }

    private func resolvedPlan(_ versions: [String: String]) throws -> String {
        let header = versions.sorted { $0.key < $1.key }.map { "# \($0.key): \($0.value)\n" }
        return header.joined() + (try plan.yaml)
    }

    // MARK: Load

    /// Runs the workers and the nemesis side by side, then waits for recovery and reads.
    ///
    /// - Returns: failures of the harness, in words.
    private func load<W: Workload>(
        _ workload: W, on cluster: Cluster, clock: RunClock, recorder: Recorder,
        into results: inout RunResults, stopwatch: Stopwatch
    ) async -> [String] {
        var random = SplitMix64(seed: experiment.seed)
        let schedule = Schedule(
            requests: experiment.faults, rhythm: plan.faults.rhythm,
            nodes: experiment.topology.names, within: plan.timeLimit.duration, using: &random)
        log.debug("schedule:\n\(schedule)")
        let workers = workload.shape.workers
        let processes = ProcessNumbers(workers: workers)
        let driver = LoadDriver(
            workload.load(), random: random.split(), target: cluster, recorder: recorder,
            tally: tally, stop: stop, clock: clock, timeout: plan.operationTimeout.duration,
            processes: processes)
        let nemesis = Nemesis(
            schedule: schedule, cluster: cluster, recorder: recorder, tally: tally, stop: stop,
            clock: clock, end: plan.timeLimit.duration, overlap: plan.faults.overlap, log: log)
        let (stop, log) = (stop, log)
        let faulting = Task {
            let records = FaultLedger()
            let failures = await Self.failure {
                do {
                    try await nemesis.run(into: records)
                } catch {
                    log.error("a fault failed: \(error)")
                    stop.stop()
                    throw error
                }
            }
            return (records.all, failures)
        }
        let watch = NodeWatch(cluster, clock: clock)
        let watching = Task { await watch.watch() }
        results.loadBegan = Date.now.timeIntervalSince1970 - clock.now / .seconds(1)
        await driver.run(workers: workers)
        let (records, failures) = await faulting.value
        results.faults = records
        results.timings.load = stopwatch.lap()

        tally.note(fault: "recovery and final reads")
        log.info("the load is over; wait for recovery and read every key once more")
        results.findings += await cluster.awaitRecovery()
        let ending = LoadDriver(
            workload.ending(after: driver.generator), random: random.split(), target: cluster,
            recorder: recorder, tally: tally, stop: StopSignal(), clock: clock,
            timeout: plan.operationTimeout.duration, processes: processes)
        await ending.run(workers: workers)
        results.findings += await cluster.awaitAgreement()
        watching.cancel()
        await watching.value
        results.observations = watch.observations
        tally.note(fault: nil)
        results.timings.ending = stopwatch.lap()
        return failures
    }

    // MARK: Results

    /// Writes the results and the page.
    ///
    /// A page that cannot be made is a line in the log; results that cannot be written spoil a
    /// verdict only if it was no violation.
    private func store(_ results: inout RunResults, _ history: History) async {
        do {
            try folder.write(results)
            try folder.writeContradictions(of: results, in: history)
            if results.verdict == .valid {
                for number in 1...plan.nodes { try folder.removeData(of: "n\(number)") }
            }
        } catch {
            log.error("the results could not be stored: \(error)")
            results.reasons.append("the results could not be stored: \(error)")
            if results.verdict != .invalid { results.verdict = .failed }
        }
        if let trouble = await ReportProcess().render(folder) { log.error("\(trouble)") }
    }

    /// The error of a step in words, so that later steps still happen.
    private static func failure(_ step: () async throws -> Void) async -> [String] {
        do {
            try await step()
            return []
        } catch {
            return ["\(error)"]
        }
    }
}

extension RunResults {
    /// Takes over what checks find in a history.
    mutating func add(_ checks: [any Check], of history: History) throws {
        findings.removeAll { $0.kind == .check }
        for check in checks {
            switch try check.judge(history) {
            case .keys(let report): add(report)
            case .findings(let found):
                findings += found.map {
                    Finding(.check, node: "-", detail: "\($0.check): \($0.sentence)")
                }
            }
        }
    }
}

extension FaultPlan {
    /// How strong faults are.
    var intensity: Intensity {
        Intensity(
            loss: loss, delay: delay.duration, reorderedShare: reorder,
            bitsPerSecond: rate.bitsPerSecond, clockStep: clockStep.duration, clockRate: clockRate)
    }

    /// When faults come and how long they last.
    var rhythm: Schedule.Rhythm {
        Schedule.Rhythm(first: first.duration, every: every.duration, length: length.duration)
    }
}

/// Times the parts of a run.
private final class Stopwatch {
    private var last = ContinuousClock.now

    /// Seconds since the last lap.
    func lap() -> Double {
        let now = ContinuousClock.now
        defer { last = now }
        return (now - last) / .seconds(1)
    }
}

/// This program's version.
public enum Version {
    /// `whitewater --version` prints this.
    public static let current = "0.1.0"
}
