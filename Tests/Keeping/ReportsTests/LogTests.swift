import Faults
import Reports
import Results
import SampleRuns
import Testing
import Topologies

/// What a page shows of nodes' logs.
@Suite struct `Logs on a page` {
    /// A run whose load began with the year 1970, with logs of two nodes: a line a second.
    private func run() -> StoredRun {
        var run = StoredRun.sample(operations: 2_000)
        run.results.loadBegan = 0
        run.results.faults = []
        for node in ["n1", "n2"] {
            let lines = (10..<60).map { "1970-01-01T00:00:\($0).500Z \(node) line \($0)" }
            run.logs[node] = [
                NodeLog(file: "stderr.log", text: lines.joined(separator: "\n")),
                NodeLog(file: "stdout.log", text: ""),
            ]
        }
        return run
    }

    /// What the page folds away under this name, as text, tags left out.
    private func part(_ id: String, of run: StoredRun) throws -> String {
        let html = Page(run).html
        let start = try #require(html.firstRange(of: "<details id=\"\(id)\"")).lowerBound
        let end = try #require(html[start...].firstRange(of: "</details>")).lowerBound
        return String(html[start..<end])
    }

    @Test func `stand around each finding, of its node alone, with links to its files`() throws {
        var run = run()
        run.results.findings = [
            Finding(
                .check, node: NodeName(number: 2), detail: "d", time: 30.7, aspect: "holders")
        ]
        run.results.groupFindings()
        let part = try part("log-f1", of: run)
        #expect(part.contains("Finding 1: lock without exclusion, n2 at 30.70 s"))
        #expect(part.contains("n2 line 28\n") && part.contains("n2 line 31"))
        #expect(!part.contains("line 26") && !part.contains("line 33") && !part.contains("n1"))
        #expect(part.contains("<a href=\"nodes/n2/stderr.log\">"))
        #expect(!part.contains("stdout"), "an empty file has nothing to read")
        #expect(Page(run).html.contains("<a href=\"#log-f1\">log</a>"))
    }

    @Test func `keep a stack trace, whose lines bear no time, with the line before it`() throws {
        var run = run()
        run.logs["n1"] = [
            NodeLog(
                file: "stderr.log",
                text: """
                    1970-01-01T00:00:20.500Z fine
                    panic: index out of range
                    goroutine 1 [running]:
                    """)
        ]
        run.results.findings = [
            Finding(
                .panic, node: NodeName(number: 1),
                detail: "nodes/n1/stderr.log: panic: index out of range")
        ]
        run.results.groupFindings()
        let part = try part("log-f1", of: run)
        #expect(part.contains("fine\npanic: index out of range\ngoroutine 1 [running]:"))
        #expect(part.contains("n1 at 20.50 s"))
    }

    @Test func `show a crash in a log without any times, and say of others that it has none`()
        throws
    {
        var run = run()
        run.logs["n1"] = [NodeLog(file: "stderr.log", text: "up\nfatal: gone\nlast line")]
        run.results.findings = [
            Finding(.panic, node: NodeName(number: 1), detail: "nodes/n1/stderr.log: fatal: gone"),
            Finding(.nonsense, node: NodeName(number: 1), detail: "?!", time: 12),
        ]
        run.results.groupFindings()
        #expect(try part("log-f1", of: run).contains("up\nfatal: gone\nlast line"))
        #expect(try part("log-f2", of: run).contains("n1 writes no times in its logs"))
    }

    @Test func `around a violation begin before it and never leave it out`() throws {
        var run = try Pages.run(
            Pages.stale.replacing(":time 2000000", with: ":time 29000000000")
                .replacing(":time 3000000", with: ":time 30000000000"))
        run.results.loadBegan = 0
        var violation = try #require(run.results.digest?.violations.first)
        violation.node = NodeName(number: 1)
        run.results.digest?.violations = [violation]
        let lines = (0..<4_000).map { number in
            let time = 26_000 + number
            let millis = String(time % 1_000 + 1_000).dropFirst()
            return "1970-01-01T00:00:\(time / 1_000).\(millis)Z line \(number)."
        }
        run.logs["n1"] = [NodeLog(file: "stderr.log", text: lines.joined(separator: "\n"))]
        let part = try part("log-v1", of: run)
        #expect(part.contains("line 3999."), "written 1 ms before the answer")
        #expect(part.contains("earlier lines are in the file"))
        #expect(part.split(separator: "\n").count < 60)
        #expect(Page(run).html.contains("<a href=\"#log-v1\">"))
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z up", 0), ("x [1970-01-02 00:00:01.250] y", 86_401.25),
        ("2026-11-21T02:23:12.5+02:00 z", 1_795_220_592.5),
        ("2000-03-01T00:00:00-0100", 951_872_400),
        ("{\"ts\":\"2024-02-29T23:59:59.999Z\"}", 1_709_251_199.999),
    ])
    func `have the time that stands in a line, in whatever zone it is`(
        line: String, seconds: Double
    )
        throws
    {
        let time = try #require(LogTime(in: line[...])).seconds
        #expect(abs(time - seconds) < 1e-6, "\(time)")
    }

    @Test(arguments: [
        "", "1970-01-01", "1970-13-01T00:00:00Z", "12:00:01 up", "é 1970-01-01T00:00:0",
    ])
    func `of other lines have none`(line: String) {
        #expect(LogTime(in: line[...]) == nil)
    }

    @Test func `of long runs stay within what a page may weigh`() {
        var run = run()
        let fault = FaultRecord(number: 1, kind: "halves", family: "partition")
        run.results.faults = (0..<200).map { number in
            var copy = fault
            copy.number = number + 1
            (copy.start, copy.end) = (Double(number), Double(number) + 1)
            return copy
        }
        let long = String(repeating: "long ", count: 300)
        for node in 1...9 {
            let lines = (0..<2_000).map { number in
                let (minute, second) = (number / 600 + 100, number / 10 % 60 + 100)
                return "1970-01-01T00:\(String(minute).dropFirst()):"
                    + "\(String(second).dropFirst()).5Z \(long)"
            }
            run.logs["n\(node)"] = [
                NodeLog(file: "stderr.log", text: lines.joined(separator: "\n"))
            ]
        }
        let html = Page(run).html
        #expect(html.utf8.count < 2_500_000)
        #expect(html.contains("The lines are in the files only"))
    }
}
