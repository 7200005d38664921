import ArgumentParser
import Faults
import Foundation
import Results
import Stores

extension Bench {
    /// `whitewater-bench scenarios`.
    struct Scenarios: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Count how often scenarios reached their point, and how late faults began.",
            discussion: """
                Of all runs below folders of results, such as those of the campaigns controls and \
                controls-etcd. Late is from the moment when a fault was due until it was in effect, \
                and so also as long as it waited for a leader, or for another fault to let go of its \
                node: nothing here tells that from a harness that was slow.
                """)

        @Argument(help: "Folders below which runs lie.")
        var folders = ["results"]

        func run() throws {
            var reached: [String: (reached: Int, all: Int)] = [:]
            var lateness: [Double] = []
            var verdicts: [String: Int] = [:]
            for folder in folders {
                for results in try Self.results(below: folder) {
                    verdicts[results.verdict.rawValue, default: 0] += 1
                    lateness += results.faults.compactMap(\.lateness)
                    for scenario in results.faults where scenario.family == "scenario" {
                        let name =
                            "\(results.versions["system"] ?? results.system ?? results.plan), "
                            + "\(results.nodes?.count ?? 0) nodes, \(scenario.kind)"
                        reached[name, default: (0, 0)].all += 1
                        if scenario.reachedPoint { reached[name, default: (0, 0)].reached += 1 }
                    }
                }
            }
            for (name, count) in reached.sorted(by: { $0.key < $1.key }) {
                print("\(name): reached its point in \(count.reached) of \(count.all)")
            }
            print(Self.words(of: lateness.sorted()))
            print(
                "runs: "
                    + verdicts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
                    .joined(separator: ", "))
        }

        /// Seconds; those that are late by more are counted.
        private static let limit = 0.1

        private static func words(of lateness: [Double]) -> String {
            guard let worst = lateness.last else { return "no fault began" }
            func milliseconds(_ seconds: Double) -> String {
                String(format: "%.1f ms", seconds * 1000)
            }
            func quantile(_ share: Double) -> String {
                milliseconds(lateness[Int(Double(lateness.count - 1) * share)])
            }
            return """
                \(lateness.count) faults began late by \(quantile(0.5)) in the median, \
                \(quantile(0.99)) at the 99th percentile, \(milliseconds(worst)) at worst; \
                \(lateness.count { $0 > limit }) by more than \(milliseconds(limit))
                """
        }

        /// Every run's results below a folder; links to runs are not followed.
        private static func results(below folder: String) throws -> [RunResults] {
            guard
                let files = FileManager.default.enumerator(
                    at: URL(filePath: folder), includingPropertiesForKeys: nil)
            else { throw ValidationError("\(folder) cannot be read") }
            return try files.compactMap { $0 as? URL }
                .filter { $0.lastPathComponent == "results.json" }
                .map { try RunFolder(existing: $0.deletingLastPathComponent().path).readResults() }
        }
    }
}
