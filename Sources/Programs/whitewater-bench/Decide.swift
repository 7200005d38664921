import ArgumentParser
import CLinux
import CheckerTrials
import Checkers
import Glibc

extension Bench {
    /// `whitewater-bench decide`.
    struct Decide: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Print the seconds and the peak MiB that one linear-time decider takes, once.",
            shouldDisplay: false)

        @Argument(help: "The decider.")
        var name: String

        @Argument(help: "Operations.")
        var operations: Int

        func run() throws {
            // Large tables grow again and again: twice as fast without fresh pages each time.
            _ = clinux_keep_freed_memory()
            guard let subject = DeciderBench.subjects.first(where: { $0.name == name }) else {
                let names = DeciderBench.subjects.map(\.name).joined(separator: ", ")
                throw ValidationError("no decider \(name); there are \(names)")
            }
            let seconds = try subject.seconds(operations: operations)
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            print("\(seconds) \(usage.ru_maxrss / 1_024)")
        }
    }
}
