import ArgumentParser
import Clocks
import Foundation

extension Bench {
    /// `whitewater-bench clocks`.
    struct ClockReads: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "clocks",
            abstract: "Read CLOCK_MONOTONIC by the kernel's vDSO and by its substitute.")

        @Option(help: "How many reads a round.")
        var reads = 2_000_000

        @Option(help: "How many rounds; the two ways take turns.")
        var rounds = 15

        func run() throws {
            let clock = try NodeClock()
            let substitute = try OwnSubstitute(clock)
            clock.run(at: 3)
            var (kernel, own): ([Double], [Double]) = ([], [])
            for _ in 0..<rounds {
                kernel.append(
                    nanoseconds { number in
                        var time = timespec()
                        clock_gettime(number, &time)
                        return UInt64(time.tv_nsec)
                    })
                own.append(substitute.withReader { read in nanoseconds(read) })
            }
            print("nanoseconds a read, processor time       min    median       max")
            print(row("the kernel's vDSO", kernel))
            print(row("the substitute", own))
        }

        /// The processor's time for one read.
        private func nanoseconds(_ read: (Int32) -> UInt64) -> Double {
            var sum: UInt64 = 0
            let start = clock()
            for _ in 0..<reads { sum &+= read(CLOCK_MONOTONIC) }
            let used = Double(clock() - start) * 1e9 / Double(CLOCKS_PER_SEC)
            // Whatever was read counts, so that nothing is left out.
            return sum == 0 ? .infinity : used / Double(reads)
        }

        private func row(_ name: String, _ samples: [Double]) -> String {
            let sorted = samples.sorted()
            return
                ([name.padding(toLength: 34, withPad: " ", startingAt: 0)]
                + [sorted[0], sorted[sorted.count / 2], sorted[sorted.count - 1]].map {
                    String(format: "%10.1f", $0)
                }).joined()
        }
    }
}
