import Checkers
import Faults
import Foundation
import Histories
import Labs
import Reports
import Results
import Runner
import SampleRuns
import Stores
import Testing
import Topologies

@Suite struct `Pages` {
    static let stale = """
        {:process 0 :type :invoke :f :write :value 1 :time 0}
        {:process 0 :type :ok :f :write :value 1 :time 1000000}
        {:process 0 :type :invoke :f :write :value 2 :time 1500000}
        {:process 0 :type :ok :f :write :value 2 :time 1900000}
        {:process 1 :type :invoke :f :read :value nil :time 2000000}
        {:process 1 :type :ok :f :read :value 1 :time 3000000}
        """

    /// A run of a history with its verdict.
    static func run(_ text: String, budget: Budget = Budget()) throws -> StoredRun {
        let history = try History(text: text)
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        results.add(try Checker(budget: budget).check(history))
        let verdicts = results.keys.map(\.verdict)
        results.verdict =
            verdicts.contains(.violation)
            ? .invalid : verdicts.contains(.undecided) ? .undecided : .valid
        results.reasons = results.keys.map { $0.contradiction?.sentence ?? $0.verdict.rawValue }
        return StoredRun(results: results, history: history)
    }

    /// Strings that have broken other pages.
    static let hostile = [
        "</script><script>alert(1)</script>", "\"'&<>", "]]>", "<!--", "\u{0}\u{1f}\u{7f}",
        "🏞️ é \u{202e}", String(repeating: "long ", count: 2_000),
    ]

    @Test(arguments: hostile)
    func `what comes from a run cannot become markup`(text: String) throws {
        var run = StoredRun.sample(operations: 50)
        run.results.plan = text
        run.results.rerun = text
        run.results.reasons = [text]
        run.results.versions = [text: text]
        run.results.faults[0].checks = [.init(text, true, text)]
        run.results.findings = [Finding(.panic, node: nil, detail: text)]
        run.results.counts[text] = .init()
        run.results.keys[0].key = text
        run.results.loadBegan = 0
        run.logs = ["n1": [NodeLog(file: text, text: "1970-01-01T00:00:01Z " + text)]]
        run.results.groupFindings()
        run.plan = text
        let html = Page(run).html
        let script = html.ranges(of: "<script")
        #expect(script.count == 2, "the page's own two")
        #expect(html.ranges(of: "</script>").count == 2)
        #expect(!html.contains("<!--"))
        #expect(!html.unicodeScalars.contains { $0.value < 9 || $0.value == 0x7f })
        for plot in Page(run).plots { #expect(!plot.svg.contains("<script")) }
    }

    @Test(arguments: hostile.filter { !$0.unicodeScalars.contains { $0.value < 32 } })
    func `values of a history cannot become markup`(text: String) throws {
        let value = "\"" + text.replacing("\"", with: "\\\"") + "\""
        let run = try Self.run(
            """
            {:process 0 :type :invoke :f :write :value 1}
            {:process 0 :type :ok :f :write :value 1}
            {:process 1 :type :invoke :f :read :value nil}
            {:process 1 :type :ok :f :read :value \(value)}
            """)
        #expect(run.results.verdict == .invalid)
        let html = Page(run).html
        #expect(html.ranges(of: "</script>").count == 2)
        #expect(!html.contains("<!--"))
        #expect(html.utf8.count < 200_000)
    }

    @Test func `a contradiction is drawn and told`() throws {
        let html = Page(try Self.run(Self.stale)).html
        #expect(html.contains("class=\"bar culprit\""))
        #expect(html.contains("class=\"bar missed\""))
        #expect(html.contains("read of value 1 at 0.0030 s: stale"))
        #expect(
            html.contains(
                "client 1 read value 1 at 0.0030 s, though a write of value 2 by client 0 had been"
            ))
        #expect(html.contains("holds 2"))
        let addresses = html.ranges(of: "http").map { html[$0.lowerBound...].prefix(26) }
        #expect(Set(addresses) == ["http://www.w3.org/2000/svg"], "a page needs no network")
        #expect(!html.contains("src="))
        let links = html.matches(of: /href="([^"]*)"/).map { String($0.1) }
        #expect(links.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("contradictions/") })
    }

    @Test func `a history's page shows no more violations in full than a reader looks at`() throws {
        var lines: [String] = []
        for key in 0..<2_000 {
            for (kind, value) in [("invoke", "nil"), ("ok", "7")] {
                lines.append("{:process 0 :type :\(kind) :f :read :value [\(key) \(value)]}")
            }
        }
        let history = try History(text: lines.joined(separator: "\n")).keyed(.independent)
        let run = CheckedHistory(history, try Checker().check(history), name: "h", rerun: "r").run
        #expect(run.contradictions.count == HistoryExcerpt.mostDrawn)
        let html = Page(run).html
        #expect(html.contains("Invalid: 2000 of 2000 keys have a read of what nobody wrote"))
        #expect(html.utf8.count < 1_000_000)
    }

    @Test func `a page is bounded however much happened to the cluster`() {
        var run = StoredRun.sample(operations: 1_000)
        let fault = run.results.faults[0]
        run.results.timings.load = 86_400
        run.results.faults = (0..<20_000).map { number in
            var copy = fault
            copy.number = number
            (copy.start, copy.end) = (Double(number) * 4, Double(number) * 4 + 2)
            return copy
        }
        run.results.observations = (0..<100_000).map { number in
            NodeObservation(
                node: NodeName(number: number % 5 + 1), time: Double(number) * 0.8, process: .up,
                role: number / 5 % 3 == 0 ? .leader : nil, term: number)
        }
        #expect(Page(run).html.utf8.count < 5_000_000)
    }

    @Test func `a page is no larger for a longer run`() {
        let html = Page(StoredRun.sample(operations: 200_000)).html
        #expect(html.utf8.count < 1_000_000)
    }

    @Test(arguments: ["rate", "latency", "timeline"])
    func `drawings of a small run are as they were`(name: String) throws {
        let plots = Page(StoredRun.sample(operations: 40)).plots
        let svg = try #require(plots.first { $0.name == name }).svg
        try expectGolden(svg, "\(name).svg")
    }

    @Test func `the drawing of a contradiction is as it was`() throws {
        let html = Page(try Self.run(Self.stale)).html
        let start = try #require(html.firstRange(of: "<svg class=\"space-time\""))
        let end = try #require(html[start.lowerBound...].firstRange(of: "</svg>"))
        try expectGolden(String(html[start.lowerBound..<end.upperBound]) + "\n", "stale.svg")
    }

    /// Compares with a file beside the tests; `REWRITE=1` writes it anew.
    private func expectGolden(_ text: String, _ name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Golden/\(name)")
        if ProcessInfo.processInfo.environment["REWRITE"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "REWRITE=1 accepts it")
    }

    @Test(arguments: [
        ("rate", ["ok", "partition lasts"], ["node up", "leads", "down", "median latency"]),
        ("latency", ["ok", "median latency", "partition lasts"], ["node up", "leads", "down"]),
        ("timeline", ["ok", "node up", "leads", "down"], ["median latency", "99th percentile"]),
    ])
    func `a drawing in a file of its own explains what it shows, and nothing else`(
        name: String, present: [String], absent: [String]
    ) throws {
        let run = StoredRun.sample(operations: 500)
        try #require(run.results.faults.contains { $0.family == "partition" })
        let svg = try #require(Page(run).plots.first { $0.name == name }).svg
        for words in present { #expect(svg.contains(">\(words)</text>"), "\(words)") }
        for words in absent { #expect(!svg.contains(">\(words)</text>"), "\(words)") }
    }

    @Test func `a node that lags is shown so, and the legend says what that is`() throws {
        var run = StoredRun.sample(operations: 100)
        let html = Page(run).html
        #expect(html.contains("n4 had not applied what some node had half a second before"))
        #expect(html.contains("lags: half a second or more behind what some node had"))
        for place in run.results.observations?.indices ?? 0..<0 {
            run.results.observations?[place].lags = nil
        }
        #expect(!Page(run).html.contains("half a second"))
    }

    @Test func `an older run without observations is rendered`() throws {
        var run = StoredRun.sample(operations: 100)
        run.results.observations = nil
        run.results.loadBegan = nil
        #expect(Page(run).html.contains("Where and when"))
    }

    @Test func `a renderer that fails is text on the page, and nothing else`() async throws {
        let base = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: base) }
        let folder = try RunFolder(results: base, plan: "p", started: "s")
        try folder.write(StoredRun.sample(operations: 10).results)
        let trouble = await ReportProcess(program: Program(path: "/bin/false")).render(folder)
        #expect(trouble?.contains("could not be rendered") == true)
        let page = try String(contentsOfFile: folder.page, encoding: .utf8)
        #expect(page.contains("could not be rendered: `/bin/false report"))
        #expect(try folder.readResults().verdict == .valid)
    }

    @Test func `a run is rendered again from its folder, and a newer format is refused`() throws {
        let base = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: base) }
        let folder = try RunFolder(results: base, plan: "p", started: "s")
        var results = StoredRun.sample(operations: 10).results
        try folder.write(results)
        // Without a history the page says what it lacks, and the verdict stays.
        #expect(try ReportWriter(folder).rewrite().verdict == .valid)
        let page = try String(contentsOfFile: folder.page, encoding: .utf8)
        #expect(page.contains("What this page lacks"))
        #expect(page.contains("Valid: linearizable"))
        // The excerpt is all that a page needs.
        try folder.write(StoredRun.sample(operations: 10).excerpt)
        try ReportWriter(folder).rewrite()
        let whole = try String(contentsOfFile: folder.page, encoding: .utf8)
        #expect(!whole.contains("What this page lacks"))
        #expect(FileManager.default.fileExists(atPath: folder.plot("timeline")))
        results.format = RunResults.formatVersion + 1
        try folder.write(results)
        let error = #expect(throws: StoreError.self) { try ReportWriter(folder).rewrite() }
        #expect(error?.description.contains("use a newer whitewater") == true)
    }
}
