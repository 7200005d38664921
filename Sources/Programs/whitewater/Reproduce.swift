import Archive
import ArgumentParser
import Campaigns
import Foundation
import Labs
import Plans
import Results
import Stores

/// A stored run that is to be run again: its plan with its seed, and what it found.
private struct FoundRun {
    let folder: RunFolder
    let plan: Plan
    let planFolder: String?
    let failures: [RunRow.Failure]
    /// The one that says most of it.
    let principal: RunRow.Failure?

    init(_ path: String) throws {
        folder = RunFolder(existing: path)
        let results = try folder.readResults()
        var plan = try Plan(contentsOf: folder.plan)
        plan.seed = results.seed
        self.plan = plan
        planFolder = results.planFolder
        let row = RunRow(results, folder: path)
        failures = row.failures
        principal = row.principal
    }
}

extension Whitewater {
    /// `whitewater reproduce`.
    struct Reproduce: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a stored run again, and say how often it finds the same.",
            discussion: """
                The same plan with the same seed asks for the same operations and faults; what \
                threads, disks and the network do differs from run to run, so the answer is a \
                share. The runs land in the run's folder, under again/.
                """)

        @Argument(help: "The run's folder, such as results/latest.")
        var folder: String

        @Option(help: "How many times.")
        var times = 20

        @Option(help: "How many at once; as many as the machine carries where this is left out.")
        var parallel: Int?

        func run() throws {
            do {
                guard (1...10_000).contains(times), (1...1_000).contains(parallel ?? 1) else {
                    throw ValidationError("--times is from 1 to 10000, --parallel from 1 to 1000")
                }
                let found = try FoundRun(folder)
                let repeater = Repeater(
                    folder: found.folder.path + "/again", planFolder: found.planFolder,
                    program: Sandbox.executable,
                    parallel: parallel.map { .fixed($0) } ?? .automatic)
                let signals = EndingSignals(stop: repeater.stop)
                defer { signals.cancel() }
                let rows = try repeater.run(found.plan, times: times)
                let lost = repeater.started - rows.count
                if lost > 0 {
                    Console.line(
                        "\(lost) of \(repeater.started) left no results; read "
                            + "\(found.folder.path)/again/*/output.txt")
                }
                if rows.isEmpty { throw Exit.failure }
                let names = Set(
                    found.failures.map(\.signature)
                        + rows.flatMap { $0.failures.map(\.signature) })
                for name in names.sorted() {
                    let hits = rows.count { $0.failures.contains { $0.signature == name } }
                    let isOld = found.failures.contains { $0.signature == name }
                    Console.line(
                        "\(name): \(Proportion(hits, of: rows.count))\(isOld ? "" : " (not in the run itself)")"
                    )
                }
                let valid = rows.count { $0.verdict == .valid }
                Console.line("valid: \(Proportion(valid, of: rows.count))")
            } catch let error as ValidationError {
                throw error
            } catch let code as ExitCode {
                throw code
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }
    }

    /// `whitewater shrink`.
    struct Shrink: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a run's plan smaller while it still finds the same.",
            discussion: """
                Takes away kinds of faults, time, nodes, rate and workers, one after another; what \
                still shows the failure in 2 of 4 runs is kept. Writes the smallest plan to \
                <run>/smallest.yaml, and says how to run it.
                """)

        @Argument(help: "The run's folder, such as results/latest.")
        var folder: String

        @Option(help: "So many runs at most, all together.")
        var runs = 60

        func run() throws {
            do {
                let found = try FoundRun(folder)
                guard let failure = found.principal else {
                    Console.complain(
                        "whitewater: \(folder) found nothing that could be shown smaller")
                    throw Exit.usage
                }
                Console.line("looking for: \(failure.signature)")
                try shrink(found, failure.signature)
            } catch let code as ExitCode {
                throw code
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }

        private func shrink(_ found: FoundRun, _ signature: Signature) throws {
            let repeater = Repeater(
                folder: found.folder.path + "/shrink", planFolder: found.planFolder,
                program: Sandbox.executable, parallel: .fixed(1))
            let signals = EndingSignals(stop: repeater.stop)
            defer { signals.cancel() }
            var shrinker = Shrinker(found.plan, runs: runs)
            var effects = shrinker.start()
            while !effects.isEmpty {
                switch effects.removeFirst() {
                case .run(let plan):
                    // A plan that is refused, for it is too small for its faults, shows nothing.
                    let row = try repeater.run(plan, times: 1).first
                    guard !repeater.isStopped else {
                        Console.line("ended before all was tried; what was kept so far stands")
                        effects = []
                        break
                    }
                    effects += shrinker.step(
                        found: row?.failures.contains { $0.signature == signature } ?? false)
                case .keep(let step, let plan):
                    Console.line("kept: \(step); \(plan.timeLimit), \(plan.nodes) nodes")
                    try write(plan, found)
                case .refuse(let step, let hits, let tries):
                    Console.line("needed: \(step) shows it in \(hits) of \(tries)")
                case .finish(let plan): try write(plan, found)
                }
            }
            let smallest = found.folder.path + "/smallest.yaml"
            guard FileManager.default.fileExists(atPath: smallest) else { return }
            let beside = found.planFolder.map { ["--beside", $0] } ?? []
            let words = [CommandLine.arguments[0], "test", smallest]
            Console.line("again: " + (words + beside).map(Test.quoted).joined(separator: " "))
        }

        private func write(_ plan: Plan, _ found: FoundRun) throws {
            let file = found.folder.path + "/smallest.yaml"
            try Data(plan.yaml.utf8).write(to: URL(filePath: file), options: .atomic)
            Console.line("  \(file)")
        }
    }
}
