public import Checkers
public import Histories
internal import Results
internal import Topologies

/// A history from anywhere with what a checker found in it, for a page: without nodes where the
/// history names none, without faults, and without a folder of files beside it.
public struct CheckedHistory {
    private let history: History
    private let report: Report
    private let name: String
    private let rerun: String

    /// A history whose keys have been told apart, the report on it, what the page calls it (its
    /// file), and the command that checks it again.
    public init(_ history: History, _ report: Report, name: String, rerun: String) {
        self.history = history
        self.report = report
        self.name = name
        self.rerun = rerun
    }

    /// What the page is made of; O(n log n) in the operations.
    public var run: StoredRun {
        var results = RunResults(plan: name, seed: 0, rerun: rerun, started: "")
        results.ending = .completed
        results.add(report)
        results.verdict =
            switch report.verdict {
            case .linearizable: .valid
            case .violation: .invalid
            case .undecided: .undecided
            }
        results.reasons = reasons
        let nodes = Set(history.operations.lazy.compactMap(\.node))
        if !nodes.isEmpty { results.nodes = nodes.compactMap { NodeName($0) }.sorted() }
        let digest = HistoryDigest(history, of: results)
        results.counts = digest.counts
        results.digest = digest
        var run = StoredRun(results: results, excerpt: HistoryExcerpt(history, of: results))
        run.subject = .history
        for key in report.violations {
            guard case .violation(let found) = key.verdict, !found.history.isEmpty,
                run.excerpt.surroundings[found.culprit] != nil
            else { continue }
            run.contradictions[found.culprit] = String(
                decoding: history.edn(of: found.history), as: UTF8.self)
        }
        return run
    }

    private var reasons: [String] {
        guard case .linearizable = report.verdict else {
            return report.keys.flatMap(reasons)
        }
        return [
            report.keys.count == 1
                ? "one legal order explains every operation"
                : "each of the \(report.keys.count) keys has a legal order that explains every "
                    + "operation"
        ]
    }

    private func reasons(of key: KeyReport) -> [String] {
        let prefix = key.key.map { "key \($0): " } ?? ""
        return switch key.verdict {
        case .linearizable: []
        case .violation(let found): [prefix + found.sentence]
        case .undecided(let limit, let frontier): ["\(prefix)\(limit)", "\(prefix)\(frontier)"]
        }
    }
}
