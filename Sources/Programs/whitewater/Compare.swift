import Archive
import ArgumentParser
import Foundation
import Sites

extension Whitewater {
    /// `whitewater compare`.
    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put the runs of two versions or commits side by side.",
            discussion: "Runs are paired by plan and seed; the page lands in results/compare.")

        @Argument(help: "A version or a commit, or the beginning of one.")
        var left: String

        @Argument(help: "Another one.")
        var right: String

        @Option(help: "The folder of results.")
        var results = "results"

        func run() throws {
            do {
                let rows = try Archive(file: results + "/index.sqlite").runs()
                let sides = [left, right].map { word in
                    rows.filter { $0.version.hasPrefix(word) || $0.commit?.hasPrefix(word) == true }
                }
                let known = Set(rows.flatMap { [$0.version] + ($0.commit.map { [$0] } ?? []) })
                for (word, found) in zip([left, right], sides) where found.isEmpty {
                    Console.complain(
                        "whitewater: no run of version or commit '\(word)'; there are: "
                            + known.sorted().joined(separator: ", "))
                    throw Exit.usage
                }
                let comparison = Comparison(sides[0], named: left, sides[1], named: right)
                let words = "\(left)-\(right)".map { character in
                    character.isLetter || character.isNumber || ".-".contains(character)
                        ? character : "-"
                }
                let file = URL(filePath: results).appending(path: "compare/\(String(words)).html")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(comparison.page.utf8).write(to: file, options: .atomic)
                Console.line(
                    "\(comparison.pairs.count) pairs; found something: "
                        + "\(left) \(comparison.found.0), \(right) \(comparison.found.1)")
                Console.line("page: \(file.path)")
            } catch let code as ExitCode {
                throw code
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }
    }
}
