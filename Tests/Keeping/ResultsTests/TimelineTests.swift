import Histories
import Testing

@testable import Results

@Suite struct `The timeline` {
    @Test func `is scaled to what is usual, not to one burst`() throws {
        // Ten seconds at a hundred a second, and a thousand in the last hundredth of one.
        let steady = (0..<1_000).map { $0 * 10_000_000 }
        let burst = (0..<1_000).map { 10_000_000_000 + $0 * 10_000 }
        let lines = (steady + burst).enumerated().flatMap { number, time in
            [("invoke", time), ("ok", time + 1_000)].map { kind, at in
                "{:process \(number) :type :\(kind) :f :read :value nil :time \(at)}"
            }
        }
        let history = try History(text: lines.joined(separator: "\n"))
        let results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        let rate = HistoryExcerpt(history, of: results).timeline.highestRate
        #expect((100...500).contains(rate), "\(rate)")
    }
}
