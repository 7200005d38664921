public import ArgumentParser
import Checkers
import Foundation
public import Histories
public import Models
import Plans

extension History.Keying: ExpressibleByArgument {}
extension History.MissingCompletion: ExpressibleByArgument {}
extension Semantics.NilReads: ExpressibleByArgument {}
extension Semantics.FailedCAS: ExpressibleByArgument {}

extension Whitewater {
    /// `whitewater check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decide whether recorded histories are linearizable.",
            discussion: """
                Reads Jepsen EDN (a map a line, or one vector or list), JSON Lines, and Jepsen's \
                old text log. Prints FILE<TAB>VERDICT, and explains on the standard error. Exits \
                with 0 only if all are linearizable: a violation (1) outranks undecided (2) \
                outranks unreadable (64).
                """)

        @Argument(help: "History files, or folders of them.")
        var paths: [String] = []

        @Option(help: "The model; see `whitewater list models`.")
        var model = "cas-register"

        @Option(help: "How keys are told from values: auto, independent ([key value]) or single.")
        var keys = History.Keying.automatic

        @Option(help: "What a register holds at first: nil, or an integer.")
        var initial = "nil"

        @Option(help: "A read of nil: checked, or ignored (it always passes, as in Knossos).")
        var nilReads = Semantics.NilReads.checked

        @Option(
            help: """
                A failed cas: mismatches (checked where :error is :mismatch), all (every one \
                says that the value was another one), or dropped.
                """)
        var failedCas = Semantics.FailedCAS.mismatches

        @Option(
            help: """
                An operation without any completion: unknown (it may have happened, or may yet), \
                or never (it did not).
                """)
        var missingCompletion = History.MissingCompletion.unknown

        @Option(help: "Time for one key: 60s, 2m.")
        var budgetTime = "60s"

        @Option(help: "Configurations for one key.")
        var budgetConfigurations = Budget().configurations

        @Option(help: "Mebibytes for one key.")
        var budgetMemory = Budget().memory / 1_048_576

        @Flag(help: "A JSON object a file, with times, configurations and memory.")
        var json = false

        @Option(help: "Write the smallest contradiction of each violation to this folder, as EDN.")
        var contradictions: String?

        @Option(help: "Instead: compare every decider with brute force on so many histories each.")
        var selfTest: Int?

        @Option(help: "With --self-test: only deciders with this in their name, such as 'linear'.")
        var only: String?

        @Option(help: "The seed of --self-test.")
        var seed: UInt64 = 1

        func run() throws {
            FreedMemory.keep()
            if let selfTest {
                try SelfTestCommand(histories: selfTest, seed: seed, part: only).run()
                return
            }
            let checker = try checker()
            let files = try files()
            var worst = Rank.valid
            for file in files { worst = max(worst, checker.check(file)) }
            if worst != .valid { throw worst.exitCode }
        }

        private func checker() throws -> FileChecker {
            let known = ModelCatalog.all.map(\.name)
            let semantics = Semantics(
                initial: try initialValue(), nilReads: nilReads, failedCAS: failedCas)
            guard let model = try model(with: semantics) else {
                throw ValidationError(
                    NearestWord.refusal(of: self.model, what: "model", known: known))
            }
            guard let time = PlanDuration(budgetTime) else {
                throw ValidationError("--budget-time \(budgetTime): write 60s, 300ms or 2m")
            }
            guard budgetConfigurations > 0, budgetMemory > 0 else {
                throw ValidationError("budgets are above 0")
            }
            return FileChecker(
                model: model,
                budget: Budget(
                    time: time.duration, configurations: budgetConfigurations,
                    memory: budgetMemory * 1_048_576),
                keying: keys, missing: missingCompletion, isJSON: json,
                contradictions: contradictions)
        }

        private func initialValue() throws -> Value {
            do {
                return try Value(edn: initial)
            } catch {
                throw ValidationError(
                    "--initial \(initial): \(error.reason); write it as EDN: nil, 5, '\"text\"', "
                        + "'{:x 0}'")
            }
        }

        private func model(with semantics: Semantics) throws -> (any Model)? {
            do {
                return try ModelCatalog.model(model, semantics: semantics)
            } catch {
                throw ValidationError("--initial: \(error)")
            }
        }

        /// The files, with folders replaced by the histories in them.
        private func files() throws -> [String] {
            guard !paths.isEmpty else {
                throw ValidationError("name a history file, a folder, or --self-test N")
            }
            return paths.flatMap { path in
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
                    isFolder.boolValue,
                    let inside = FileManager.default.enumerator(atPath: path)
                else { return [path] }
                let endings = [".edn", ".json", ".jsonl", ".log", ".txt"]
                return inside.compactMap { $0 as? String }
                    .filter { name in endings.contains(where: name.hasSuffix) }
                    .sorted().map { path + "/" + $0 }
            }
        }
    }
}

/// What the exit status says of all files together; the worst counts.
enum Rank: Int, Comparable {
    case valid, unreadable, undecided, violation

    init(_ verdict: Verdict) {
        switch verdict {
        case .linearizable: self = .valid
        case .undecided: self = .undecided
        case .violation: self = .violation
        }
    }

    var exitCode: ExitCode {
        switch self {
        case .valid: .success
        case .unreadable: Exit.usage
        case .undecided: ExitCode(2)
        case .violation: ExitCode(1)
        }
    }

    static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
}
