import Faults
import Foundation
import Results
import Stores
import Testing
import Topologies

/// What findings have in common, as `results.json` keeps it.
@Suite struct `Groups of findings` {
    private let nodes = (1...3).map(NodeName.init(number:))

    /// A run in which n1 was cut off from 10 to 12 s.
    private func results(_ findings: [Finding]) -> RunResults {
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        var cut = FaultRecord(number: 1, kind: "one", family: "partition")
        cut.nodes = [nodes[0]]
        (cut.start, cut.end) = (10, 12)
        results.faults = [cut]
        results.findings = findings
        results.groupFindings()
        return results
    }

    private func lock(_ node: Int, at time: Double) -> Finding {
        Finding(
            .check, node: nodes[node - 1], detail: "at \(time)", time: time, aspect: "holders")
    }

    @Test func `have the kind and the situation in common, and name the earliest`() throws {
        let groups = try #require(
            results([lock(1, at: 11.5), lock(2, at: 11), lock(1, at: 11)]).findingGroups)
        #expect(groups.map(\.count) == [2, 1])
        #expect(groups.map(\.cause) == [.isolation, .none])
        #expect(groups.map(\.first) == [2, 1], "by time, and not by place")
        #expect(groups[0].nodes == [nodes[0]: 2])
        #expect(
            groups[0].sentence
                == "2 of 3 locks without exclusion, each on a node that was cut off (n1 2×)")
    }

    @Test func `count those of which only the number was kept`() throws {
        var rest = Finding(.check, node: nil, detail: "4 more like these", aspect: "holders")
        rest.others = 4
        let results = results([lock(1, at: 11), rest])
        let groups = try #require(results.findingGroups)
        #expect(groups.map(\.count) == [1, 4] && results.findingCount == 5)
        #expect(
            groups.map(\.sentence) == [
                "1 of 5 locks without exclusion, on a node that was cut off (n1)",
                "4 more locks without exclusion, of which only the number was kept",
            ])
    }

    @Test func `put what clients saw before crashes, and crashes before lost time`() throws {
        let groups = try #require(
            results([
                Finding(.endlessElections, node: nil, detail: "9 in 10 s"),
                Finding(.panic, node: nodes[1], detail: "nodes/n2/stderr.log: gone"),
                Finding(.unaskedExit, node: nodes[1], detail: "status 2", time: 3),
                lock(1, at: 11),
            ]).findingGroups)
        #expect(groups.map(\.kind).last == .endlessElections)
        #expect(groups.first?.kind == .check)
        #expect(
            groups.contains {
                $0.sentence == "the crash, on a node that was under no fault (n2)"
            }, "a panic was when the exit was noticed")
    }

    @Test func `are read back as they were stored, and are made for a run that has none`() throws {
        let base = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: base) }
        let folder = try RunFolder(results: base, plan: "p", started: "s")
        var results = results([lock(1, at: 11)])
        let groups = try #require(results.findingGroups)
        try folder.write(results)
        #expect(try folder.readResults().findingGroups == groups)
        (results.format, results.findingGroups) = (3, nil)
        try folder.write(results)
        #expect(try folder.readResults().findingGroups == groups)
        results.findingGroups = groups
        results.findingGroups?[0].first = 7
        try folder.write(results)
        let error = #expect(throws: StoreError.self) { try folder.readResults() }
        #expect(error?.why.contains("findingGroups") == true)
    }

    @Test(arguments: [
        (nil, "steps backward"), ("term", "terms that went back"),
        ("applied entry after a restart", "applied entries that went back after a restart"),
    ])
    func `say what went back`(aspect: String?, words: String) {
        let finding = Finding(.wentBackward, node: nil, detail: "", aspect: aspect)
        #expect(Diagnosis.plural(finding.anomaly) == words)
    }

    @Test(arguments: Finding.Kind.allCases)
    func `have a noun for each kind that has a plural`(kind: Finding.Kind) {
        let noun = Finding(kind, node: nil, detail: "").anomaly
        #expect(!noun.isEmpty)
        #expect(noun.hasPrefix("endless series") || Diagnosis.plural(noun) != noun)
    }
}
