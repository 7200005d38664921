import ArgumentParser
import Faults
import Foundation
import Plans
import Results
import Runner
import Stores
import Systems

extension Bench {
    /// `whitewater-bench soak`.
    struct Soak: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the committed plans again and again with fresh seeds.",
            discussion: """
                Fails if a run leaves a process, a mount, a device or a rule behind, or if its \
                verdict is not the plan's: a plan that asks for stale reads must be found out, \
                all others are valid.
                """)

        @Option(help: "Runs.")
        var runs = 50

        @Option(
            help:
                "How long the load of each lasts; just long enough for all its faults if not given."
        )
        var timeLimit: String?

        @Option(help: "The seed of the first run; the next ones count up. Drawn if not given.")
        var seed: UInt64 = .random(in: 1...1_000_000)

        @Option(help: "The folder of plans.")
        var plans = "Workloads"

        @Option(help: "The folder for results.")
        var results = "results/soak"

        @Option(help: "The program.")
        var program = ".build/release/whitewater"

        func run() throws {
            let files = try FileManager.default.contentsOfDirectory(atPath: plans)
                .filter { $0.hasSuffix(".yaml") }.sorted()
            guard !files.isEmpty else { throw ValidationError("no plans in \(plans)") }
            print("run  plan                    seed       seconds  exit  faults bit  left behind")
            var wrong = 0
            for number in 0..<runs {
                let file = plans + "/" + files[number % files.count]
                if try !run(number + 1, file, seed: seed + UInt64(number)) { wrong += 1 }
            }
            print("\(runs - wrong) of \(runs) as expected")
            guard wrong == 0 else { throw ExitCode.failure }
        }

        /// One run with its line of the table; false if it was not as expected.
        private func run(_ number: Int, _ file: String, seed: UInt64) throws -> Bool {
            let experiment = try Experiment(PlanFile(file))
            let plan = experiment.plan
            let expected: Int32 = experiment.system.character.expectsViolation ? 1 : 0
            let before = try Surroundings(naming: "/soak/")
            let start = ContinuousClock.now
            let process = Process()
            process.executableURL = URL(filePath: program)
            process.arguments = [
                "test", file, "--time-limit", timeLimit ?? Self.length(of: plan), "--seed",
                "\(seed)",
                "--results", results,
            ]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let left = try Surroundings(naming: "/soak/").difference(to: before)
            let stored = try? RunFolder(existing: results + "/latest").readResults()
            let faults = stored?.faults ?? []
            let isExpected = process.terminationStatus == expected && left.isEmpty
            let bit = "\(faults.count(where: \.bit)) of \(faults.count)"
            let remark =
                isExpected ? "" : "  NOT AS EXPECTED: \(stored?.reasons.first ?? "no results")"
            let columns = [
                String(format: "%3d", number), pad(plan.name, 22), pad("\(seed)", 10),
                String(format: "%7.1f", seconds), pad("\(process.terminationStatus)", 5),
                pad(bit, 10), (left.isEmpty ? "nothing" : left.joined(separator: "; ")) + remark,
            ]
            print(columns.joined(separator: "  "))
            fflush(nil)
            return isExpected
        }

        /// Every fault of the plan comes once, and has its time to recover.
        private static func length(of plan: Plan) -> String {
            let needed = plan.faults.timeForEveryTurn + plan.faults.length.duration
            return "\(Int((max(needed, .seconds(15)) / .seconds(1)).rounded(.up)))s"
        }

        private func pad(_ text: String, _ width: Int) -> String {
            text.padding(toLength: width, withPad: " ", startingAt: 0)
        }
    }
}
