internal import Foundation
internal import Plans
internal import Results
internal import Stores
internal import Topologies
internal import Workloads

extension Run {
    private static let mostSetUp = Duration.seconds(300)
    private static let mostFinalReads = Duration.seconds(600)
    private static let grace = Duration.seconds(60)

    /// Watches over the phases that end by the clock; judging takes as long as its budget allows, and
    /// a cluster that is kept for somebody to look at stays as long as they like.
    ///
    /// `whenAbandoned` is told the results on a thread of its own, when nothing else goes on any
    /// more: what they say is stored by then, and the process should end.
    func watchdog(whenAbandoned: @escaping @Sendable (RunResults) -> Void) -> Watchdog {
        let plan = plan
        let tally = tally
        let watchdog = Watchdog(
            of: { tally.phase },
            allowing: { phase in
                let recovery = plan.recoveryTimeout.duration
                return switch phase {
                case .settingUp: Self.mostSetUp
                case .load: plan.timeLimit.duration + recovery + Self.grace
                case .finalReads: recovery * 2 + Self.mostFinalReads
                case .frozen, .judging: nil
                }
            })
        watchdog.begin { [self] phase, limit in whenAbandoned(abandon(in: phase, after: limit)) }
        return watchdog
    }

    /// Leaves behind what can be said of a run that will not end: it uses no task and no child.
    private func abandon(in phase: Tally.Phase, after limit: Duration) -> RunResults {
        var results = RunResults(
            plan: plan.name, seed: experiment.seed, rerun: rerun, started: started)
        results.describe(experiment)
        results.ending = .abandoned
        results.counts = tally.counts
        let sentence =
            "the phase '\(phase.rawValue)' was not over after \(limit.formattedSeconds): this "
            + "machine gives the harness no more threads or memory, or no time; see `ulimit -a`, "
            + "and run it on a machine with less to do"
        results.failures = [HarnessFailure(.exhausted, sentence)]
        Judge(experiment).judge(&results)
        do {
            try folder.write(results)
            try folder.write(ReportProcess.placeholder(sentence), to: folder.page)
        } catch {
            results.reasons.append("the results could not be stored: \(error)")
        }
        return results
    }
}
