import Faults
import Histories
import Results
import Testing
import Topologies

/// When nothing succeeded, and whose fault that was.
@Suite struct `Outages` {
    static func fault(_ number: Int) -> FaultRecord {
        FaultRecord(number: number, kind: "kill-one", family: "kill")
    }

    /// Writes at these times, each with its start and end and whether it succeeded.
    static func history(_ operations: [(start: Double, end: Double, isOK: Bool)]) throws -> History
    {
        var lines: [String] = []
        for (number, one) in operations.enumerated() {
            let kind = one.isOK ? "ok" : "fail"
            for (kind, time) in [("invoke", one.start), (kind, one.end)] {
                lines.append(
                    "{:process 0 :type :\(kind) :f :write :value \(number) :time \(Int(time * 1e9))}"
                )
            }
        }
        return try History(text: lines.joined(separator: "\n"))
    }

    private func results(load: Double, _ change: (inout RunResults) -> Void = { _ in })
        -> RunResults
    {
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        results.timings.load = load
        change(&results)
        return results
    }

    @Test func `one that never ends lasts to the end of the history`() throws {
        let tries = (8...60).map { (Double($0), Double($0) + 0.5, false) }
        let history = try Self.history([(1, 1.1, true), (7.5, 7.6, true)] + tries)
        var fault = Self.fault(1)
        (fault.start, fault.end, fault.recovered) = (7, 9, nil)
        let digest = HistoryDigest(history, of: results(load: 61) { $0.faults = [fault] })
        let worst = try #require(digest.worstOutage)
        #expect(abs(worst.length - 52.9) < 1e-6)
        #expect(!worst.isOver)
        #expect(worst.fault == 1)
        #expect(worst.words.contains("nothing succeeded again"))
        #expect(abs(try #require(digest.availability.first).longestOutage - 52.9) < 1e-6)
    }

    @Test func `what the harness itself slept through is left out`() throws {
        let history = try Self.history([(1, 1.1, true), (6.2, 6.3, true), (7, 7.1, true)])
        let stalled = results(load: 8) { $0.stalls = [Stall(start: 1.2, end: 6.2)] }
        let worst = try #require(HistoryDigest(history, of: stalled).worstOutage)
        #expect(worst.length < 1.2)
        let blind = try #require(HistoryDigest(history, of: results(load: 8)).worstOutage)
        #expect(abs(blind.length - 5.2) < 1e-6)
    }

    @Test func `time in which nobody asked for anything is none`() throws {
        let history = try Self.history([(1, 1.1, true), (20, 20.1, true)])
        let digest = HistoryDigest(history, of: results(load: 2))
        #expect(abs(try #require(digest.worstOutage).length - 1.2) < 0.11)
    }

    @Test func `replies that never came are none once nobody asks any more`() throws {
        let history = try Self.history([(1, 1.1, true), (1.2, 4, false)])
        let asked = HistoryDigest(history, of: results(load: 5))
        #expect(asked.worstOutage?.isOver == false)
        let text = """
            {:process 0 :type :invoke :f :write :value 1 :time 1000000000}
            {:process 1 :type :invoke :f :write :value 2 :time 1000000000}
            {:process 0 :type :ok :f :write :value 1 :time 1100000000}
            {:process 1 :type :info :f :write :value 2 :time 3000000000}
            """
        let waited = HistoryDigest(try History(text: text), of: results(load: 5))
        #expect(waited.worstOutage?.isOver ?? true)
    }

    @Test func `availability says how long nothing succeeded`() throws {
        var lines: [String] = []
        for (start, end, value) in [(1.0, 1.1, 1), (2.0, 5.0, 2), (5.2, 5.3, 3)] {
            lines.append(
                "{:process 0 :type :invoke :f :write :value \(value) :time \(Int(start * 1e9))}")
            lines.append("{:process 0 :type :ok :f :write :value \(value) :time \(Int(end * 1e9))}")
        }
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        let history = try History(text: lines.joined(separator: "\n"))
        var fault = Self.fault(1)
        (fault.start, fault.end, fault.recovered) = (1.5, 4.5, 6)
        results.faults = [fault]
        results.observations = [
            NodeObservation(
                node: NodeName(number: 1), time: 0, process: .up, role: .leader, term: 1),
            NodeObservation(
                node: NodeName(number: 1), time: 1.6, process: .down, role: nil, term: nil),
            NodeObservation(
                node: NodeName(number: 2), time: 2.5, process: .up, role: .leader, term: 2),
        ]
        let found = try #require(HistoryDigest(history, of: results).availability.first)
        #expect(found.longestOutage == 3.5)
        #expect(found.afterInjection == 3.5)
        #expect(abs(try #require(found.afterHealing) - 0.8) < 1e-9)
        #expect(found.elections == [1.0])
    }
}
