import Archive
import Foundation
import Results
import Testing

@Suite struct `An index that is made anew` {
    private func row(_ folder: String) -> RunRow {
        RunRow(folder: folder, seed: 1, verdict: .valid)
    }

    @Test func `keeps what another process has recorded meanwhile, and forgets what is gone`()
        throws
    {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "whitewater-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let archive = try Archive(file: folder.appending(path: "index.sqlite").path)
        try archive.record([row("found"), row("gone"), row("late")])
        try archive.replaceAll(with: [row("found"), row("new")]) { $0 == "late" }
        #expect(try archive.runs().map(\.folder) == ["found", "late", "new"])
    }

    @Test func `the clearest example is the one that fails soonest, then the smallest`() {
        let name = Signature(.violation, "stale read")
        func run(_ folder: String, first: Double?, operations: Int) -> RunRow {
            var row = row(folder)
            row.seconds = 30
            row.ok = operations
            row.failures = [.init(name, count: 1, example: "", first: first)]
            return row
        }
        let runs = [
            run("unknown", first: nil, operations: 1), run("large", first: 2, operations: 900),
            run("late", first: 9, operations: 10), run("small", first: 2, operations: 800),
            row("right"),
        ]
        #expect(
            Clarity.sorted(runs, showing: name).map(\.folder) == [
                "small", "large", "late", "unknown",
            ])
    }

    @Test func `what a run missed has one name, whatever was tried last`() {
        func names(_ reason: String) -> [String] {
            var results = RunResults(
                plan: "p", seed: 1, rerun: "", started: "20260101T000000.000Z")
            results.verdict = .inconclusive
            results.reasons = [reason]
            return RunRow(results, folder: "p/1").failures.map(\.signature.words)
        }
        let lag = "no fault of kind lag took certain effect"
        #expect(
            names(lag + "; the last: lag on n1: bit: no") == names(lag + "; the last: lag on n5"))
        #expect(names(lag) == ["inconclusive, " + lag])
    }

    @Test func `a broken rule of the workload is a violation, and no node's fault`() throws {
        var results = RunResults(plan: "p", seed: 1, rerun: "", started: "20260101T000000.000Z")
        results.verdict = .invalid
        results.findings = [Finding(.check, node: nil, detail: "an element was lost")]
        let failure = try #require(RunRow(results, folder: "p/1").failures.first)
        #expect(failure.signature.series == .violation)
    }
}
