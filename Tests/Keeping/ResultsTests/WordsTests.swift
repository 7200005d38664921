import Checkers
import Faults
import Histories
import Testing
import Topologies

@testable import Results

/// What pages and the terminal say, in words that a reader who is new cannot take for others.
@Suite struct `Words for a reader` {
    private func labels(_ text: String) throws -> [String] {
        try History(text: text).operations.map(OperationWords.label)
    }

    @Test func `a value is no number of an operation`() throws {
        let labels = try labels(
            """
            {:process 0 :type :invoke :f :write :value 3}
            {:process 0 :type :ok :f :write :value 3}
            {:process 0 :type :invoke :f :read :value nil}
            {:process 0 :type :ok :f :read :value 3}
            {:process 0 :type :invoke :f :read :value nil}
            {:process 0 :type :ok :f :read :value nil}
            {:process 0 :type :invoke :f :cas :value [3 4]}
            {:process 0 :type :ok :f :cas :value [3 4]}
            {:process 0 :type :invoke :f :dequeue :value nil}
            {:process 0 :type :ok :f :dequeue :value 7}
            {:process 0 :type :invoke :f :acquire :value nil}
            {:process 0 :type :ok :f :acquire :value nil}
            {:process 0 :type :invoke :f :read :value nil}
            {:process 0 :type :info :f :read :value nil}
            """)
        #expect(
            labels == [
                "write of value 3", "read of value 3", "read of nil", "cas from 3 to 4",
                "dequeue of value 7", "acquire", "read",
            ])
    }

    private func violation(_ results: RunResults) throws -> Violation {
        var results = results
        let history = try History(
            text: """
                {:process 0 :type :invoke :f :write :value 1 :time 0}
                {:process 0 :type :ok :f :write :value 1 :time 1000000}
                {:process 1 :type :invoke :f :write :value 2 :time 1500000}
                {:process 1 :type :ok :f :write :value 2 :time 1900000}
                {:process 2 :type :invoke :f :read :value nil :time 2501900000}
                {:process 2 :type :ok :f :read :value 1 :time 2503000000}
                """)
        results.add(try Checker().check(history))
        return try #require(HistoryDigest(history, of: results).violations.first)
    }

    @Test func `a stale read names node, value, missed write, lag and the fault in plain words`()
        throws
    {
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        results.nodes = (1...3).map(NodeName.init(number:))
        results.workers = 3
        var cut = FaultRecord(number: 4, kind: "isolate-leader", family: "partition")
        cut.nodes = [NodeName(number: 3)]
        (cut.start, cut.end) = (0.001, 2)
        results.faults = [cut]
        #expect(
            try violation(results).sentence
                == "n3 answered a read with value 1 at 2.5030 s, though n2 had acknowledged a write "
                + "of value 2 at 0.0019 s, 2.50 s before the read began; n3 had been cut off from "
                + "0.00 to 2.00 s (fault 4, \"isolate-leader\": cut the leader from all others) and was "
                + "healed 0.50 s before")
    }

    @Test func `without nodes clients are named, and no processes`() throws {
        let results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        let sentence = try violation(results).sentence
        #expect(sentence.hasPrefix("client 2 read value 1 at 2.5030 s, though"))
        #expect(
            sentence.contains("a write of value 2 by client 1 had been acknowledged at 0.0019 s"))
        #expect(!sentence.contains("process"))
    }

    @Test(arguments: [
        (
            "process 4 read 5, but process 0 wrote 6",
            "n2 (client 4) read 5, but n1 (client 0) wrote 6"
        ),
        ("process 9's lock", "n1 (client 9)'s lock"),
        ("process \"reader-a\" read 5", "client \"reader-a\" read 5"),
        ("process :alice read \"process 4\"", "client :alice read \"process 4\""),
    ])
    func `a sentence of the checker calls a process a client, and lets values be`(
        sentence: String, words: String
    ) {
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        results.nodes = (1...3).map(NodeName.init(number:))
        results.workers = 3
        #expect(results.namingNodes(in: sentence) == words)
    }

    @Test(arguments: [
        (2.192, "2.19 s"), (0.1, "0.10 s"), (0.0468, "47 ms"), (0.0022, "2.2 ms"),
        (0.000_01, "less than 0.1 ms"),
    ])
    func `a stretch of time has the digits that say something`(seconds: Double, words: String) {
        #expect(seconds.spanWords == words)
    }

    @Test func `each fault that a plan can ask for by name has plain words`() {
        #expect(FaultCatalog.all.allSatisfy { $0.name.plainWords?.isEmpty == false })
        #expect(FaultName("kill-one/tikv").plainWords == FaultName("kill-one").plainWords)
        #expect(FaultName("round-1").plainWords == nil)
    }
}

/// What a group of violations has in common, in a sentence.
@Suite struct `Diagnoses` {
    private let faults: [FaultRecord] = {
        var cut = FaultRecord(number: 1, kind: "one", family: "partition")
        cut.nodes = [NodeName(number: 1)]
        (cut.start, cut.end) = (10, 12)
        return [cut]
    }()

    private func sentences(_ cases: [(behind: Double?, time: Double)]) -> [String] {
        Diagnosis.of(
            cases.map { behind, time in
                Diagnosis.Case(
                    anomaly: "stale read", node: NodeName(number: 1), behind: behind,
                    situation: Situation(
                        of: NodeName(number: 1), at: time, faults: faults, observations: []))
            }
        ).map(\.sentence)
    }

    @Test func `say of the least and of the most how far behind, each in its own unit`() {
        #expect(
            sentences([(0.0012, 11), (2.5, 13.5), (0.8, 11.5)]) == [
                "all 3 stale reads were 1.2 ms to 2.50 s behind, every one on a node that was cut "
                    + "off, or had been cut off until shortly before (1.50 s at most) (n1 3×)"
            ])
    }

    @Test func `say only what was so`() {
        #expect(
            sentences([(0.4, 13)]) == [
                "the stale read was 0.40 s behind, on a node that had been cut off until 1.00 s "
                    + "before (n1)"
            ])
        #expect(
            sentences([(0.4, 11), (0.5, 11)]) == [
                "both stale reads were 0.40–0.50 s behind, each on a node that was cut off "
                    + "(n1 2×)"
            ])
        #expect(
            sentences([(0.4, 11), (0.002, 30)]).map { $0.prefix(18) } == [
                "1 of 2 stale reads", "1 of 2 stale reads",
            ])
    }

    @Test func `tell findings of checks by the situation of their nodes as well`() throws {
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        results.faults = faults
        results.findings = [
            Finding(.panic, node: NodeName(number: 2), detail: "gone", time: 3),
            Finding(
                .check, node: NodeName(number: 1), detail: "key 0: client 1 got the lock", time: 11,
                aspect: "holders"),
        ]
        results.groupFindings()
        let group = try #require(results.findingGroups?.first)
        #expect(group.sentence == "the lock without exclusion, on a node that was cut off (n1)")
        #expect(group.first == 1 && group.kind == .check && group.cause == .isolation)
        #expect(
            results.clause(of: results.findings[1])
                == "n1 was cut off from 10.00 to 12.00 s (fault 1, \"one\": cut one node from all others)"
        )
    }
}
