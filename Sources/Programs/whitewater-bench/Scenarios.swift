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
                controls-etcd. Late is from the moment when a fault was due until it was in effect. \
                A fault that had to wait for something first, for a leader or for another fault to \
                let go of its node, was late on purpose: those that began over a tenth of a second \
                late are counted apart.
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

        /// Those that are late by more had to wait for something.
        private static let onPurpose = 0.1

        private static func words(of lateness: [Double]) -> String {
            guard let worst = lateness.last else { return "no fault began" }
            let prompt = lateness.filter { $0 <= onPurpose }
            func milliseconds(_ seconds: Double) -> String {
                String(format: "%.1f ms", seconds * 1000)
            }
            func at(_ share: Double, of values: [Double]) -> String {
                values.isEmpty
                    ? "none" : milliseconds(values[Int(Double(values.count - 1) * share)])
            }
            return """
                \(lateness.count) faults began late by \(at(0.5, of: lateness)) in the median, \
                \(at(0.99, of: lateness)) at the 99th percentile, \(milliseconds(worst)) at worst; \
                \(lateness.count - prompt.count) waited for something, the others were late by \
                \(at(1, of: prompt)) at worst
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
