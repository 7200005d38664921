internal import Faults
public import Plans
public import Results
internal import Workloads

/// Makes one verdict of everything that a run found out.
///
/// The order matters: a history that is not the run's own says nothing; a violation and a crash
/// are never hidden by what failed later; a harness that failed says nothing more; what is not
/// known, and what was hardly tested, is never valid.
public struct Judge: Sendable {
    /// A run whose harness stood still for a larger share of its load has not tested it.
    private static let mostStalled = 0.1

    private let plan: Plan
    private let functions: [String]
    private let leastSuccesses: Int

    /// A judge of runs of a plan in which these operations must succeed so often.
    public init(plan: Plan, functions: [String], leastSuccesses: Int) {
        self.plan = plan
        self.functions = functions
        self.leastSuccesses = leastSuccesses
    }

    /// A judge of runs of an experiment.
    public init(_ experiment: Experiment) {
        self.init(
            plan: experiment.plan, functions: experiment.workload.functions.map(\.name),
            leastSuccesses: experiment.workload.shape.leastSuccesses)
    }

    /// Fills in the verdict and its reasons.
    public func judge(_ results: inout RunResults) {
        let failures = results.failures ?? []
        let failed = failures.map(\.message)
        let wrong = wrong(with: results)
        let (counting, others) = findings(of: results)
        let undecided = results.keys.filter { $0.verdict == .undecided }
        let doubts = doubts(about: results)
        if failures.contains(where: { $0.kind == .foreignHistory }) {
            results.verdict = .failed
            results.reasons = failed + wrong + counting + others
        } else if !wrong.isEmpty || !counting.isEmpty {
            results.verdict = .invalid
            results.reasons = wrong + counting + failed + others
        } else if !failures.isEmpty {
            results.verdict = .failed
            results.reasons = failed + others
        } else if !undecided.isEmpty {
            results.verdict = .undecided
            results.reasons =
                [
                    "no violation in \(results.total.completed.grouped) operations, but "
                        + "\(undecided.count) of \(results.keys.count) keys could not be decided; "
                        + "the plan's `checker` sets the limits"
                ] + undecided.map { "\($0.prefix)undecided, \($0.limit ?? "no limit named")" }
        } else if !doubts.isEmpty {
            results.verdict = .inconclusive
            results.reasons = [untested(results)] + doubts
        } else {
            results.verdict = .valid
            results.reasons = [
                (results.keys.isEmpty
                    ? "nothing contradicts the workload's rules"
                    : "all \(results.keys.count) keys are linearizable")
                    + ", and \(results.bitten) of \(results.faults.count) faults took effect"
            ]
        }
    }

    /// Violations in words: what they have in common, or one by one where nobody has compared
    /// them.
    private func wrong(with results: RunResults) -> [String] {
        let violations = results.keys.filter { $0.verdict == .violation }
        if let digest = results.digest, digest.violations.count == violations.count {
            return digest.diagnoses.map(\.sentence)
                + digest.violations.map {
                    ($0.key.map { "key \($0): " } ?? "") + $0.sentence
                }
        }
        return violations.map { $0.prefix + ($0.contradiction?.sentence ?? "violation") }
    }

    /// Findings that prove something, and those that do not.
    ///
    /// What stops the harness for want of disk or memory stops nodes too; and a harness that could
    /// not heal its faults has no right to call a node silent.
    private func findings(of results: RunResults) -> (counting: [String], others: [String]) {
        let failures = results.failures ?? []
        let isExhausted = failures.contains { $0.kind == .exhausted }
        let counts = { (finding: Finding) in
            switch finding.kind {
            case .unaskedExit, .panic: !isExhausted
            case .divergedState, .divergedLog, .twoLeaders, .wentBackward, .servedWiped,
                .servedDamaged, .nonsense, .check:
                true
            // A harness that could not heal what it did has no right to call that nothing.
            case .notServing: failures.isEmpty && !isStarvedAtEnd(results)
            case .endlessElections, .stubbornLeader: failures.isEmpty
            }
        }
        return (
            results.findings.filter(counts).map(\.sentence),
            results.findings.filter { !counts($0) }.map(\.sentence)
        )
    }

    // MARK: Doubts

    /// What has to bite: the kinds that the plan names, and each round that it spells out.
    private var kinds: [FaultName] {
        plan.faults.kinds
            + plan.faults.rounds.indices.map { FaultName(rawValue: "round-\($0 + 1)") }
    }

    /// `no violation in 9,206 operations, but 4 of 9 kinds of faults never bit`.
    private func untested(_ results: RunResults) -> String {
        let idle = kinds.filter { !isTested($0, in: results) }
        let operations = "no violation in \(results.total.completed.grouped) operations"
        if results.ending == .stopped {
            return "\(operations), but the run was stopped before its end"
        }
        return idle.isEmpty
            ? "\(operations), but too little was tested"
            : "\(operations), but \(idle.count) of \(kinds.count) kinds of faults "
                + "never took certain effect" + advice(results)
    }

    /// A longer run, if some fault had no time.
    private func advice(_ results: RunResults) -> String {
        let kinds = kinds.count
        guard results.faults.count < kinds else { return "" }
        let seconds =
            plan.faults.first.duration / .seconds(1)
            + Double(kinds + 1) * (plan.faults.every.duration / .seconds(1)) * 1.5
        return "; try --time-limit \(Int(saturating: seconds.rounded(.up)))s"
    }

    /// Why the run does not say anything, even if nothing was found.
    private func doubts(about results: RunResults) -> [String] {
        var doubts: [String] = []
        if results.total.completed == 0 { doubts.append("no operation was performed at all") }
        for name in kinds where !isTested(name, in: results) {
            let last = records(of: name, in: results).last
            doubts.append(
                "no fault of kind \(name) took certain effect"
                    + (last.map { "; the last: \($0.summary)" } ?? "; none was run")
                    + (last.map { isStalled($0, results) } == true
                        ? ", while the harness stood still" : ""))
        }
        for function in functions {
            let ok = results.counts[function]?.ok ?? 0
            if ok < leastSuccesses {
                doubts.append(
                    "only \(ok) operations \(function) succeeded, of at least "
                        + "\(leastSuccesses)")
            }
        }
        let load = results.timings.load
        let stalled = (results.stalls ?? []).seconds(between: 0, and: load)
        if stalled > load * Self.mostStalled {
            doubts.append(
                "the harness itself stood still for \(stalled.fixed(2)) of \(load.fixed(2)) s of "
                    + "load: stopped, starved of processors, or swapped out; run it on a machine "
                    + "with less to do")
        }
        if isStarvedAtEnd(results) {
            doubts += results.findings.filter { $0.kind == .notServing }.map {
                "\($0.sentence), but the harness itself stood still for much of that time, and had "
                    + "no more to give to nodes"
            }
        }
        return doubts
    }

    /// Whether nodes that had to come back had hardly more of the machine than the harness, which
    /// stood still again and again: their silence proves nothing then.
    private func isStarvedAtEnd(_ results: RunResults) -> Bool {
        let (start, length) = (results.timings.load, results.timings.ending)
        let stalled = (results.stalls ?? []).seconds(between: start, and: start + length)
        return stalled > length * Self.mostStalled
    }

    private func records(of name: FaultName, in results: RunResults) -> [FaultRecord] {
        let kinds = FaultRequest(name, nodes: plan.nodes)?.kinds.map(\.name) ?? [name]
        return results.faults.filter { kinds.contains($0.kind) }
    }

    private func isTested(_ name: FaultName, in results: RunResults) -> Bool {
        records(of: name, in: results).contains { $0.bit && !isStalled($0, results) }
    }

    /// Whether the harness stood still for the better part of a fault.
    private func isStalled(_ fault: FaultRecord, _ results: RunResults) -> Bool {
        let stalled = (results.stalls ?? []).seconds(between: fault.start, and: fault.end)
        return stalled > (fault.end - fault.start) / 2
    }
}
