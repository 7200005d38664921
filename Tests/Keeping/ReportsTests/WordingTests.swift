import Checkers
import Faults
import Histories
import Reports
import Results
import SampleRuns
import Testing
import Topologies

/// What a page says on its first screen to a reader who knows nothing of the run.
@Suite struct `The first screen` {
    /// What stands in the page's header, as text.
    private func header(of run: StoredRun) throws -> String {
        let html = Page(run).html
        let header = try #require(html.firstMatch(of: /(?s)<header.*?<\/header>/)).output
        return String(header).replacing(/<[^>]*>/, with: " ").replacing(/\s+/, with: " ")
    }

    /// A run in which a check found a lease lost on a node that was cut off.
    private var lost: StoredRun {
        var run = StoredRun.sample(operations: 200)
        run.results.faults = [FaultRecord(number: 1, kind: "isolate-leader", family: "partition")]
        run.results.faults[0].nodes = [NodeName(number: 3)]
        (run.results.faults[0].start, run.results.faults[0].end) = (2, 4)
        run.results.verdict = .invalid
        run.results.keys = []
        run.results.findings = [
            Finding(
                .check, node: NodeName(number: 3),
                detail: "lease 77 was gone when client 8 renewed it", time: 4.5, aspect: "leases")
        ]
        run.results.groupFindings()
        return run
    }

    @Test func `a finding without a contradiction names node, time, fault and what it did`() throws
    {
        let header = try header(of: lost)
        #expect(header.contains("Invalid: a lease lost too early, on n3"))
        #expect(header.contains("on a node that had been cut off until 0.50 s before (n3)"))
        #expect(header.contains("Lease lost too early: lease 77 was gone when client 8 renewed it"))
        #expect(
            header.contains(
                "n3 had been cut off from 2.00 to 4.00 s (fault 1, &quot;isolate-leader&quot;: cut the leader "
                    + "from all others) and was healed 0.50 s before"), "\(header)")
    }

    @Test func `a finding is a mark in its node's lane, and the legend says so`() throws {
        let html = Page(lost).html
        #expect(html.contains("<a class=\"mark found\" href=\"#f1\""))
        #expect(html.contains("</svg>lease lost too early</span>"))
        #expect(html.contains("id=\"findings\""))
        #expect(!Page(StoredRun.sample(operations: 200)).html.contains("class=\"mark found\""))
    }

    @Test func `several findings are counted, those that are not told among them`() throws {
        var run = lost
        var rest = Finding(.check, node: nil, detail: "4 more like these", aspect: "leases")
        rest.others = 4
        run.results.findings.append(rest)
        run.results.groupFindings()
        let header = try header(of: run)
        #expect(header.contains("Invalid: 5 leases lost too early"))
    }

    @Test func `hollow marks are explained with full ones, and the names of faults`() throws {
        var run = try Pages.run(Pages.stale)
        run.results.nodes = [NodeName(number: 1)]
        run.results.faults = lost.results.faults
        let html = Page(run).html
        #expect(html.contains("violation (stale read), less than 0.1 s behind</span>"))
        #expect(!html.contains("behind or more</span>"), "there is none")
        #expect(html.contains("<b>isolate-leader</b> cut the leader from all others</span>"))
    }

    @Test func `a failed cas is refused, and the page says why`() throws {
        let run = try Pages.run(
            """
            {:process 0 :type :invoke :f :cas :value [1 2] :time 0}
            {:process 0 :type :fail :f :cas :value [1 2] :error :mismatch :time 1000000}
            """)
        var counted = run
        counted.results.counts = run.results.digest?.counts ?? [:]
        let header = try header(of: counted)
        #expect(header.contains("1 cas refused (another value was there)"), "\(header)")
        #expect(!Page(counted).html.contains("compared"))
    }

    @Test func `the guarantee is named, and a plan that expects to be found guilty`() throws {
        var run = try Pages.run(Pages.stale)
        run.plan = "system:\n  name: maelstrom\n  guilty: true\n"
        let header = try header(of: run)
        #expect(
            header.contains(
                "judged for linearizability, each key one cas-register (read, write and "
                    + "compare-and-set)"))
        #expect(header.contains("Expected: this plan"))
    }

    @Test func `a program's version is told without the file that it is of`() throws {
        var run = try Pages.run(Pages.stale)
        run.results.versions["system"] = "etcd Version: 3.4.23 (.tools/usr/bin/etcd)"
        #expect(try header(of: run).contains("p · etcd 3.4.23 ·"))
        #expect(Page(run).html.contains("3.4.23 (.tools/usr/bin/etcd)"))
    }

    @Test func `a run that was never set up claims no working node and draws none`() throws {
        var run = StoredRun.sample(operations: 0)
        run.results.verdict = .failed
        run.results.ending = .notSetUp
        run.results.reasons = ["the run could not be set up: no such program"]
        let header = try header(of: run)
        #expect(header.contains("No load began: nothing was tested."))
        #expect(!header.contains("served again"))
        let html = Page(run).html
        #expect(!html.contains("svg class=\"timeline\"") && !html.contains("Latencies"))
        #expect(!html.contains("<li></li>") && !html.contains("model: <"))
    }

    @Test func `violations that no node answered are marks on the time axis as well`() throws {
        let history = try History(text: Pages.stale)
        let html = Page(
            CheckedHistory(history, try Checker().check(history), name: "h.edn", rerun: "r").run
        ).html
        #expect(html.contains("class=\"mark slight\""))
        #expect(html.contains(">violations</text>"))
        #expect(html.contains("violation (stale read), less than 0.1 s behind</span>"))
    }

    @Test func `nobody is called a process`() throws {
        let html = Page(try Pages.run(Pages.stale)).html
        let text = html.replacing(/(?s)<(style|script).*?<\/(style|script)>/, with: "")
        #expect(!text.contains("process"))
        #expect(text.contains("client 1"))
    }
}
