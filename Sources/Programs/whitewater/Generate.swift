public import ArgumentParser
import Foundation
public import Generators
import Histories

extension HardHistory.Mode: ExpressibleByArgument {}

extension Whitewater {
    /// `whitewater generate`.
    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a history of one register that is hard to decide, as EDN.",
            discussion: """
                The distributions are pinned, so that figures can be compared: see HardHistory in \
                Sources/Planning/Generators. Decide it with `whitewater check --model cas-register`.
                """)

        @Option(help: "Invocations, crashed writes included.")
        var ops = 1_000

        @Option(help: "Processes that work at once.")
        var processes = 10

        @Option(help: "Writes whose outcome nobody knows.")
        var crashed = 10

        @Option(help: "How many values there are.")
        var values = 3

        @Option(
            help: """
                ok (valid), bad (one read of a never-written value) or alt (reads that no order \
                of the crashed writes explains).
                """)
        var mode = HardHistory.Mode.ok

        @Option(help: "The seed.")
        var seed: UInt64 = 1

        @Option(help: "The file; the standard output if there is none.")
        var output: String?

        func validate() throws {
            let bounds = 1...1_000_000_000
            guard bounds.contains(ops), bounds.contains(processes), bounds.contains(values),
                crashed >= 0, crashed <= ops * 9 / 10
            else {
                throw ValidationError(
                    "--ops, --processes and --values are between 1 and 1000000000, --crashed is "
                        + "at most nine tenths of --ops")
            }
        }

        func run() throws {
            var random = SplitMix64(seed: seed)
            let history = HardHistory(
                operations: ops, processes: processes, crashed: crashed, values: values,
                mode: mode)
            var text: [UInt8] = []
            for event in history.events(using: &random) { text.append(edn: event) }
            do {
                if let output {
                    try Data(text).write(to: URL(filePath: output))
                } else {
                    try FileHandle.standardOutput.write(contentsOf: Data(text))
                }
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }
    }
}
