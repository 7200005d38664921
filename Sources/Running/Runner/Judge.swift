internal import Faults
public import Plans
public import Stores
internal import Workloads

/// Makes one verdict of everything that a run found out.
///
/// The order matters: a violation is never hidden by what failed later; a harness that failed
/// says nothing more; what is not known, and what was hardly tested, is never valid.
public struct Judge: Sendable {
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
    public func judge(_ results: inout RunResults, failures: [String]) {
        let violations = results.keys.filter { $0.verdict == "violation" }
        let undecided = results.keys.filter { $0.verdict == "undecided" }
        let doubts = doubts(about: results)
        let wrong = violations.map(Self.sentence)
        let findings = results.findings.map { "\($0.node): \($0.kind.rawValue): \($0.detail)" }
        // What stops the harness, a full disk for example, stops nodes too: their end proves
        // nothing then. A violation stays one.
        if !wrong.isEmpty || !findings.isEmpty && failures.isEmpty {
            results.verdict = .invalid
            results.reasons = wrong + findings + failures
        } else if !failures.isEmpty {
            results.verdict = .failed
            results.reasons = failures + findings
        } else if !undecided.isEmpty {
            results.verdict = .undecided
            results.reasons = undecided.map {
                "key \($0.key ?? "-"): undecided, \($0.limit ?? "no limit named")"
            }
        } else if !doubts.isEmpty {
            results.verdict = .inconclusive
            results.reasons = doubts
        } else {
            results.verdict = .valid
            let bit = results.faults.filter(\.bit).count
            results.reasons = [
                "all \(results.keys.count) keys are linearizable, and \(bit) of "
                    + "\(results.faults.count) faults bit"
            ]
        }
    }

    private static func sentence(_ key: RunResults.KeyResult) -> String {
        (key.key.map { "key \($0): " } ?? "") + (key.contradiction?.sentence ?? "violation")
    }

    /// Why the run does not say anything, even if nothing was found.
    private func doubts(about results: RunResults) -> [String] {
        var doubts: [String] = []
        for name in plan.faults.kinds {
            let kinds = FaultRequest(name, nodes: plan.nodes)?.kinds.map(\.name) ?? []
            let records = results.faults.filter { kinds.contains($0.kind) }
            if !records.contains(where: \.bit) {
                doubts.append(
                    "no fault of kind \(name) certainly bit"
                        + (records.last.map { "; the last: \($0.summary)" } ?? "; none was run"))
            }
        }
        for function in functions {
            let ok = results.counts[function]?.ok ?? 0
            if ok < leastSuccesses {
                doubts.append(
                    "only \(ok) operations \(function) succeeded, of at least "
                        + "\(leastSuccesses)")
            }
        }
        return doubts
    }
}
