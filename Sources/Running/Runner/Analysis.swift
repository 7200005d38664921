internal import Histories
internal import Plans
public import Stores
internal import Workloads

/// Judges a stored run again: the same history, the same evidence, this program's checker.
public struct Analysis: Sendable {
    private let folder: RunFolder

    /// The analysis of a run's folder.
    public init(_ folder: RunFolder) { self.folder = folder }

    /// Checks the history, judges, and writes results and report anew.
    ///
    /// - Returns: the new results, and what went wrong with the report, if anything.
    /// - Throws: for a folder without a plan, results or a history that can be read; nothing has
    ///   changed then.
    public func perform() async throws -> (results: RunResults, trouble: String?) {
        var results = try folder.readResults()
        let experiment = try Experiment(stored: PlanFile(folder.plan))
        let history = try History(contentsOf: folder.history, tail: .maybeTorn)
            .keyed(.independent)
        try results.add(experiment.workload.checks, of: history)
        results.format = RunResults.formatVersion
        Judge(experiment)
            .judge(&results, failures: results.failures ?? [])
        try folder.write(results)
        try folder.writeContradictions(of: results, in: history)
        return (results, await ReportProcess().render(folder))
    }
}
