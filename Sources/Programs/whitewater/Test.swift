import ArgumentParser
import Foundation
import Labs
import Logging
import Plans
import Results
import Runner
import Stores

extension Whitewater {
    /// `whitewater test`.
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a plan against a real cluster and judge it.",
            discussion: """
                Options override the plan. Results land in \
                results/<plan>/<time>/, with links results/latest and results/<plan>/latest.
                Ctrl-C ends the run in good order; a second one at once.
                """)

        @Argument(help: "The plan, a YAML file such as Workloads/quickstart.yaml.")
        var plan: String

        @Option(help: "How long the load lasts: 60s, 2m.")
        var timeLimit: String?

        @Option(help: "The seed of schedule and operations; drawn if neither here nor in the plan.")
        var seed: UInt64?

        @Option(help: "How many nodes.")
        var nodes: Int?

        @Option(help: "Operations per second that are tried, or `unlimited`.")
        var rate: String?

        @Option(help: "How many workers: 10, or 2n for twice the nodes.")
        var concurrency: String?

        @Option(
            help: ArgumentHelp(
                "Faults, separated by commas (see `whitewater list faults`), or `none`.",
                discussion: "In place of the plan's own, its rounds included."))
        var faults: String?

        @Option(help: "From one fault's begin to the next one's: 5s, 2s..4s.")
        var every: String?

        @Option(help: "How long each fault lasts: 2s, 500ms..1500ms.")
        var length: String?

        @Option(help: "How long an operation may take before its outcome is unknown: 1s.")
        var operationTimeout: String?

        @Option(help: "The program of the system under test.")
        var binary: String?

        @Flag(help: "End at the first violation or finding; the history so far is judged.")
        var stopAtFirst = false

        @Flag(
            help: ArgumentHelp(
                "Freeze the cluster at the first violation or finding, and keep it until Ctrl-C.",
                discussion: "Faults stay as they are; how to look at each node is printed."))
        var keepAlive = false

        @Option(
            help: ArgumentHelp(
                "The folder in which the plan's relative programs are looked for.",
                discussion:
                    "The plan's own where this is left out; for a copy of a plan, the original's."
            ))
        var beside: String?

        @Option(help: "The folder for results.")
        var results = "results"

        /// Set by the outside process for the one inside the lab.
        @Flag(help: .hidden)
        var insideLab = false

        /// Where the count of completed operations is kept for another process to see.
        @Option(help: .hidden)
        var countFile: String?

        /// A second signal does not end the run at once: who ends it, a cluster's scheduler, signals
        /// every process of a task, and each of those that passes it on counts for another.
        @Flag(help: .hidden)
        var askedOnce = false

        /// The process outside of the lab.
        @Option(help: .hidden)
        var outside: Int32?

        /// How the user called the program, for the command that runs this again.
        @Option(help: .hidden)
        var calledAs = CommandLine.arguments[0]

        func run() throws {
            let experiment = try resolve()
            guard insideLab else { throw ExitCode(try enterLab(experiment)) }
            Inside(
                experiment: experiment, results: results, rerun: rerun(seed: experiment.seed),
                countFile: countFile,
                atFirst: keepAlive
                    ? .keepAlive(outside: outside) : stopAtFirst ? .end : .goOn
            ).run()
        }

        /// The plan with the options over it, resolved as far as it can be outside of a lab.
        private func resolve() throws(ExitCode) -> Experiment {
            do {
                var file = try PlanFile(plan)
                if let beside { file.stand(in: beside) }
                try override(&file)
                return try Experiment(file, seed: seed)
            } catch {
                throw Exit.reporting(error, Exit.usage)
            }
        }

        private func override(_ file: inout PlanFile) throws(PlanError) {
            if let timeLimit {
                try file.override("time-limit", by: "--time-limit") { plan throws(PlanError) in
                    plan.timeLimit = try Self.read(timeLimit)
                }
            }
            if let every {
                try file.override("faults.every", by: "--every") { plan throws(PlanError) in
                    plan.faults.every = try Self.read(every)
                }
            }
            if let length {
                try file.override("faults.length", by: "--length") { plan throws(PlanError) in
                    plan.faults.length = try Self.read(length)
                }
            }
            if let operationTimeout {
                try file.override("operation-timeout", by: "--operation-timeout") {
                    plan throws(PlanError) in
                    plan.operationTimeout = try Self.read(operationTimeout)
                }
            }
            if let concurrency {
                try file.override("concurrency", by: "--concurrency") { plan throws(PlanError) in
                    plan.concurrency = try Self.read(concurrency)
                }
            }
            if let rate {
                try file.override("rate", by: "--rate") { plan throws(PlanError) in
                    plan.rate = try Self.read(rate)
                }
            }
            if let nodes {
                try file.override("nodes", by: "--nodes") { plan in plan.nodes = nodes }
            }
            if let binary {
                try file.override("system.binary", by: "--binary") { plan in
                    plan.system["binary"] = .text(binary)
                }
            }
            if let faults {
                try file.override("faults.kinds", by: "--faults") { plan in
                    plan.faults.kinds =
                        faults == "none" ? [] : faults.split(separator: ",").map { "\($0)" }
                    plan.faults.rounds = []
                }
            }
        }

        /// An option's value in the form that plans have too.
        private static func read<Value: PlanText>(_ text: String) throws(PlanError) -> Value {
            guard let value = Value(text) else {
                throw PlanError("'\(text)' is \(Value.refusal)")
            }
            return value
        }

        private func rerun(seed: UInt64) -> String {
            var words = [calledAs, "test", plan, "--seed", "\(seed)"]
            let options: [(String, String?)] = [
                ("--time-limit", timeLimit), ("--nodes", nodes.map { "\($0)" }),
                ("--rate", rate), ("--concurrency", concurrency),
                ("--faults", faults), ("--every", every), ("--length", length),
                ("--operation-timeout", operationTimeout), ("--binary", binary),
                ("--beside", beside), ("--results", results == "results" ? nil : results),
            ]
            for (name, value) in options {
                if let value { words += [name, value] }
            }
            if stopAtFirst { words.append("--stop-at-first") }
            if keepAlive { words.append("--keep-alive") }
            return words.map(Self.quoted).joined(separator: " ")
        }

        /// A word as a shell reads it back.
        static func quoted(_ word: String) -> String {
            let plain = word.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic
                        || "0123456789-_./,:=+@%".unicodeScalars.contains(scalar))
            }
            return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
        }

        private func enterLab(_ experiment: Experiment) throws -> Int32 {
            let own = CommandLine.arguments.dropFirst()
            let seedOption = self.seed == nil ? ["--seed", "\(experiment.seed)"] : []
            do {
                try ProcessLimits.raised().require(
                    .needed(nodes: experiment.plan.nodes, workers: experiment.workers))
                try Examination().requireLab()
                try experiment.requireFootings()
                return Exit.status(
                    of: try Sandbox.enter(
                        arguments: Array(own) + seedOption + [
                            "--inside-lab", "--called-as", calledAs, "--outside",
                            "\(getpid())",
                        ], heedsSecondSignal: !askedOnce), results: results)
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }
    }
}

/// What `whitewater test` does inside of the lab, as process 1 of its namespaces.
private struct Inside {
    let experiment: Experiment
    let results: String
    let rerun: String
    let countFile: String?
    let atFirst: AtFirstViolation

    /// Never returns: the run's verdict is the process's exit status.
    func run() -> Never {
        signal(SIGPIPE, SIG_IGN)
        let stop = StopSignal()
        Sandbox.listen { message in
            // Without its outside process nobody can end this lab any more.
            guard message != nil else { _exit(Exit.failure.rawValue) }
            stop.stop()
        }
        Task {
            do {
                end(try await perform(stop: stop))
            } catch {
                end(Exit.reporting(error, Exit.failure).rawValue)
            }
        }
        dispatchMain()
    }

    /// Ends with a status that the outside can trust.
    private func end(_ status: Int32) -> Never {
        Sandbox.confirm(status: status)
        exit(status)
    }

    private func perform(stop: StopSignal) async throws -> Int32 {
        let started = RunFolder.timestamp()
        let (plan, seed) = (experiment.plan, experiment.seed)
        let folder = try RunFolder(results: results, plan: plan.name, started: started)
        let log = Logger(label: "whitewater") { _ in FileLog(file: folder.log) }
        let tally = Tally(
            count: try countFile.map(SharedCount.init(file:)), news: LiveLine.interrupt)
        let run = Run(
            experiment, folder: folder, started: started, rerun: rerun, log: log,
            tally: tally, stop: stop, atFirst: atFirst)
        let live = LiveLine(tally: tally, plan: plan)
        Console.line(
            "whitewater: \(plan.name), \(plan.nodes) nodes of \(plan.system.name), seed \(seed)")
        live.start()
        defer { live.end() }
        let results = await run.perform { results in
            Summary(results: results, folder: folder).print()
            Sandbox.confirm(status: results.verdict.exitStatus)
            // Whatever still waits must not be waited for.
            _exit(results.verdict.exitStatus)
        }
        live.end()
        Summary(results: results, folder: folder).print()
        return results.verdict.exitStatus
    }
}
