import Archive
import ArgumentParser
import Campaigns
import Foundation
import Histories
import Reports
import Results
import Sites
import Stores

extension Whitewater {
    /// `whitewater export`.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell other programs of a run or a campaign: as JUnit, Markdown or JSON.",
            discussion: """
                Reads the folder of a run (results/latest), of a campaign \
                (results/campaigns/nightly/20261121T220000.000Z), or of all campaigns of a name, of \
                which it takes the latest (results/campaigns/nightly). A run that could not say \
                anything is an error in JUnit, and never a passed test. Exits with 0 if the export \
                was written, whatever it says; 64 if there is nothing to export.
                """)

        /// What is written.
        enum Format: String, CaseIterable, ExpressibleByArgument {
            case junit, markdown, json
        }

        @Argument(help: "The folder of a run or of a campaign.")
        var folder: String

        @Option(help: "junit, markdown or json.")
        var format = Format.junit

        @Option(name: .shortAndLong, help: "The file; the standard output if there is none.")
        var output: String?

        func run() throws {
            do {
                let text = try text()
                if let output {
                    try Data(text.utf8).write(to: URL(filePath: output), options: .atomic)
                } else {
                    try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
                }
            } catch {
                throw Exit.reporting(error, Exit.usage)
            }
        }

        private func text() throws -> String {
            if FileManager.default.fileExists(atPath: folder + "/results.json") {
                return try RunExports(folder).text(format)
            }
            let path = URL(filePath: folder).standardizedFileURL.path
            return try CampaignExports(CampaignFolder(at: path)).text(format)
        }
    }
}

/// The exports of one run's folder.
private struct RunExports {
    private let export: RunExport

    init(_ path: String) throws {
        let folder = RunFolder(existing: path)
        let results = try folder.readResults()
        let run = StoredRun(
            results: results, excerpt: HistoryExcerpt(History(), of: results),
            plan: folder.text(of: "plan.yaml"))
        export = RunExport(run, folder: path)
    }

    func text(_ format: Whitewater.Export.Format) throws -> String {
        switch format {
        case .junit: export.junit
        case .markdown: export.markdown
        case .json: try export.json
        }
    }
}

/// The exports of a campaign's folder, from the folders of its runs alone.
struct CampaignExports {
    private let folder: CampaignFolder
    private let export: CampaignExport

    /// Those of a campaign; its end is said by its verdict, or by the folder where that has none.
    init(_ folder: CampaignFolder, verdict known: CampaignVerdict? = nil) throws {
        self.folder = folder
        let rows = RunReader(folder: folder, ticket: try folder.ticket()).rows()
        let verdict = known ?? CampaignVerdict(rows, reason: nil)
        let ending =
            switch folder.state {
            case .running: "under way"
            case .ended(let reason, _): reason
            case .cutShort: "cut short; --resume goes on"
            }
        export = CampaignExport(
            name: folder.name, rows: CampaignVerdict.lastTries(rows),
            exitStatus: verdict.exitStatus, remarks: verdict.lines + (known == nil ? [ending] : []))
    }

    func text(_ format: Whitewater.Export.Format) throws -> String {
        switch format {
        case .junit: export.junit
        case .markdown: export.markdown
        case .json: try export.json
        }
    }

    /// Writes all of them into the campaign's folder.
    func write() throws {
        for (name, format) in [
            ("junit.xml", Whitewater.Export.Format.junit), ("summary.md", .markdown),
            ("summary.json", .json),
        ] {
            try Data(try text(format).utf8)
                .write(to: URL(filePath: "\(folder.path)/\(name)"), options: .atomic)
        }
    }
}
