import ArgumentParser
import Foundation
import Plans
import Results

extension Bench {
    /// `whitewater-bench power`.
    struct Power: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Turn one knob of guilty plans at a time; count what each setting finds.",
            discussion: """
                A detection is a key whose history is not linearizable. Each setting runs with the \
                same seeds; what is not turned is as the plan has it. The plans' first lines say \
                what they need.
                """)

        @Argument(help: "Plans that must be found guilty.")
        var plans = [
            "Workloads/etcd-serializable.yaml", "Workloads/maelstrom-stale.yaml",
            "Workloads/systems/consul-default.yaml",
        ]

        @Option(help: "Runs of each setting.")
        var seeds = 1

        @Option(help: "How long the load of each lasts.")
        var timeLimit = "30s"

        @Option(help: "Only settings whose name contains this.")
        var only = ""

        @Option(help: "The program of the system, a raftd with a bug for example.")
        var binary: String?

        @Option(help: "The folder for results.")
        var results = "results/power"

        @Option(help: "The program.")
        var program = ".build/release/whitewater"

        func run() throws {
            print(
                "plan                  setting                  seeds  ops/s  detections  per minute  first at"
            )
            for plan in plans {
                for setting in Setting.all where only.isEmpty || setting.name.contains(only) {
                    print(try row(plan, setting))
                }
            }
        }

        private func row(_ path: String, _ setting: Setting) throws -> String {
            var plan = try PlanFile(path).plan
            setting.change(&plan)
            // Not beside the plan: whoever kills this leaves nothing among the plans.
            try FileManager.default.createDirectory(
                atPath: results, withIntermediateDirectories: true)
            let turned = results + "/turned.yaml"
            try plan.yaml.write(toFile: turned, atomically: true, encoding: .utf8)
            let folder = URL(filePath: path).deletingLastPathComponent().path
            let runs = MeasuredRun(program: program, folder: results)
            var (found, seconds, operations) = (0, 0.0, 0)
            var firsts: [Double] = []
            for seed in 1...max(1, seeds) {
                let options = [
                    "--seed", "\(seed)", "--time-limit", timeLimit, "--beside", folder,
                ]
                let result = try runs.perform(
                    turned, options + (binary.map { ["--binary", $0] } ?? []))
                found += result.keys.count { $0.verdict == .violation }
                seconds += result.timings.load
                operations += result.counts.values.map(\.completed).reduce(0, +)
                firsts += (result.digest?.violations.compactMap(\.time).min()).map { [$0] } ?? []
            }
            let first = firsts.min().map { String(format: "%.1f s", $0) } ?? "never"
            return pad(plan.name, 22) + pad(setting.name, 25)
                + String(
                    format: "%5d %6.0f %11d %11.1f  ", seeds, Double(operations) / seconds, found,
                    Double(found) * 60 / seconds) + first
        }

        private func pad(_ text: String, _ width: Int) -> String {
            text.padding(toLength: width, withPad: " ", startingAt: 0)
        }
    }
}

/// A knob of a plan, turned.
private struct Setting: Sendable {
    let name: String
    let change: @Sendable (inout Plan) -> Void

    static let all: [Setting] =
        [Setting(name: "as it is") { _ in }]
        + ["1n", "2n", "5n", "10n", "20n"].map { count in
            Setting(name: "concurrency \(count)") { plan in
                if let workers = PlanCount(count) { plan.concurrency = workers }
            }
        }
        + ["50", "200", "1000"].map { count in
            Setting(name: "operations-per-key \(count)") { plan in
                plan.workload["operations-per-key"] = .text(count)
            }
        }
        + ["1", "1n", "2n"].map { count in
            Setting(name: "workers-per-key \(count)") { plan in
                plan.workload["workers-per-key"] = .text(count)
            }
        }
        + [(1, 1), (3, 1), (9, 1)].map { read, write in
            Setting(name: "reads \(read):\(write) writes") { plan in
                plan.workload["mix"] = .map([
                    .init("read", .text("\(read)")), .init("write", .text("\(write)")),
                ])
            }
        }
        + [100.0, 300, 1_000].map { rate in
            Setting(name: "rate \(Int(rate))") { plan in plan.rate = .perSecond(rate) }
        }
}
