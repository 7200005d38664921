import Archive
import ArgumentParser
import Campaigns
import Foundation
import Sites

extension Whitewater {
    /// `whitewater index`.
    struct IndexCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "index",
            abstract:
                "Make the index of all runs, and the pages over them, anew from their folders.")

        @Argument(help: "The folder of results.")
        var results = "results"

        func run() throws {
            do {
                let archive = try Archive(file: results + "/index.sqlite")
                try archive.replaceAll(with: try ResultsScan(results: results).rows()) { folder in
                    FileManager.default.fileExists(atPath: "\(results)/\(folder)/results.json")
                }
                let rows = try archive.runs()
                try SiteWriter(results: results).write(Site(rows))
                Console.line("\(rows.count) runs in \(results)/index.sqlite")
                Console.line("pages: \(results)/index.html")
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }
    }
}

/// Writes a site's pages below a results folder.
struct SiteWriter {
    let results: String

    /// Pages that failures had which nobody has any more are left alone: links to them may be out.
    func write(_ site: Site) throws {
        let site = site.linking(to: Site.comparisons(below: results))
        for (path, html) in site.pages.sorted(by: { $0.key < $1.key }) {
            let file = URL(filePath: results).appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(html.utf8).write(to: file, options: .atomic)
        }
    }
}
