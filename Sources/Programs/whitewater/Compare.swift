import Archive
import ArgumentParser
import Foundation
import Sites
import Stores

extension Whitewater {
    /// `whitewater compare`.
    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put two runs, or the runs of two versions or commits, side by side.",
            discussion: """
                Two folders of runs are compared with each other, whatever their plans and seeds; \
                runs of two versions or commits are paired by plan, options and seed. The \
                page lands in results/compare.
                """)

        @Argument(help: "A run's folder, a version or a commit, or the beginning of one.")
        var left: String

        @Argument(help: "Another one.")
        var right: String

        @Option(help: "The folder of results.")
        var results = "results"

        func run() throws {
            do {
                let folders = [left, right].filter(CompareRuns.isFolder)
                switch folders.count {
                case 2: try compareRuns()
                case 1:
                    Console.complain(
                        "whitewater: \(folders[0]) is a folder, and the other one is none: give "
                            + "the folders of two runs, or two versions or commits")
                    throw Exit.usage
                default: try compareSides()
                }
            } catch let code as ExitCode {
                throw code
            } catch let error as StoreError {
                throw Exit.reporting(error, Exit.usage)
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }

        private func compareRuns() throws {
            let comparison = try CompareRuns(results: results).comparison(left, right)
            let page = try write(
                comparison.page, named: "\(comparison.left.name)-\(comparison.right.name)")
            for line in comparison.lines { Console.line(line) }
            Console.line()
            Console.line("page: \(page)")
        }

        private func compareSides() throws {
            let rows = try Archive(file: results + "/index.sqlite").runs()
            let sides = [left, right].map { word in rows.filter { $0.isOf(word) } }
            let known = Set(rows.flatMap { [$0.version] + ($0.commit.map { [$0] } ?? []) })
            for (word, found) in zip([left, right], sides) where found.isEmpty {
                Console.complain(
                    "whitewater: '\(word)' is no run's folder, and no run is of that version or "
                        + "commit; there are: " + known.sorted().joined(separator: ", "))
                throw Exit.usage
            }
            let comparison = Comparison(sides[0], named: left, sides[1], named: right)
            let page = try write(comparison.page, named: "\(left)-\(right)")
            Console.line(
                "\(comparison.pairs.count) pairs; found something: "
                    + "\(left) \(comparison.found.0), \(right) \(comparison.found.1)")
            Console.line("page: \(page)")
        }

        /// Writes a page below the results folder; its path.
        private func write(_ page: String, named name: String) throws -> String {
            let words = name.drop { $0 == "/" }.map { character in
                character.isASCII
                    && (character.isLetter || character.isNumber || ".-".contains(character))
                    ? character : "-"
            }
            // A file's name has 255 bytes at most.
            let file = URL(filePath: results)
                .appending(path: "compare/\(String(words.suffix(200))).html")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(page.utf8).write(to: file, options: .atomic)
            try link()
            return file.path
        }

        /// Lets the pages over all runs link to the comparison, where there is an index of them.
        private func link() throws {
            let index = results + "/index.sqlite"
            guard FileManager.default.fileExists(atPath: index) else { return }
            let site = Site(try Archive(file: index).runs())
                .linking(to: Site.comparisons(below: results))
            for (path, html) in site.overviews.sorted(by: { $0.key < $1.key }) {
                try Data(html.utf8).write(
                    to: URL(filePath: results).appending(path: path), options: .atomic)
            }
        }
    }
}
