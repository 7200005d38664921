import Histories
import Results
import Testing
import Topologies

@Suite struct `Nodes that refuse everything` {
    /// Three nodes with a worker each, and so many operations of each worker that end like this.
    private func refusing(_ kinds: [[String]], times: Int = 25) throws -> [String] {
        var lines: [String] = []
        for round in 0..<times {
            for (worker, kinds) in kinds.enumerated() {
                let kind = kinds[round % kinds.count]
                for type in ["invoke", kind] {
                    lines.append(
                        "{:process \(worker) :type :\(type) :f :write :value \(round) "
                            + ":time \(lines.count)}")
                }
            }
        }
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        results.nodes = ["n1", "n2", "n3"].compactMap { NodeName($0) }
        results.workers = 3
        let digest = HistoryDigest(try History(text: lines.joined(separator: "\n")), of: results)
        return try #require(digest.refusing).map(\.sentence)
    }

    @Test func `are named, with how often`() throws {
        #expect(
            try refusing([["ok"], ["fail"], ["ok", "fail"]])
                == ["n2 did none of 25 operations: 25 refused, 0 unknown"])
    }

    @Test func `are none where nobody succeeded, which is an outage, or after a few tries`() throws
    {
        #expect(try refusing([["fail"], ["fail"], ["fail"]]).isEmpty)
        #expect(try refusing([["ok"], ["fail"], ["ok"]], times: 5).isEmpty)
    }
}
