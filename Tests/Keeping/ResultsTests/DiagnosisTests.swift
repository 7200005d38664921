import Checkers
import Histories
import Testing

@testable import Results

@Suite struct `Anomalies of many` {
    @Test(arguments: [
        ("stale read", "stale reads"), ("read out of order", "reads out of order"),
        ("elements out of order", "elements out of order"),
        ("read of what nobody wrote", "reads of what nobody wrote"),
        ("lock held twice", "locks held twice"),
        ("watch with wrong events", "watches with wrong events"),
        ("lease lost too early", "leases lost too early"),
    ])
    func `are named in the plural of their first noun`(one: String, many: String) {
        #expect(Diagnosis.plural(one) == many)
    }
}

@Suite struct `Violations of several kinds` {
    /// Key 0 has a read that is ten seconds behind, key 1 a read of what nobody wrote, and on key 2 one
    /// value is replaced twice.
    private func digest() throws -> HistoryDigest {
        let operations = [
            (0, "write", "[0 1]", "[0 1]", 0), (0, "write", "[0 2]", "[0 2]", 1),
            (0, "read", "[0 nil]", "[0 1]", 11),
            (1, "read", "[1 nil]", "[1 7]", 12),
            (2, "write", "[2 1]", "[2 1]", 13), (2, "cas", "[2 [1 2]]", "[2 [1 2]]", 14),
            (2, "cas", "[2 [1 3]]", "[2 [1 3]]", 15),
        ]
        let lines = operations.flatMap { process, function, input, output, second -> [String] in
            let start = second * 1_000_000_000
            return [("invoke", input, start), ("ok", output, start + 1_000_000)].map {
                kind, value, time in
                "{:process \(process) :type :\(kind) :f :\(function) :value \(value) :time \(time)}"
            }
        }
        let history = try History(text: lines.joined(separator: "\n")).keyed(.independent)
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        results.add(try Checker().check(history))
        return HistoryDigest(history, of: results)
    }

    @Test func `put lost and invented data before stale reads, however far these are behind`()
        throws
    {
        let digest = try digest()
        let nouns = digest.violations.map(\.noun)
        #expect(Set(nouns.prefix(2)) == ["lost update", "read of what nobody wrote"])
        #expect(nouns.dropFirst(2) == ["stale read"])
        #expect(try #require(digest.violations.last?.behind) > 9)
        #expect(digest.diagnoses.map(\.anomaly) == nouns, "the groups have the same order")
        #expect(digest.diagnoses.map(\.clearest) == [0, 1, 2])
    }

    @Test func `call a cas what the page calls it`() throws {
        let lost = try #require(try digest().violations.first { $0.noun == "lost update" })
        #expect(lost.sentence.contains("the value that each cas expected"), "\(lost.sentence)")
        let history = try History(
            text: """
                {:process 0 :type :invoke :f :cas :value [2 3]}
                {:process 0 :type :ok :f :cas :value [2 3]}
                {:process 0 :type :invoke :f :cas :value [3 2]}
                {:process 0 :type :ok :f :cas :value [3 2]}
                """)
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        results.add(try Checker().check(history))
        let circle = try #require(results.keys.first?.contradiction)
        #expect(circle.sentence.contains("1 other cas each need"), "\(circle.sentence)")
    }
}
