import ArgumentParser
import Foundation
import Histories
import Runner

extension Bench {
    /// `whitewater-bench harness`.
    struct Harness: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure the harness before a system in memory that answers at once.")

        @Option(help: "Operations.")
        var operations = 10_000_000

        @Option(help: "Workers.")
        var workers = 10

        @Option(help: "Where the history goes for a while; about 200 bytes an operation.")
        var folder = FileManager.default.temporaryDirectory.path

        func run() throws {
            let file = folder + "/whitewater-harness-\(getpid()).edn"
            defer { try? FileManager.default.removeItem(atPath: file) }
            let bench = HarnessBench(operations: operations, workers: workers, file: file)
            print("operations   seconds   operations/s      MiB")
            try bench.run(Self.show)
            let history = try History(contentsOf: file).keyed(.independent)
            print("\(history.operations.count) operations read back from the file")
        }

        private static func show(_ sample: HarnessBench.Sample) {
            let seconds = sample.time / .seconds(1)
            print(
                String(
                    format: "%10d  %8.2f  %13.0f  %7.1f", sample.operations, seconds,
                    Double(sample.operations) / seconds,
                    Double(sample.residentBytes) / 1_048_576))
        }
    }
}
