internal import Histories
internal import Plans
public import Results
public import Stores
internal import Topologies
internal import Workloads

/// Judges a stored run again: the same history, the same evidence, this program's checker.
public struct Analysis: Sendable {
    private let folder: RunFolder

    /// The analysis of a run's folder.
    public init(_ folder: RunFolder) { self.folder = folder }

    /// Checks the history, judges, and writes results and report anew.
    ///
    /// - Returns: the new results, and what went wrong with the report, if anything.
    /// - Throws: `AnalysisError` if there is nothing to judge, or if the history is not the run's;
    ///   other errors for a folder without a plan or results. Nothing has changed then.
    public func perform() async throws -> (results: RunResults, trouble: String?) {
        var results = try folder.readResults()
        let experiment = try Experiment(stored: PlanFile(folder.plan))
        let history = try History(contentsOf: folder.history, tail: .maybeTorn)
            .keyed(.independent)
        guard !history.operations.isEmpty else { throw AnalysisError.nothing(folder.history) }
        results.describe(experiment)
        try results.add(experiment.workload.checks, of: history)
        results.format = RunResults.formatVersion
        let digest = HistoryDigest(history, of: results)
        let differences = digest.differences(from: results.counts)
        let isTorn = (results.failures ?? []).contains {
            $0.kind == .tornHistory || $0.kind == .exhausted
        }
        guard differences.isEmpty || isTorn else {
            throw AnalysisError.foreign(folder.history, differences)
        }
        results.digest = digest
        results.groupFindings()
        results.settleEarlyVerdict()
        Judge(experiment).judge(&results)
        try folder.write(results)
        try folder.write(HistoryExcerpt(history, of: results))
        try folder.writeContradictions(of: results, in: history)
        return (results, await ReportProcess().render(folder))
    }
}

/// Why a stored run cannot be judged.
public enum AnalysisError: Error, Sendable, CustomStringConvertible {
    /// The history has no client operation.
    case nothing(String)
    /// The history is not what was counted while it was recorded.
    case foreign(String, [String])

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .nothing(let file):
            "\(file) has no operation of any client: there is nothing to judge"
        case .foreign(let file, let differences):
            "\(file) is not the history of this run: \(differences.joined(separator: "; ")). "
                + "Bring the right file back; `whitewater check` judges any history by itself"
        }
    }
}

extension RunResults {
    /// Takes over what the plan says of nodes and workers: older results lack it.
    mutating func describe(_ experiment: Experiment) {
        system = system ?? experiment.plan.system.name
        nodes = nodes ?? experiment.topology.names
        workers = workers ?? experiment.workload.shape.workers
    }

    /// More findings of one check say no more.
    private static let mostFindings = 200

    /// Takes over what checks find in a history.
    mutating func add(_ checks: [any Check], of history: History) throws {
        findings.removeAll { $0.kind == .check }
        for check in checks {
            switch try check.judge(history) {
            case .keys(let report): add(report)
            case .findings(let found):
                findings += found.prefix(Self.mostFindings).map {
                    Finding($0, in: history, of: self)
                }
                guard found.count > Self.mostFindings else { continue }
                var rest = Finding(
                    .check, node: nil,
                    detail: "\(found.count - Self.mostFindings) more like these",
                    aspect: check.name)
                rest.others = found.count - Self.mostFindings
                findings.append(rest)
            }
        }
    }
}

extension Finding {
    /// What a check found, with the node that gave the answer which shows it.
    init(_ finding: CheckFinding, in history: History, of results: RunResults) {
        let telling = finding.operations.map { history.operations[$0] }
            .filter { $0.completedAt != nil }
            .max { $0.recordedEnd < $1.recordedEnd }
        self.init(
            .check, node: telling.flatMap { results.node(of: $0) },
            detail: (finding.key.map { "key \($0): " } ?? "") + finding.sentence,
            time: telling?.completedAt?.seconds, aspect: finding.check)
    }
}
