internal import Foundation

/// Carries out what a ``MutationMachine`` says: each trial is a `whitewater test` of a plan against
/// nodes with one planted bug, several labs side by side, ended at the first detection.
public final class MutationRunner {
    /// What is run, and with what.
    public struct Setting: Sendable {
        /// The program that runs trials: this whitewater.
        public var program: String
        /// The node with bugs in it; `WHITEWATER_MUTANT` chooses one.
        public var binary: String
        /// The node without bugs, which each plan is run against first; nil for no such runs.
        public var rightBinary: String?
        /// Files of plans, the most promising first.
        public var plans: [String]
        /// Names of plans, without folder or extension, that are likely to find a bug.
        public var hints: [String: [String]] = [:]
        /// Seconds of load that each bug gets.
        public var budget: Duration
        /// How many labs there are at once.
        public var parallel: Campaign.Parallel
        /// Where runs land.
        public var folder: String
        /// Of all other seeds.
        public var seed: UInt64
        /// How often a plan that found a bug looks for it again.
        public var repeats = 0

        /// A setting.
        public init(
            program: String, binary: String, rightBinary: String?, plans: [String],
            budget: Duration, parallel: Campaign.Parallel, folder: String, seed: UInt64
        ) {
            self.program = program
            self.binary = binary
            self.rightBinary = rightBinary
            self.plans = plans
            self.budget = budget
            self.parallel = parallel
            self.folder = folder
            self.seed = seed
        }

        /// The files of the plans that hints name, as far as there are any.
        var hintedFiles: [String: [String]] {
            let files = Dictionary(plans.map { (MutationMatrix.name(of: $0), $0) }) { first, _ in
                first
            }
            return hints.mapValues { $0.compactMap { files[$0] } }
        }
    }

    /// What came of a trial.
    public struct Report: Sendable {
        /// The trial.
        public let trial: MutationMachine.Trial
        /// How it ended.
        public let outcome: MutationMachine.Outcome
        /// Seconds of load.
        public let load: Double
    }

    private let setting: Setting
    private let pool: LabPool
    private let report: (Report) -> Void
    private var machine: MutationMachine
    private var running: [Int: MutationMachine.Trial] = [:]

    /// A runner for bugs that the node knows by these names.
    public init(_ setting: Setting, mutants: [String], report: @escaping (Report) -> Void) {
        self.setting = setting
        self.report = report
        pool = LabPool(program: setting.program, parallel: setting.parallel)
        machine = MutationMachine(
            mutants: mutants, plans: setting.plans, hints: setting.hintedFiles,
            budget: setting.budget, seed: setting.seed, isControlled: setting.rightBinary != nil,
            repeats: setting.repeats)
    }

    /// Asks it to end, from any thread.
    public var stop: @Sendable () -> Void { pool.stop }

    /// Runs trials until every bug is found or has used up its budget, or a person ends it.
    ///
    /// - Returns: what is known of each bug, and of right nodes.
    /// - Throws: the error of the system if a trial cannot be started.
    public func run() throws -> MutationMachine {
        var isOver = false
        while !isOver || !running.isEmpty {
            for effect in isOver ? [] : machine.fill(to: pool.allowed) {
                switch effect {
                case .start(let trial): try start(trial)
                case .finish: isOver = true
                }
            }
            guard !running.isEmpty else { break }
            switch pool.next() {
            case .ended(let number, let status, _): end(number, status: status)
            case .stop:
                isOver = true
                for number in running.keys { pool.interrupt(number) }
            case nil: break
            }
        }
        return machine
    }

    private func place(of trial: MutationMachine.Trial) -> String {
        "\(setting.folder)/runs/\(trial.number)-\(trial.mutant)"
    }

    private func start(_ trial: MutationMachine.Trial) throws {
        let place = place(of: trial)
        let isRight = trial.mutant == MutationMachine.rightNode
        let binary = isRight ? setting.rightBinary ?? setting.binary : setting.binary
        try pool.start(
            trial.number,
            arguments: [
                trial.plan, "--binary", binary, "--seed", "\(trial.seed)", "--stop-at-first",
                "--results", place,
            ],
            environment: ["WHITEWATER_MUTANT": trial.mutant], output: place + "/output.txt")
        running[trial.number] = trial
    }

    private func end(_ number: Int, status: Int32) {
        guard let trial = running.removeValue(forKey: number) else { return }
        let reading = TrialReading(place(of: trial), status: status)
        machine.note(trial, reading.outcome, load: reading.load)
        report(Report(trial: trial, outcome: reading.outcome, load: reading.load))
    }
}
