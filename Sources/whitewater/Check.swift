public import ArgumentParser
import Checkers
import Foundation
public import Histories
public import Models
import Plans

extension History.Keying: ExpressibleByArgument {}
extension Semantics.NilReads: ExpressibleByArgument {}
extension Semantics.FailedCAS: ExpressibleByArgument {}

extension Whitewater {
    /// `whitewater check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decide whether recorded histories are linearizable.",
            discussion: """
                Reads Jepsen EDN (a map a line, or one vector or list), JSON Lines, and Jepsen's \
                old text log. Prints FILE<TAB>VERDICT; a violation outranks undecided outranks \
                unreadable in the exit status.
                """)

        enum ModelName: String, ExpressibleByArgument, CaseIterable {
            case register
            case casRegister = "cas-register"
        }

        @Argument(help: "History files.")
        var files: [String]

        @Option(help: "The model: register or cas-register.")
        var model = ModelName.casRegister

        @Option(help: "How keys are told from values: auto, independent ([key value]) or single.")
        var keys = History.Keying.automatic

        @Option(help: "What the register holds at first: nil, or an integer.")
        var initial = "nil"

        @Option(help: "A read of nil: checked, or ignored (it always passes, as in Knossos).")
        var nilReads = Semantics.NilReads.checked

        @Option(
            help: """
                A failed cas: mismatches (checked where :error is :mismatch), all (every one \
                says that the value was another one), or dropped.
                """)
        var failedCas = Semantics.FailedCAS.mismatches

        @Option(help: "Time for one key: 60s, 2m.")
        var budgetTime = "60s"

        @Option(help: "Configurations for one key.")
        var budgetConfigurations = Budget().configurations

        @Option(help: "Mebibytes for one key.")
        var budgetMemory = Budget().memory / 1_048_576

        func run() throws {
            let checker = try checker()
            var worst = 0
            for file in files {
                let rank = check(file, with: checker)
                worst = max(worst, rank)
            }
            // Unreadable ranks below undecided, and that below a violation.
            let statuses = [ExitCode.success, Exit.usage, ExitCode(2), ExitCode(1)]
            if worst > 0 { throw statuses[worst] }
        }

        private func checker() throws -> Checker {
            guard let time = PlanDuration(budgetTime) else {
                throw ValidationError("--budget-time \(budgetTime): write 60s, 300ms or 2m")
            }
            let semantics = Semantics(
                initial: Int(initial).map(Value.int) ?? .null, nilReads: nilReads,
                failedCAS: failedCas)
            guard initial == "nil" || Int(initial) != nil else {
                throw ValidationError("--initial \(initial): write nil or an integer")
            }
            guard budgetConfigurations > 0, budgetMemory > 0 else {
                throw ValidationError("budgets are above 0")
            }
            return Checker(
                model: Register(semantics: semantics, hasCompareAndSet: model == .casRegister),
                budget: Budget(
                    time: time.duration, configurations: budgetConfigurations,
                    memory: budgetMemory * 1_048_576))
        }

        /// Prints one file's verdict and returns its rank: 0 valid, 1 unreadable, 2 undecided,
        /// 3 violation.
        private func check(_ file: String, with checker: Checker) -> Int {
            do {
                let history = try History(contentsOf: file).keyed(keys)
                let report = try checker.check(history)
                Console.line("\(file)\t\(report.verdict.word)")
                explain(report)
                switch report.verdict {
                case .linearizable: return 0
                case .undecided: return 2
                case .violation: return 3
                }
            } catch {
                Console.line("\(file)\tunreadable")
                _ = Exit.reporting(
                    error is HistoryError ? error : FileError(file, error), Exit.usage)
                return 1
            }
        }

        private func explain(_ report: Report) {
            let semantics = "model \(report.model); \(report.semantics)"
            for key in report.keys {
                let name = key.key.map { "key \($0): " } ?? ""
                switch key.verdict {
                case .linearizable: continue
                case .undecided(let limit, _): Console.complain("  \(name)undecided: \(limit)")
                case .violation(let found):
                    Console.complain("  \(name)\(found.sentence)")
                    Console.complain(
                        "  \(name)operations \(found.operations) contradict each other")
                }
            }
            if case .linearizable = report.verdict { return }
            Console.complain("  (\(semantics))")
        }
    }
}

/// An error with the file that it is about.
private struct FileError: Error, CustomStringConvertible {
    let description: String

    init(_ file: String, _ error: any Error) { description = "\(file): \(error)" }
}
