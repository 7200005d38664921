internal import Checkers
internal import Foundation
internal import Histories
internal import Labs
public import Logging
internal import Plans
public import Results
public import Stores
internal import Systems
internal import Workloads

/// One whole run, from the plan to the verdict.
///
/// Read `perform` from top to bottom.
public struct Run: Sendable {
    let experiment: Experiment
    let folder: RunFolder
    let log: Logger
    let stop: StopSignal
    let tally: Tally
    let atFirst: AtFirstViolation
    let rerun: String
    let started: String

    /// A run of an experiment; `rerun` is the command that repeats it.
    public init(
        _ experiment: Experiment, folder: RunFolder, started: String, rerun: String,
        log: Logger, tally: Tally, stop: StopSignal, atFirst: AtFirstViolation = .goOn
    ) {
        self.atFirst = atFirst
        self.experiment = experiment
        self.folder = folder
        self.started = started
        self.rerun = rerun
        self.log = log
        self.tally = tally
        self.stop = stop
    }

    /// Runs the plan inside a lab and leaves everything in the run's folder, however it ends.
    ///
    /// A run that would not end by itself calls `whenAbandoned`, on a thread of its own: its results
    /// are stored by then, and the process should end.
    ///
    /// - Returns: what was found out; failures of the set-up and of the harness are part of it.
    public func perform(
        whenAbandoned: @escaping @Sendable (RunResults) -> Void
    ) async -> RunResults {
        let watchdog = watchdog(whenAbandoned: whenAbandoned)
        defer { watchdog.end() }
        return await perform(experiment.workload)
    }

    var plan: Plan { experiment.plan }

    private func perform(_ workload: some Workload) async -> RunResults {
        var results = RunResults(
            plan: plan.name, seed: experiment.seed, rerun: rerun, started: started)
        results.describe(experiment)
        results.planFolder = URL(filePath: experiment.planFolder).standardizedFileURL.path
        results.counts = [:]
        let watch = Stopwatch()

        // Set up: a network, a process in each of its namespaces, a leader.
        tally.note(phase: .settingUp)
        let cluster: Cluster
        let recorder: Recorder
        do {
            cluster = try await setUp(&results)
            recorder = try Recorder(file: folder.history) { [clock = cluster.loadClock] in
                Timestamp(clock.now)
            }
        } catch {
            results.timings.setUp = watch.lap()
            await end(&results, withoutLoad: error)
            return results
        }
        results.timings.setUp = watch.lap()
        log.info("all \(plan.nodes) nodes serve")

        // Load and faults, then final reads on the healed cluster.
        var failures = await load(
            workload, on: cluster, recorder: recorder, into: &results, stopwatch: watch)
        tally.note(phase: .judging)
        results.findings += await cluster.findings()
        if results.ending == nil { results.ending = stop.isStopped ? .stopped : .completed }
        results.stalls = cluster.endStallWatch()

        // Tear down. The history is on disk from here on.
        await cluster.stop()
        failures += await Self.failure { try await cluster.system.close() }
        failures += await Self.failure { try recorder.finish() }
        results.timings.tearDown = watch.lap()
        results.counts = tally.counts
        results.failures = failures

        // Judge what is on disk, so that what is judged is what people read.
        log.info("check the history")
        let history = await judge(workload, &results)
        results.timings.check = watch.lap()
        await store(&results, history)
        return results
    }

    /// Reads the history once, and draws everything from it.
    private func judge(_ workload: some Workload, _ results: inout RunResults) async -> History {
        var history = History()
        let failures = await Self.failure {
            history = try History(contentsOf: folder.history, tail: .maybeTorn).keyed(.independent)
            try results.add(workload.checks, of: history)
        }
        results.failures = (results.failures ?? []) + failures
        let digest = HistoryDigest(history, of: results)
        results.digest = digest
        let isTorn = (results.failures ?? []).contains {
            $0.kind == .tornHistory || $0.kind == .exhausted
        }
        let differences = digest.differences(from: results.counts)
        if !differences.isEmpty, !isTorn {
            results.failures?.append(
                HarnessFailure(
                    .foreignHistory,
                    "the stored history is not what was counted: "
                        + differences.joined(separator: "; ")))
        }
        results.groupFindings()
        results.settleEarlyVerdict()
        Judge(experiment).judge(&results)
        return history
    }

    /// A run that never came to its load has a page and results too.
    private func end(_ results: inout RunResults, withoutLoad error: any Error) async {
        log.error("the run could not be set up: \(error)")
        if case SetUpError.stopped = error {
            results.ending = .stopped
            results.verdict = .inconclusive
            results.reasons = ["\(error): nothing was tested"]
        } else {
            results.ending = .notSetUp
            results.failures = [
                HarnessFailure(Self.failure(error).kind, "the run could not be set up: \(error)")
            ]
            Judge(experiment).judge(&results)
        }
        results.groupFindings()
        await store(&results, History())
    }

    // MARK: Results

    /// Writes the results, what is drawn of the history, and the page.
    ///
    /// A page that cannot be made is a line in the log; results that cannot be written spoil a
    /// verdict only if it was no violation.
    private func store(_ results: inout RunResults, _ history: History) async {
        do {
            try folder.write(results)
            try folder.write(HistoryExcerpt(history, of: results))
            try folder.writeContradictions(of: results, in: history)
            if results.verdict == .valid {
                for number in 1...plan.nodes { try folder.removeData(of: "n\(number)") }
            } else {
                folder.trimData()
            }
            try folder.removeOldData()
        } catch {
            log.error("the results could not be stored: \(error)")
            results.reasons.append("the results could not be stored: \(error)")
            if results.verdict != .invalid { results.verdict = .failed }
        }
        if let trouble = await ReportProcess().render(folder) { log.error("\(trouble)") }
    }

    /// The error of a step in words, so that later steps still happen.
    static func failure(_ step: () async throws -> Void) async -> [HarnessFailure] {
        do {
            try await step()
            return []
        } catch {
            return [failure(error)]
        }
    }

    /// What an error leaves of the rest of the evidence.
    static func failure(_ error: any Error) -> HarnessFailure {
        let exhaustion = [ENOSPC, EDQUOT, EIO, EMFILE, ENFILE, ENOMEM, EAGAIN]
        let kind: HarnessFailure.Kind =
            switch error {
            case let error as RecorderError:
                exhaustion.contains(error.code) ? .exhausted : .tornHistory
            case LabError.systemCall(_, let code, _) where exhaustion.contains(code): .exhausted
            case let error as POSIXError where exhaustion.contains(error.code.rawValue): .exhausted
            default: .other
            }
        return HarnessFailure(kind, "\(error)")
    }
}

/// Times the parts of a run.
final class Stopwatch {
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
