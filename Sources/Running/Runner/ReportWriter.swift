internal import Foundation
internal import Histories
internal import Reports
public import Stores

/// Writes the page and the plots of a run into its folder, anew whenever that is asked for.
public struct ReportWriter: Sendable {
    private let folder: RunFolder

    /// The writer of a folder.
    public init(_ folder: RunFolder) { self.folder = folder }

    /// Writes everything from the folder alone.
    ///
    /// A history that cannot be read is a line on the page.
    ///
    /// - Returns: what the run had found out.
    /// - Throws: `StoreError` if there are no results of a known format, or if a file cannot be
    ///   written.
    @discardableResult
    public func rewrite() throws(StoreError) -> RunResults {
        let results = try folder.readResults()
        var run = stored(results, History())
        do {
            run.history = try History(contentsOf: folder.history, tail: .maybeTorn)
                .keyed(.independent)
        } catch {
            run.troubles.append("the history could not be read: \(error)")
        }
        let page = Page(run)
        try folder.write(page.html, to: folder.page)
        for plot in page.plots { try folder.write(plot.svg, to: folder.plot(plot.name)) }
        return results
    }

    private func stored(_ results: RunResults, _ history: History) -> StoredRun {
        var logs: [String: String] = [:]
        let nodes = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/nodes"))
        for node in nodes ?? [] {
            let texts = ["stderr.log", "stdout.log"]
                .compactMap { folder.text(of: "nodes/\(node)/\($0)") }
            logs[node] = texts.joined(separator: "\n")
        }
        return StoredRun(
            results: results, history: history, plan: folder.text(of: "plan.yaml"), logs: logs)
    }
}
