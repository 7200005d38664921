import ArgumentParser
import Checkers

extension Bench {
    /// `whitewater-bench decide`.
    struct Decide: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the seconds that one linear-time decider takes, once.",
            shouldDisplay: false)

        @Argument(help: "The decider.")
        var name: String

        @Argument(help: "Operations.")
        var operations: Int

        func run() throws {
            FreedMemory.keep()
            guard let subject = DeciderBench.subjects.first(where: { $0.name == name }) else {
                let names = DeciderBench.subjects.map(\.name).joined(separator: ", ")
                throw ValidationError("no decider \(name); there are \(names)")
            }
            print(try subject.seconds(operations: operations))
        }
    }
}
