import ArgumentParser
import Foundation
import Results
import Runner
import Stores

extension Whitewater {
    /// `whitewater report`.
    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Render a stored run again.",
            discussion: """
                Writes index.html and the plots anew from results.json, history.edn and the logs; \
                the verdict stays. Runs of older versions are read too.
                """)

        @Argument(help: "The run's folder, such as results/latest.")
        var folder: String

        func run() throws {
            let folder = RunFolder(existing: folder)
            do {
                let results = try ReportWriter(folder).rewrite()
                Console.line("\(results.verdict.rawValue): \(folder.page)")
            } catch {
                throw Exit.reporting(error, Exit.usage)
            }
        }
    }

    /// `whitewater analyze`.
    struct Analyze: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a stored run again, and render it.",
            discussion: """
                Judges history.edn as the stored plan says, with what is known of faults and \
                nodes; writes results.json and the report anew. Exits as `whitewater test` does; \
                with 64 if there is no operation to judge, and with 70, changing nothing, if the \
                history is not what was counted during the run.
                """)

        @Argument(help: "The run's folder, such as results/latest.")
        var folder: String

        func run() throws {
            let folder = RunFolder(existing: folder)
            Task {
                do {
                    let (results, trouble) = try await Analysis(folder).perform()
                    if let trouble { Console.complain("whitewater: \(trouble)") }
                    Summary(results: results, folder: folder).print()
                    Foundation.exit(results.verdict.exitStatus)
                } catch AnalysisError.foreign(let file, let differences) {
                    let error = AnalysisError.foreign(file, differences)
                    Foundation.exit(Exit.reporting(error, Exit.failure).rawValue)
                } catch {
                    Foundation.exit(Exit.reporting(error, Exit.usage).rawValue)
                }
            }
            dispatchMain()
        }
    }
}
