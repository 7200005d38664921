public import ArgumentParser
import CLinux
import Checkers
import Foundation
public import Histories
public import Models
import Plans

extension History.Keying: ExpressibleByArgument {}
extension History.MissingCompletion: ExpressibleByArgument {}
extension History.Tail: ExpressibleByArgument {}
extension Semantics.NilReads: ExpressibleByArgument {}
extension Semantics.FailedCAS: ExpressibleByArgument {}

extension Whitewater {
    /// `whitewater check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decide whether recorded histories are linearizable.",
            discussion: """
                Reads Jepsen EDN (a map a line, or one vector or list), JSON Lines, and Jepsen's \
                old text log, each of them compressed by gzip too. Prints FILE<TAB>VERDICT, and \
                explains on the standard error. Exits with 0 only if all are linearizable: a \
                violation (1) outranks undecided (2) outranks unreadable, which a history without \
                a client's operation is too (64). 70: a verdict could not be printed.
                """)

        @Argument(help: "History files, folders of them, or - for the standard input.")
        var paths: [String] = []

        @Option(help: "The model; see `whitewater list models`.")
        var model = "cas-register"

        @Option(help: "How keys are told from values: auto, independent ([key value]) or single.")
        var keys = History.Keying.automatic

        @Option(
            help: """
                What the object holds at first, as EDN: nil, 5, '"text"', '{:x 0}', '[1 2]'. Nil is \
                the model's own beginning.
                """)
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

        @Option(
            help: """
                A file that breaks off: whole (it is refused), or torn (its last line, if it has \
                no end, is left out: the writer was killed, or the disk was full).
                """)
        var tail = History.Tail.whole

        @Option(help: "Time for one key: 60s, 2m.")
        var budgetTime = "60s"

        @Option(help: "Configurations for one key.")
        var budgetConfigurations = Budget().configurations

        @Option(help: "Steps of work for one key.")
        var budgetSteps = Budget().steps

        @Option(help: "Mebibytes for one key.")
        var budgetMemory = Budget().memory / 1_048_576

        @Flag(
            help: """
                A JSON object a file, with times, configurations and memory; one file after \
                another, so that they are that file's.
                """)
        var json = false

        @Option(help: "Write the smallest contradiction of each violation to this folder, as EDN.")
        var contradictions: String?

        @Option(
            help: """
                Write a page about the history to this file: when what happened, each \
                contradiction with the way there, and tables; for one history. It needs no \
                network and no other file, and all keys are checked.
                """)
        var page: String?

        @Flag(help: "Check all keys, also where one of them is violated.")
        var allKeys = false

        @Flag(
            help: """
                Look for the smallest contradiction of each violation also where many files are \
                checked, which otherwise get a sentence each.
                """)
        var smallest = false

        @Option(
            help: """
                Write the order that explains the history to this file, or the longest order that \
                nearly does; for one history.
                """)
        var witness: String?

        @Option(help: "Instead: compare every decider with brute force on so many histories each.")
        var selfTest: Int?

        @Option(help: "With --self-test: only deciders with this in their name, such as 'linear'.")
        var only: String?

        @Option(help: "The seed of --self-test.")
        var seed: UInt64 = 1

        func run() throws {
            // Large tables grow again and again: twice as fast without fresh pages each time.
            _ = clinux_keep_freed_memory()
            if let selfTest {
                try CheckSelfTest(histories: selfTest, seed: seed, part: only).run()
                return
            }
            let files = try HistoryFiles.files(paths)
            guard witness == nil || files.count == 1 else {
                throw ValidationError("--witness is for one history, not for \(files.count)")
            }
            guard page == nil || files.count == 1 else {
                throw ValidationError("--page is for one history, not for \(files.count)")
            }
            let checker = FileChecker(
                rules: try rules(), isJSON: json, wantsContradictions: contradictions != nil,
                wantsWitness: witness != nil, wantsPage: page != nil,
                checksAllKeys: allKeys || page != nil,
                wantsSmallest: smallest || contradictions != nil || files.count == 1)
            let printer = FindingPrinter(
                contradictions: contradictions, witness: witness, page: page)
            let rank = try FileQueue(files: files, isOrderly: json).check(with: checker) {
                finding in
                try printer.print(finding)
            }
            if rank != .valid { throw rank.exitCode }
        }

        private func rules() throws -> CheckRules {
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
            guard budgetConfigurations > 0, budgetSteps > 0, (1...1 << 33).contains(budgetMemory)
            else {
                throw ValidationError("budgets are above 0, and memory below 8 exbibytes")
            }
            return CheckRules(
                model: model, semantics: semantics,
                budget: Budget(
                    time: time.duration, configurations: budgetConfigurations, steps: budgetSteps,
                    memory: budgetMemory * 1_048_576),
                keying: keys, missing: missingCompletion, tail: tail)
        }

        private func initialValue() throws -> Value {
            do {
                return try Value(edn: initial)
            } catch {
                throw ValidationError(
                    "--initial \(initial) is not one value; write it as EDN: nil, 5, '\"text\"', "
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
    }
}

/// What the exit status says of all files together; the worst counts.
enum Rank: Int, Comparable, Sendable {
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
