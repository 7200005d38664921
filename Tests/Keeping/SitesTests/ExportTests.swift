import Archive
import Faults
import Foundation
import Reports
import Results
import SampleRuns
import Testing
import Topologies

@testable import Sites

@Suite struct `Exports` {
    /// Names and endings of the cases of a file, read by an XML parser that is not ours.
    private func cases(_ xml: String) throws -> [String: String] {
        let script = """
            import sys, xml.etree.ElementTree as tree
            root = tree.fromstring(sys.stdin.buffer.read())
            assert root.tag == "testsuites"
            for suite in root:
                found = suite.findall("testcase")
                assert int(suite.get("tests")) == len(found)
                for kind in ("failure", "error", "skipped"):
                    count = sum(1 for case in found if case.find(kind) is not None)
                    assert int(suite.get(kind + ("s" if kind != "skipped" else ""))) == count
                for case in found:
                    ending = [child.tag for child in case] or ["passed"]
                    assert len(ending) == 1
                    print(suite.get("name") + "/" + case.get("name") + "\\t" + ending[0])
            """
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(xml.utf8))
        try input.fileHandleForWriting.close()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(xml)")
        return Dictionary(
            uniqueKeysWithValues: text.split(separator: "\n").map { line in
                let parts = line.split(separator: "\t").map(String.init)
                return (parts[0], parts[1])
            })
    }

    private func run(_ change: (inout RunResults) -> Void) throws -> [String: String] {
        var run = StoredRun.sample(operations: 100)
        run.results.faults = []
        change(&run.results)
        let found = try cases(RunExport(run, folder: "sample/1").junit)
        return Dictionary(
            uniqueKeysWithValues: found.map { key, value in
                (String(key.dropFirst("sample seed 1/".count)), value)
            })
    }

    @Test func `a run is a case for each thing that it is asked`() throws {
        #expect(
            try run { _ in } == [
                "linearizable": "passed", "no crash": "passed", "recovered": "passed",
                "agreement": "passed", "sensible replies": "passed",
                "rules of the workload": "passed",
            ])
    }

    @Test(arguments: [
        (Finding.Kind.panic, "no crash"), (.unaskedExit, "no crash"), (.notServing, "recovered"),
        (.divergedState, "agreement"), (.twoLeaders, "agreement"), (.wentBackward, "agreement"),
        (.servedWiped, "agreement"), (.servedDamaged, "agreement"),
        (.nonsense, "sensible replies"), (.check, "rules of the workload"),
    ])
    func `a finding fails its own case and no other`(kind: Finding.Kind, name: String) throws {
        let found = try run { results in
            results.verdict = .invalid
            results.findings = [Finding(kind, node: nil, detail: "<&> ]]> \u{1} \"it's\"")]
        }
        #expect(found.filter { $0.value != "passed" } == [name: "failure"])
    }

    @Test(arguments: [RunVerdict.inconclusive, .undecided, .failed])
    func `what nobody can say is an error, never a passed test`(verdict: RunVerdict) throws {
        let found = try run { results in
            results.verdict = verdict
            results.reasons = ["too little was tested"]
        }
        #expect(found["linearizable"] == "error")
    }

    @Test func `a run that never began passes nothing`() throws {
        let found = try run { results in
            (results.verdict, results.ending) = (.failed, .notSetUp)
        }
        #expect(found["linearizable"] == "error")
        #expect(found.values.filter { $0 == "passed" }.isEmpty)
    }

    @Test func `a fault passes if it bit, and is an error if none of its kind did`() throws {
        func fault(_ number: Int, _ kind: FaultName, bit: Bool) -> FaultRecord {
            var record = FaultRecord(number: number, kind: kind, family: "partition")
            record.nodes = [NodeName(number: 1)]
            record.checks = [.init("packets were dropped", bit, "0 packets")]
            return record
        }
        let found = try run { results in
            results.faults = [
                fault(1, "halves", bit: true), fault(2, "halves", bit: false),
                fault(3, "bridge", bit: false),
            ]
        }
        #expect(found["fault 1: halves on n1"] == "passed")
        #expect(found["fault 2: halves on n1"] == "skipped")
        #expect(found["fault 3: bridge on n1"] == "error")
    }

    @Test func `a run is told in Markdown and in JSON`() throws {
        let export = RunExport(StoredRun.sample(operations: 100), folder: "sample/1")
        #expect(export.markdown.hasPrefix("**Valid: linearizable**"))
        let data = try #require(
            JSONSerialization.jsonObject(with: Data(export.json.utf8)) as? [String: Any])
        #expect(data["exitStatus"] as? Int == 0)
        #expect((data["run"] as? [String: Any])?["folder"] as? String == "sample/1")
    }

    private let stale = Signature(.violation, of: "etcd", "stale read", "isolation")

    private func row(
        _ number: Int, _ failures: [Signature] = [], _ verdict: RunRow.Verdict, canary: Bool = false
    ) -> RunRow {
        var row = RunRow(folder: "r/\(number)", seed: UInt64(number), verdict: verdict)
        (row.cell, row.expectsViolation) = (canary ? "canary" : "a|b", canary)
        row.failures = failures.map { .init($0, count: 1, example: "n3 <read> | 5") }
        row.faults = [.init(kind: "halves", tried: 2, bit: number % 2, slowestRecovery: nil)]
        return row
    }

    private func campaign(_ rows: [RunRow], _ status: Int32 = 0) -> CampaignExport {
        CampaignExport(name: "campaigns/n/t", rows: rows, exitStatus: status, remarks: ["  x"])
    }

    @Test func `a campaign is a suite for each run, and one for its canaries`() throws {
        let crash = Signature(.node, of: "etcd", "unasked-exit")
        let rows = [
            row(1, [], .valid), row(2, [stale, crash], .invalid),
            row(3, [Signature(.inconclusive, "inconclusive", "no fault bit")], .inconclusive),
            row(4, [stale], .invalid, canary: true),
        ]
        let found = try cases(campaign(rows).junit)
        #expect(found["a|b seed 1/linearizable"] == "passed")
        #expect(found["a|b seed 1/fault halves"] == "passed")
        #expect(found["a|b seed 2/linearizable"] == "failure")
        #expect(found["a|b seed 2/no crash"] == "failure")
        #expect(found["a|b seed 2/fault halves"] == "error")
        #expect(found["a|b seed 3/linearizable"] == "error")
        #expect(found["canary seed 4/linearizable"] == "skipped", "it was to be found")
        #expect(found["canaries/canary"] == "passed")
        let dead = try cases(campaign([row(1, [], .valid, canary: true)]).junit)
        #expect(dead["canaries/canary"] == "failure")
    }

    @Test func `a campaign in Markdown has tables that stay tables`() throws {
        let text = campaign([row(1, [], .valid), row(2, [stale], .invalid)], 1).markdown
        #expect(text.hasPrefix("## Found guilty: n, 2 runs"))
        #expect(text.contains("| a\\|b | 2 | 1 | 0 | 0 |"))
        #expect(text.contains("| violation of etcd: stale read, isolation | 1 of 2,"))
        #expect(text.contains("n3 &lt;read> \\| 5"))
        let data = try #require(
            JSONSerialization.jsonObject(
                with: Data(try campaign([row(2, [stale], .invalid)], 1).json.utf8))
                as? [String: Any])
        #expect(data["exitStatus"] as? Int == 1)
        #expect((data["failures"] as? [[String: Any]])?.first?["hits"] as? Int == 1)
    }
}
