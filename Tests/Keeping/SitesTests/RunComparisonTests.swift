import Reports
import Results
import SampleRuns
import Testing

@testable import Sites

@Suite struct `Two runs side by side` {
    private func side(
        _ name: String, plan: String? = "name: sample\nnodes: 5\nseed: 1\n", page: String? = nil,
        _ change: (inout RunResults) -> Void = { _ in }
    ) -> RunComparison.Side {
        var results = StoredRun.sample(operations: 300).results
        change(&results)
        return RunComparison.Side(name: name, results: results, plan: plan, page: page)
    }

    private func fact(_ name: String, of comparison: RunComparison, in group: String) throws
        -> RunComparison.Fact
    {
        let group = try #require(comparison.groups.first { $0.title == group })
        return try #require(group.facts.first { $0.name == name }, "\(group.facts.map(\.name))")
    }

    @Test func `a run and itself differ in nothing`() {
        let comparison = RunComparison(side("a"), side("a"))
        #expect(comparison.caveats == ["Both ran the same plan with the same seed."])
        #expect(comparison.groups.flatMap(\.facts).allSatisfy { !$0.isDifferent })
        #expect(comparison.planLines == [])
    }

    @Test func `verdict, failures, operations, faults, outages and versions stand side by side`()
        throws
    {
        let broken = side("b") { results in
            results.verdict = .invalid
            results.versions["system"] = "v2"
            results.findings = [Finding(.panic, node: nil, detail: "log has no 17")]
            results.counts["read"]?.ok = 7
            results.faults.removeLast(6)
        }
        let comparison = RunComparison(side("a"), broken)
        let verdict = try fact("verdict", of: comparison, in: "The runs")
        #expect([verdict.left, verdict.right] == ["valid", "invalid"])
        let version = try fact("version of system", of: comparison, in: "The runs")
        #expect([version.left, version.right] == ["unknown", "v2"])
        let failed = try #require(comparison.groups.first { $0.title == "What failed" }?.facts)
        #expect(failed.map(\.left) == ["not seen"])
        #expect(failed.map(\.right) == ["1: log has no 17"])
        #expect(try fact("all", of: comparison, in: "Operations").right.hasPrefix("7 ok, "))
        let faults = try fact("all", of: comparison, in: "Faults")
        #expect(faults.left.hasPrefix("7 of 8 took effect; longest outage "))
        #expect(faults.right.hasPrefix("2 of 2 took effect; longest outage "))
        #expect(faults.right.contains("slowest recovery"))
        #expect(try fact("latency", of: comparison, in: "Operations").left.hasPrefix("median "))
        #expect(try fact("outages", of: comparison, in: "Operations").left != "unknown")
        #expect(comparison.lines.contains { $0.hasPrefix("* verdict") })
    }

    @Test func `what differs in plan and seed is said`() throws {
        let other = side("b", plan: "name: sample\nnodes: 3\nseed: 2\n") { $0.seed = 2 }
        let comparison = RunComparison(side("a"), other)
        #expect(comparison.caveats.contains("The seeds differ: 1 and 2."))
        #expect(comparison.caveats.contains("The plans as they were run differ in 2 lines."))
        let lines = try #require(comparison.planLines)
        #expect(lines.map(\.text) == ["nodes: 5", "nodes: 3"])
        #expect(lines.map(\.isLeft) == [true, false])
        let without = RunComparison(side("a", plan: nil), side("b") { $0.plan = "other" })
        #expect(without.caveats.contains("The plans differ: sample and other."))
        #expect(without.caveats.contains { $0.hasSuffix("there is no plan.yaml of a.") })
    }

    @Test func `a run that kept no digest knows nothing of latency and outages`() throws {
        let comparison = RunComparison(side("a"), side("b") { $0.digest = nil })
        for name in ["latency", "outages"] {
            #expect(try fact(name, of: comparison, in: "Operations").right == "unknown")
        }
    }

    @Test func `axe-core finds nothing on the page, at two widths, light and dark`() throws {
        let other = side("q/2", plan: "name: <b>q</b>\n", page: "q/2/index.html") { results in
            results.seed = 2
            results.reasons = ["<b>undecided</b>"]
        }
        let html = RunComparison(side("sample/1", page: "sample/1/index.html"), other).page
        #expect(html.contains("href=\"../q/2/index.html\""))
        #expect(!html.contains("<b>"), "texts of a run are escaped")
        let browser = Browser()
        let file = try browser.write(html, named: "site-runs")
        #expect(try browser.pictures(of: file, height: 900).allSatisfy { $0 > 2_000 })
        guard Browser.hasRules else { return }
        for scheme in Browser.Scheme.allCases {
            #expect(try browser.brokenRules(of: html, named: "runs", scheme: scheme) == [])
        }
    }
}
