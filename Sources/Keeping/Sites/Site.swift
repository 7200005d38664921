public import Archive
package import Reports

/// The pages over all runs of an archive, each a text by its path below the results folder.
///
/// Pure: the same rows give the same pages. They link only to each other and to the run folders,
/// so that the folder can be copied, served, or opened from the disk.
public struct Site: Sendable {
    /// More runs than this are counted, not drawn, in a strip.
    static let longestStrip = 400

    /// What is compared: a plan, as a campaign varies it, against one version.
    struct Subject: Hashable, Comparable {
        let cell: String
        let version: String

        init(_ row: RunRow) { (cell, version) = (row.cell, row.version) }

        static func < (left: Subject, right: Subject) -> Bool {
            (left.cell, left.version) < (right.cell, right.version)
        }
    }

    let nights: [Night]
    let rows: [RunRow]
    /// Runs by what failed in them.
    let failing: [Signature: [RunRow]]
    /// How many runs each subject had; what was refused was never run.
    let subjects: [(Subject, runs: Int)]
    /// Pages of comparisons that the overviews link to, by their paths.
    var comparisons: [String] = []

    /// The site of all rows of an archive.
    public init(_ rows: [RunRow]) {
        self.rows = rows
        nights = Night.all(in: rows)
        var failing: [Signature: [RunRow]] = [:]
        var subjects: [Subject: Int] = [:]
        for row in rows {
            for failure in row.failures { failing[failure.signature, default: []].append(row) }
            if row.verdict != .refused { subjects[Subject(row), default: 0] += 1 }
        }
        self.failing = failing
        self.subjects = subjects.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Every page by its path.
    public var pages: [String: String] {
        var pages = overviews.merging(nightPages) { overview, _ in overview }
        for signature in failing.keys {
            pages["signatures/\(signature.slug).html"] = page(of: signature)
        }
        return pages
    }

    /// A whole page; `depth` is how many folders it lies below the results folder.
    package static func page(_ title: String, depth: Int = 0, _ body: Markup) -> String {
        let up = String(repeating: "../", count: depth)
        let markup: Markup = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <title>\(title)</title>
            <style>\(Markup(raw: PageStyle.page))\(Markup(raw: SiteStyle.text))</style></head>
            <body><main><nav><a href="\(up)index.html">Morning</a>
            <a href="\(up)trends.html">Trends</a></nav>
            \(body)</main></body></html>

            """
        return markup.description
    }

    /// One square a run, that leads to its page.
    static func strip(_ runs: [RunRow], depth: Int = 0) -> Markup {
        let up = String(repeating: "../", count: depth)
        let shown = runs.suffix(longestStrip)
        let squares = shown.map { run -> Markup in
            let word = run.verdict.rawValue
            let label =
                "\(word), seed \(run.seed)" + (run.expectsViolation ? ", must be found guilty" : "")
            let mark = run.isAsExpected ? "" : " odd"
            return """
                <a class="run \(word)\(mark)" href="\(up)\(run.page)" \
                title="\(label)"></a>
                """
        }
        let rest = runs.count - shown.count
        let more: Markup = rest > 0 ? "<span class=\"quiet\">\(rest) earlier</span>" : ""
        return "<span class=\"strip\">\(more)\(squares.joined())</span>"
    }

    static func link(_ signature: Signature, depth: Int = 0) -> Markup {
        let up = String(repeating: "../", count: depth)
        return """
            <a href="\(up)signatures/\(signature.slug).html">\
            \(signature.system.isEmpty ? "" : signature.system + ": ")\(signature.words)</a>
            """
    }
}

extension RunRow {
    /// The run's page below the results folder; of one that left none, what it wrote.
    var page: String {
        let leftNone = failures.contains {
            $0.signature.series == .harness
                && ["no results", "refused"].contains($0.signature.anomaly)
        }
        return folder + (leftNone ? "/output.txt" : "/index.html")
    }
}

/// What the site's pages add to the style of a run's page.
enum SiteStyle {
    static let text = """
        nav{display:flex;gap:18px;margin:0 0 14px}
        .strip{display:flex;flex-wrap:wrap;gap:3px;align-items:center}
        a.run{display:inline-block;width:14px;height:14px;border-radius:3px;background:var(--up);\
        border:1px solid var(--ok)}
        a.run.invalid{background:var(--bad);border-color:var(--bad);border-radius:50%}
        a.run.failed{background:repeating-linear-gradient(45deg,var(--soft) 0 2px,\
        var(--card) 2px 5px);border-color:var(--soft)}
        a.run.refused{background:none;border:1px solid var(--soft);border-radius:0;height:5px}
        a.run.undecided,a.run.inconclusive{background:var(--card);border:2px dashed var(--fail)}
        a.run.odd{outline:2px solid var(--ink);outline-offset:1px}
        .key{display:inline-flex;gap:6px;align-items:center;margin-right:16px}
        td.number,th.number{text-align:right}
        .red{color:var(--bad);font-weight:600}
        svg.trend{display:block;width:100%;max-width:620px;height:auto}
        svg.trend text{fill:var(--soft);font:12px system-ui,sans-serif}
        """
}
