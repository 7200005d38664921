import ArgumentParser
import Foundation
import Labs
import Logging
import Plans
import Runner
import Stores
import Systems
import Workloads

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

        @Option(help: "Operations per second that are tried.")
        var rate: Double?

        @Option(help: "How many workers: 10, or 2n for twice the nodes.")
        var concurrency: String?

        @Option(
            help: "Faults, separated by commas (see `whitewater list faults`), or `none`.")
        var faults: String?

        @Option(help: "The program of the system under test.")
        var binary: String?

        @Option(help: "The folder for results.")
        var results = "results"

        /// Set by the outside process for the one inside the lab.
        @Flag(help: .hidden)
        var insideLab = false

        /// Where the count of completed operations is kept for another process to see.
        @Option(help: .hidden)
        var countFile: String?

        /// How the user called the program, for the command that runs this again.
        @Option(help: .hidden)
        var calledAs = CommandLine.arguments[0]

        func run() throws {
            let (plan, seed) = try resolve()
            guard insideLab else { throw ExitCode(try enterLab(seed: seed)) }
            Inside(
                plan: plan, seed: seed, results: results, rerun: rerun(seed: seed),
                countFile: countFile
            ).run()
        }

        /// The plan with the options over it, validated as far as it can be outside of a lab.
        private func resolve() throws(ExitCode) -> (Plan, UInt64) {
            do {
                var plan = try Plan(contentsOf: plan)
                try override(&plan)
                try plan.validate()
                _ = try WorkloadCatalog.workload(of: plan)
                _ = try SystemCatalog.type(of: plan)
                return (plan, seed ?? plan.seed ?? UInt64.random(in: 1...999_999_999))
            } catch {
                throw Exit.reporting(error, Exit.usage)
            }
        }

        private func override(_ plan: inout Plan) throws(PlanError) {
            if let timeLimit {
                guard let length = PlanDuration(timeLimit) else {
                    throw PlanError("--time-limit \(timeLimit): write 60s, 300ms or 2m")
                }
                plan.timeLimit = length
            }
            if let concurrency {
                guard let count = PlanCount(concurrency) else {
                    throw PlanError(
                        "--concurrency \(concurrency): write 10, or 2n for twice the nodes")
                }
                plan.concurrency = count
            }
            plan.nodes = nodes ?? plan.nodes
            plan.rate = rate ?? plan.rate
            plan.system.binary = binary ?? plan.system.binary
            if let faults {
                plan.faults.kinds =
                    faults == "none" ? [] : faults.split(separator: ",").map(String.init)
            }
        }

        private func rerun(seed: UInt64) -> String {
            var words = [calledAs, "test", plan, "--seed", "\(seed)"]
            let options: [(String, String?)] = [
                ("--time-limit", timeLimit), ("--nodes", nodes.map { "\($0)" }),
                ("--rate", rate.map { "\($0)" }), ("--concurrency", concurrency),
                ("--faults", faults), ("--binary", binary),
            ]
            for (name, value) in options {
                if let value { words += [name, value] }
            }
            return words.joined(separator: " ")
        }

        private func enterLab(seed: UInt64) throws -> Int32 {
            let own = CommandLine.arguments.dropFirst()
            let seedOption = self.seed == nil ? ["--seed", "\(seed)"] : []
            do {
                try Examination().requireLab()
                return try Door.enter(
                    arguments: Array(own) + seedOption + ["--inside-lab", "--called-as", calledAs])
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }
    }
}

/// What `whitewater test` does inside of the lab, as process 1 of its namespaces.
private struct Inside {
    let plan: Plan
    let seed: UInt64
    let results: String
    let rerun: String
    let countFile: String?

    /// Never returns: the run's verdict is the process's exit status.
    func run() -> Never {
        signal(SIGPIPE, SIG_IGN)
        let stop = StopSignal()
        Door.listen { message in
            // Without its outside process nobody can end this lab any more.
            guard message != nil else { _exit(Exit.failure.rawValue) }
            stop.stop()
        }
        Task {
            do {
                exit(try await perform(stop: stop))
            } catch {
                exit(Exit.reporting(error, Exit.failure).rawValue)
            }
        }
        dispatchMain()
    }

    private func perform(stop: StopSignal) async throws -> Int32 {
        let started = RunFolder.timestamp()
        let folder = try RunFolder(results: results, plan: plan.name, started: started)
        let log = Logger(label: "whitewater") { _ in FileLog(file: folder.log) }
        let tally = Tally(count: try countFile.map(SharedCount.init(file:)))
        let run = Run(
            plan, seed: seed, folder: folder, started: started, rerun: rerun, log: log,
            tally: tally, stop: stop)
        let live = LiveLine(tally: tally, plan: plan)
        Console.line(
            "whitewater: \(plan.name), \(plan.nodes) nodes of \(plan.system.name), seed \(seed)")
        live.start()
        do {
            let results = try await run.perform()
            live.end()
            Summary(results: results, folder: folder).print()
            return results.verdict.exitStatus
        } catch {
            live.end()
            log.error("the run could not be set up: \(error)")
            throw error
        }
    }
}
