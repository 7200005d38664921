import ArgumentParser
import Campaigns
import Foundation
import Labs
import Plans
import Stores

extension Whitewater {
    /// `whitewater self-test`.
    struct SelfTest: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "self-test",
            abstract: "Plant known Raft bugs into raftd, one at a time, and see which are found.",
            discussion: """
                Shows what green runs are worth here. Each bug of `raftd-mutant list` is looked for \
                by the plans of Workloads/self-test, several labs at once: first those that are \
                likely to find it, as the list says, then all others in an order that learns which \
                find most; a run ends at the first detection. The table says for each \
                bug which plan found it, by which check, with which seed, after how many seconds \
                of load; or that it survived, or never came up. --sample takes about five minutes.

                Each plan is run against a right node first, and an accusation of a node that has \
                done nothing wrong yet is no detection: a plan that makes one proves nothing.

                raftd-mutant is built by `make mutants` and lies beside this program; it is no part \
                of an installation.

                Exit status: 0 if the table was written, whatever it says of bugs; 64 wrong usage; \
                70 if trials could not be run, or a right node was accused.
                """)

        @Argument(help: "Plans, or folders of plans.")
        var plans = ["Workloads/self-test"]

        @Option(help: "Only these bugs, by name, with commas between them.")
        var only: String?

        @Flag(help: "Every seventh bug, 30 s of load each.")
        var sample = false

        @Flag(
            inversion: .prefixedNo,
            help: "Run each plan against a node without bugs first; never with --sample.")
        var control = true

        @Option(help: "How much load each bug gets at most, such as 10m.")
        var budget: String?

        @Option(
            name: .customLong("repeat"),
            help: "Look for what was found so many times again, by the same plan.")
        var repeats = 0

        @Option(help: "How many labs at once; as many as the machine carries if left out.")
        var parallel: Int?

        @Option(help: "The node with bugs in it; beside this program if left out.")
        var binary: String?

        @Option(help: "The seed of all seeds; drawn if left out.")
        var seed: UInt64?

        @Option(help: "The folder for results.")
        var results = "results"

        func run() throws {
            let bugs = try PlantedBugs(binary: binary)
            let names = try bugs.names(only: only, sample: sample)
            let setting = try setting(bugs.binary)
            Console.line(
                "looking for \(names.count) planted bugs with \(setting.plans.count) plans, "
                    + "seed \(setting.seed): \(setting.folder)")
            do {
                var setting = setting
                setting.hints = bugs.hints
                setting.repeats = repeats
                let runner = MutationRunner(setting, mutants: names, report: Self.show)
                let signals = EndingSignals(stop: runner.stop)
                defer { signals.cancel() }
                let matrix = MutationMatrix(
                    try runner.run(), titles: bugs.titles, budget: setting.budget,
                    seed: setting.seed)
                try matrix.write(to: setting.folder)
                Console.line("\n" + matrix.markdown)
                Console.line("table: \(setting.folder)/matrix.md")
                guard matrix.lines.contains(where: { $0.row.trials > $0.row.unanswered }) else {
                    throw Exit.failure
                }
                // What a plan finds that accuses right nodes too proves nothing.
                guard matrix.accusations.isEmpty else { throw Exit.failure }
            } catch let code as ExitCode {
                throw code
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }

        private func setting(_ binary: String) throws -> MutationRunner.Setting {
            let text = budget ?? (sample ? "30s" : "2m")
            guard let time = PlanDuration(text), time.duration > .zero else {
                throw ValidationError("--budget: '\(text)' is \(PlanDuration.refusal)")
            }
            guard (1...1_000).contains(parallel ?? 1) else {
                throw ValidationError("--parallel is from 1 to 1000")
            }
            guard (0...1_000).contains(repeats) else {
                throw ValidationError("--repeat is from 0 to 1000")
            }
            let folder = URL(filePath: results).path + "/self-test/\(RunFolder.timestamp())"
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
            return MutationRunner.Setting(
                program: Sandbox.executable, binary: binary,
                rightBinary: try rightBinary(beside: binary),
                plans: try planFiles(),
                budget: time.duration, parallel: parallel.map { .fixed($0) } ?? .automatic,
                folder: folder, seed: seed ?? UInt64.random(in: 1...999_999_999))
        }

        /// The node without bugs; nil if it is not asked for.
        private func rightBinary(beside binary: String) throws -> String? {
            guard control, !sample else { return nil }
            let raftd = URL(filePath: binary).deletingLastPathComponent()
                .appending(path: "raftd").path
            guard FileManager.default.isExecutableFile(atPath: raftd) else {
                throw ValidationError(
                    "there is no \(raftd) to run each plan against first; build it, or say "
                        + "--no-control")
            }
            return raftd
        }

        /// The plans' files, those of a folder by name.
        private func planFiles() throws -> [String] {
            let files = plans.flatMap { path -> [String] in
                guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                    return [path]
                }
                return names.filter { $0.hasSuffix(".yaml") }.sorted().map { path + "/" + $0 }
            }
            guard !files.isEmpty else {
                throw ValidationError("no plan in \(plans.joined(separator: ", "))")
            }
            for file in files {
                do {
                    _ = try PlanFile(file)
                } catch {
                    throw Exit.reporting(error, Exit.usage)
                }
            }
            return files
        }

        private static func show(_ report: MutationRunner.Report) {
            let plan = URL(filePath: report.trial.plan).deletingPathExtension().lastPathComponent
            let words =
                switch report.outcome {
                case .found(let check): "FOUND by \(check)"
                case .accusedIdle(let check):
                    "ACCUSED, though it had done nothing wrong, by \(check)"
                case .missed: "not found"
                case .neverCameUp: "never came up"
                case .noAnswer(let why): "no answer: \(why)"
                }
            Console.line(
                "\(report.trial.mutant)\(report.trial.isRepeat ? ", again" : ""): \(words), \(plan), seed \(report.trial.seed), "
                    + "\(Int(report.load.rounded())) s of load")
        }
    }
}

/// The bugs that a node with bugs in it knows.
private struct PlantedBugs {
    let binary: String
    let titles: [String: String]
    /// Plans that are likely to find a bug, as the node with bugs in it says.
    let hints: [String: [String]]
    private let order: [String]

    init(binary: String?) throws {
        let beside = URL(filePath: Sandbox.executable).deletingLastPathComponent()
            .appending(path: "raftd-mutant").path
        self.binary = URL(filePath: binary ?? beside).path
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: self.binary)
        process.arguments = ["list"]
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            Console.complain(
                "whitewater: \(self.binary) does not start; `make mutants` builds it, --binary "
                    + "names it: \(error.localizedDescription)")
            throw Exit.usage
        }
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let bugs = text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            .filter { $0.count >= 3 }
        guard process.terminationStatus == 0, !bugs.isEmpty else {
            Console.complain("whitewater: `\(self.binary) list` names no bugs; is it raftd-mutant?")
            throw Exit.usage
        }
        order = bugs.map { $0[0] }
        titles = Dictionary(bugs.map { ($0[0], $0[2]) }) { first, _ in first }
        hints = Dictionary(
            bugs.filter { $0.count > 3 }.map {
                ($0[0], $0[3].split(separator: ",").map(String.init))
            }
        ) { first, _ in first }
    }

    func names(only: String?, sample: Bool) throws -> [String] {
        if let only {
            let names = only.split(separator: ",").map(String.init)
            for name in names where titles[name] == nil {
                throw ValidationError(
                    "--only: " + NearestWord.refusal(of: name, what: "bug", known: order))
            }
            return names
        }
        return sample ? order.enumerated().filter { $0.offset % 7 == 0 }.map(\.element) : order
    }
}
