internal import Foundation
internal import Histories
internal import Plans
internal import Reports
public import Results
public import Stores

/// Writes the page and the plots of a run into its folder, anew whenever that is asked for.
public struct ReportWriter: Sendable {
    private let folder: RunFolder

    /// The writer of a folder.
    public init(_ folder: RunFolder) { self.folder = folder }

    /// Writes everything from the folder alone: from the results and the excerpt of the history,
    /// or from the history itself where an older run has none.
    ///
    /// A history that cannot be read is a line on the page.
    ///
    /// - Returns: what the run had found out.
    /// - Throws: `StoreError` if there are no results of a known format, or if a file cannot be
    ///   written.
    @discardableResult
    public func rewrite() throws(StoreError) -> RunResults {
        var results = try folder.readResults()
        if let experiment = try? Experiment(stored: PlanFile(folder.plan)) {
            results.describe(experiment)
        }
        var troubles: [String] = []
        var excerpt = results.digest == nil ? nil : folder.readExcerpt()
        if excerpt == nil {
            var history = History()
            do {
                history = try History(contentsOf: folder.history, tail: .maybeTorn)
                    .keyed(.independent)
            } catch {
                if results.ending != .notSetUp {
                    troubles.append("the history could not be read: \(error)")
                }
            }
            if results.digest == nil { results.digest = HistoryDigest(history, of: results) }
            excerpt = HistoryExcerpt(history, of: results)
        }
        guard let excerpt else { return results }
        var run = StoredRun(
            results: results, excerpt: excerpt, plan: folder.text(of: "plan.yaml"), logs: logs)
        run.troubles = troubles
        let page = Page(run)
        try folder.write(page.html, to: folder.page)
        for plot in page.plots { try folder.write(plot.svg, to: folder.plot(plot.name)) }
        return results
    }

    /// The ends of the nodes' logs: two a process.
    private var logs: [String: [NodeLog]] {
        func content(_ path: String) -> [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: folder.path + path)) ?? []
        }
        return Dictionary(
            uniqueKeysWithValues: content("/nodes").map { node in
                let names = content("/nodes/\(node)").filter {
                    $0.hasSuffix("stderr.log") || $0.hasSuffix("stdout.log")
                }
                let logs = names.sorted().compactMap { name in
                    folder.text(of: "nodes/\(node)/\(name)").map { NodeLog(file: name, text: $0) }
                }
                return (node, logs)
            })
    }
}
