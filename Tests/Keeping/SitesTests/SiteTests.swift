import Archive
import Faults
import Foundation
import Reports
import Results
import SampleRuns
import Testing

@testable import Sites

@Suite struct `Pages over many runs` {
    private static let stale = Signature(.violation, "stale read", "healed before")
    private static let panic = Signature(.node, "panic", "index out of range")

    private func run(
        _ number: Int, night: Int, cell: String = "p", seed: UInt64? = nil,
        failures: [Signature] = [], canary: Bool = false, commit: String? = nil
    ) -> RunRow {
        let folder = "campaigns/n/\(night)/runs/\(number)"
        var row = RunRow(
            folder: folder, seed: seed ?? UInt64(number),
            verdict: failures.isEmpty ? .valid : .invalid)
        row.campaign = "campaigns/n/2026112\(night)"
        (row.number, row.cell, row.plan, row.version) = (number, cell, cell, "v1")
        row.started = "2026112\(night)T1000\(10 + number % 50).000Z"
        row.seconds = 30
        row.expectsViolation = canary
        row.commit = commit
        row.failures = failures.map { .init($0, count: 1, example: "<b>process 4</b>") }
        row.faults = [.init(kind: "halves", tried: 4, bit: 3, slowestRecovery: 1)]
        return row
    }

    @Test func `a failure is new once, then seen before, then gone`() {
        let nights = Night.all(
            in: [
                run(1, night: 1), run(2, night: 2, failures: [Self.stale]),
                run(3, night: 3, failures: [Self.stale, Self.panic]), run(4, night: 4),
            ])
        let changes = nights.indices.map { NightChange(nights[$0], after: Array(nights[..<$0])) }
        #expect(changes.map(\.new) == [[], [Self.stale], [Self.panic], []])
        #expect(changes.map(\.ongoing) == [[], [], [Self.stale], []])
        #expect(changes.map(\.gone) == [[], [], [], [Self.stale, Self.panic].sorted()])
    }

    @Test func `a canary that is not found turns the morning red`() {
        let alive = Site([run(1, night: 1, cell: "c", failures: [Self.stale], canary: true)])
        #expect(alive.pages["index.html"]?.contains("Nothing unexpected found in 1 runs") == true)
        let dead = Site([run(1, night: 1, cell: "c", canary: true), run(2, night: 1)])
        #expect(dead.pages["index.html"]?.contains("A canary is dead") == true)
    }

    @Test func `a plan that was refused is told, and no rate counts it`() {
        var refused = run(1, night: 1, cell: "disks")
        refused.verdict = .refused
        let words = Signature(.harness, "refused", "no /dev/fuse")
        refused.failures = [.init(words, count: 1, example: "no /dev/fuse")]
        let runs = [refused, run(2, night: 1), run(3, night: 1, failures: [Self.stale])]
        #expect(
            Night(name: "n", runs: runs).seen[Self.stale]?.description.hasPrefix("1 of 2") == true)
        let page = Site(Array(runs.prefix(2))).pages["index.html"] ?? ""
        #expect(page.contains("Nothing found, but of 2 plans 1 could not be run"))
        #expect(page.contains("runs/1/output.txt"), "it has no page")
        #expect(!page.contains("runs/1/index.html"))
    }

    @Test func `a night with runs that could not say is not called green`() {
        var open = run(1, night: 1)
        open.verdict = .inconclusive
        let page = Site([open, run(2, night: 1)]).pages["index.html"] ?? ""
        #expect(page.contains("Nothing found, but 1 of 2 runs could not say"))
        #expect(page.contains("<header class=\"inconclusive\">"))
    }

    @Test func `what is seen only beside something else is folded away`() {
        var one = run(1, night: 1, failures: [Self.stale, Self.panic])
        one.failures[0].first = 2
        one.failures[1].first = 1
        let page = Site([one]).pages["index.html"] ?? ""
        #expect(page.contains("1 more, seen only beside others in the same runs"))
    }

    @Test func `what canaries show is not counted against the system, unless others show it too`() {
        let canary = run(1, night: 1, cell: "c", failures: [Self.stale], canary: true)
        #expect(Night(name: "n", runs: [canary]).expected == [Self.stale])
        let other = run(2, night: 1, failures: [Self.stale])
        #expect(Night(name: "n", runs: [canary, other]).expected == [])
    }

    @Test func `every link of every page leads to a page or to a run's folder`() throws {
        let site = Site([
            run(1, night: 1, failures: [Self.stale]), run(2, night: 1, failures: [Self.panic]),
        ])
        for (path, html) in site.pages {
            for match in html.matches(of: /href="([^"]+)"/) {
                var parts = path.split(separator: "/").dropLast().map(String.init)
                for part in match.1.split(separator: "/") {
                    if part == ".." { parts.removeLast() } else { parts.append(String(part)) }
                }
                let target = parts.joined(separator: "/")
                #expect(
                    site.pages[target] != nil || target.hasPrefix("campaigns/n/"),
                    "\(path) links to \(target)")
            }
            #expect(!html.contains("<b>process"), "texts of a run are escaped")
        }
    }

    @Test func `a comparison pairs runs by plan and seed`() {
        let comparison = Comparison(
            (1...20).map { run($0, night: 1, failures: $0 <= 15 ? [Self.stale] : []) },
            named: "1.0", (6...25).map { run($0, night: 2) }, named: "1.1")
        #expect(comparison.pairs.count == 15)
        #expect(comparison.alone == (5, 5))
        #expect(comparison.found.0.hits == 10 && comparison.found.1.hits == 0)
        #expect(comparison.page.contains("more than chance"))
    }

    @Test func `cells of one plan with other options are never paired, and other programs are`() {
        func runs(_ night: Int, _ program: String) -> [RunRow] {
            ["nodes=3", "nodes=5"].map { options in
                var row = run(1, night: night, cell: "etcd/lag \(program) \(options)")
                row.plan = "etcd-lag"
                return row
            }
        }
        let comparison = Comparison(
            runs(1, "binary=/opt/old etcd"), named: "1.0", runs(2, "binary=/opt/new"), named: "1.1")
        #expect(comparison.pairs.map { $0.0.options } == [["nodes=3"], ["nodes=5"]])
        #expect(comparison.pairs.allSatisfy { $0.0.options == $0.1.options })
        #expect(comparison.alone == (0, 0))
        #expect(comparison.page.contains("etcd-lag nodes=5"))
    }

    @Test func `the overviews link to the comparisons that there are`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "whitewater-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(Site.comparisons(below: folder.path) == [])
        let compare = folder.appending(path: "compare")
        try FileManager.default.createDirectory(at: compare, withIntermediateDirectories: true)
        for name in ["3.4-3.5.html", "notes.txt"] {
            try Data().write(to: compare.appending(path: name))
        }
        let links = Site.comparisons(below: folder.path)
        #expect(links == ["compare/3.4-3.5.html"])
        for rows in [[], [run(1, night: 1)]] {
            let site = Site(rows)
            for (path, html) in site.linking(to: links).overviews {
                #expect(html.contains("<a href=\"compare/3.4-3.5.html\">3.4-3.5</a>"))
                #expect(site.pages[path]?.contains("compare/") == false)
            }
        }
    }

    @Test func `a commit is named where it changed`() {
        let trends =
            Site([
                run(1, night: 1, commit: "a1"), run(2, night: 2, commit: "0123456789abcdef"),
                run(3, night: 3),
            ]).pages["trends.html"] ?? ""
        #expect(trends.contains("<title>commit 0123456789abcdef</title>"))
        #expect(trends.contains(">0123456789</text>"))
        #expect(trends.contains("<title>commit unknown</title>"))
        #expect(!trends.contains("<title>commit a1</title>"), "nothing changed before it")
    }

    @Test func `outages by kind of fault come from the run's digest, and a dash where it has none`()
        throws
    {
        var results = StoredRun.sample(operations: 300).results
        let kind = try #require(results.faults.first).kind
        results.faults = [results.faults[0], results.faults[1]]
        results.faults[1].kind = kind
        results.digest?.availability[0].longestOutage = 1.25
        results.digest?.availability[1].longestOutage = 7.75
        let known = RunRow(results, folder: "p/1")
        #expect(known.faults.map(\.longestOutage) == [7.75])
        results.digest = nil
        let unknown = RunRow(results, folder: "p/1")
        #expect(unknown.faults.map(\.longestOutage) == [nil])
        for (row, words) in [(known, "7.75 s"), (unknown, "-")] {
            var row = row
            row.campaign = "campaigns/n/1"
            let trends = Site([row]).pages["trends.html"] ?? ""
            #expect(trends.contains("Longest outage"))
            #expect(trends.contains("<td class=\"number\">\(words)</td>"))
            #expect(trends.contains("7.75 s") == (words == "7.75 s"))
        }
    }

    @Test func `a failure's page says when it was seen first and last in each version and commit`()
        throws
    {
        func seen(_ number: Int, _ night: Int, _ version: String, _ commit: String?) -> RunRow {
            var row = run(number, night: night, failures: [Self.stale], commit: commit)
            row.version = version
            return row
        }
        let page = try #require(
            Site([
                seen(1, 1, "v1", "a1"), seen(2, 2, "v1", "a1"), seen(3, 3, "v1", "b2"),
                seen(4, 4, "v2", "b2"), seen(5, 5, "v2", "b2"), seen(6, 6, "v1", nil),
            ]).pages["signatures/\(Self.stale.slug).html"])
        for (version, commit, first, last, count) in [
            ("v1", "a1", "20261121T100011.000Z", "20261122T100012.000Z", 2),
            ("v1", "b2", "20261123T100013.000Z", "20261123T100013.000Z", 1),
            ("v2", "b2", "20261124T100014.000Z", "20261125T100015.000Z", 2),
            ("v1", "-", "20261126T100016.000Z", "20261126T100016.000Z", 1),
        ] {
            #expect(
                page.contains(
                    """
                    <tr><td>\(version)</td>
                    <td>\(commit)</td><td>\(first)</td><td>\(last)</td>
                    <td class="number">\(count)</td></tr>
                    """), "\(version) \(commit)")
        }
    }

    /// Two campaigns of one day, of which the earlier one found something.
    private var twoOfOneNight: [RunRow] {
        var second = run(9, night: 2)
        second.campaign = "campaigns/m/20261122"
        return [run(1, night: 1), run(2, night: 2, failures: [Self.stale]), second]
    }

    @Test func `the morning shows every campaign of the newest day, and is as bad as the worst`()
        throws
    {
        let page = try #require(Site(twoOfOneNight).pages["index.html"])
        let good = try #require(page.range(of: "<h1>Nothing found in 1 runs"))
        let bad = try #require(page.range(of: "<h1>1 of 1 runs found something, 1 of it new"))
        #expect(good.lowerBound < bad.lowerBound, "the latest campaign comes first")
        #expect(page.contains("<title>1 of 1 runs found something, 1 of it new: n</title>"))
        #expect(page.split(separator: "<h1>").count == 3, "the day before has a row alone")
    }

    @Test func `each campaign of the table has a page of its own`() throws {
        let site = Site(twoOfOneNight)
        let morning = try #require(site.pages["index.html"])
        for name in ["n-20261121", "n-20261122", "m-20261122"] {
            #expect(morning.contains("<a href=\"nights/\(name).html\">"))
            let page = try #require(site.pages["nights/\(name).html"])
            #expect(page.split(separator: "<h1>").count == 2)
            #expect(page.contains("href=\"../campaigns/n/"))
        }
        #expect(
            site.pages["nights/n-20261122.html"]?
                .contains("href=\"../signatures/\(Self.stale.slug).html\"") == true)
    }

    @Test func `a campaign whose runs never began has its place by its folder's time`() {
        var lost = run(1, night: 1)
        lost.started = ""
        let nights = Night.all(in: [run(2, night: 2), lost])
        #expect(nights.map(\.day) == ["20261121", "20261122"])
    }

    @Test func `runs per hour are counted over the wall's time`() throws {
        let night = Night(name: "n", runs: [run(0, night: 1), run(30, night: 1)])
        // Ten seconds past the minute, and forty; thirty seconds each.
        #expect(try #require(night.runsPerHour) == 120)
    }

    /// Every kind of page of a site that has everything to show.
    private var pages: [String: String] {
        let canary = run(4, night: 2, cell: "canary", failures: [Self.stale], canary: true)
        let rows = [
            run(1, night: 1, commit: "a1"), run(2, night: 1, failures: [Self.panic]),
            run(3, night: 2, failures: [Self.stale], commit: "b2"), canary,
        ]
        let site = Site(rows)
        var pages = [
            "morning": site.pages["index.html"] ?? "", "trends": site.pages["trends.html"] ?? "",
            "nothing": Site([]).pages["index.html"] ?? "",
            "comparison": Comparison(
                [rows[0], rows[1]], named: "1.0", [rows[2], rows[0]], named: "1.1"
            ).page,
        ]
        pages["night"] = site.nightPages.first { $0.value.contains("<h2>New tonight") }?.value
        pages["two-campaigns"] = Site(twoOfOneNight).pages["index.html"]
        pages["signature"] = site.pages["signatures/\(Self.stale.slug).html"]
        return pages
    }

    @Test(arguments: [
        "morning", "trends", "nothing", "comparison", "signature", "night", "two-campaigns",
    ])
    func `axe-core finds nothing on a page of the site, at two widths, light and dark`(
        name: String
    ) throws {
        let browser = Browser()
        let html = try #require(pages[name])
        let file = try browser.write(html, named: "site-" + name)
        #expect(try browser.pictures(of: file, height: 900).allSatisfy { $0 > 2_000 })
        guard Browser.hasRules else { return }
        for scheme in Browser.Scheme.allCases {
            #expect(try browser.brokenRules(of: html, named: name, scheme: scheme) == [])
        }
    }
}
