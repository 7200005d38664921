import ArgumentParser
import Foundation
import Results

extension Bench {
    /// `whitewater-bench exec`.
    struct ExecCost: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "exec",
            abstract: "Compare etcd through a declared client in Python with the native one.",
            discussion: """
                Runs both plans with the same seeds, in turns, and prints the latencies of the \
                operations that took effect. Which of the two goes first alternates.
                """)

        @Option(help: "Pairs of runs.")
        var seeds = 5

        @Option(help: "How long the load of each lasts.")
        var timeLimit = "20s"

        @Option(help: "Faults, as `whitewater test` has them.")
        var faults = "none"

        @Option(help: "The plan with the native client.")
        var native = "Workloads/etcd-register.yaml"

        @Option(help: "The plan that declares the same system.")
        var declared = "Workloads/exec-etcd.yaml"

        @Option(help: "The folder for results.")
        var results = "results/exec"

        @Option(help: "The program.")
        var program = ".build/release/whitewater"

        func run() throws {
            let runs = MeasuredRun(program: program, folder: results)
            print(
                "milliseconds   native: median     p99   declared: median     p99   ratio of medians"
            )
            var ratios: [Double] = []
            for seed in 1...max(1, seeds) {
                let order = seed % 2 == 1 ? [native, declared] : [declared, native]
                var latencies: [String: Quantiles] = [:]
                for plan in order {
                    let results = try runs.perform(
                        plan,
                        ["--seed", "\(seed)", "--time-limit", timeLimit, "--faults", faults])
                    guard let latency = results.digest?.latency, latency.count > 0 else {
                        throw MeasuredRun.Failure(description: "\(plan): nothing succeeded")
                    }
                    latencies[plan] = latency
                }
                guard let one = latencies[native], let other = latencies[declared] else { continue }
                ratios.append(other.median / one.median)
                print(
                    String(
                        format: "seed %-3d %22.2f %7.2f %18.2f %7.2f %18.2f", seed,
                        one.median * 1e3, one.p99 * 1e3, other.median * 1e3, other.p99 * 1e3,
                        other.median / one.median))
            }
            ratios.sort()
            print(
                String(
                    format: "ratio of medians, min / median / max of %d: %.2f / %.2f / %.2f",
                    ratios.count, ratios[0], ratios[ratios.count / 2], ratios[ratios.count - 1]))
        }
    }
}
