internal import Faults
internal import Histories
internal import Stores

/// A run as one page that needs no network and no server; a script of its own only adds comfort.
///
/// Verdict first, then where it breaks, then everything over one time axis, then tables. Its size
/// does not grow with the length of the run.
public struct Page: Sendable {
    private static let mostReasons = 4

    let run: StoredRun
    private let timeline: Timeline

    /// The page of a run.
    public init(_ run: StoredRun) {
        self.run = run
        timeline = Timeline(run)
    }

    /// The whole page.
    public var html: String {
        let sections = [
            verdict, troubles, ContradictionSection(run).html, findings, rapids,
            FaultSection(run).html, OperationSection(run).html, LogSection(run).html, plan,
        ]
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(Markup(escaping: run.results.plan)): \(run.results.verdict.rawValue)</title>
            <style>\(PageStyle.page)\(PageStyle.drawing)</style></head><body><main>
            \(sections.joined())
            </main><div id="tip" role="status" aria-live="polite" hidden></div>
            <script type="application/json" id="parts">\(partsJSON)</script>
            <script>\(PageScript.text)</script>
            </body></html>

            """
    }

    /// Drawings for files of their own, by name.
    public var plots: [(name: String, svg: String)] {
        [
            ("rate", Rapids.Rows.rate), ("latency", .latency), ("timeline", [.rate, .nodes]),
        ].map { name, rows in
            let drawing = Rapids(run, timeline, rows: rows).svg.description
            let style = "<style>\(PageStyle.colours(of: "svg"))\(PageStyle.drawing)</style>"
            let opening = "<svg xmlns=\"http://www.w3.org/2000/svg\" "
            guard let start = drawing.firstRange(of: "<svg "),
                let end = drawing.firstRange(of: "<defs>")
            else { return (name, drawing) }
            return (
                name,
                opening + drawing[start.upperBound..<end.lowerBound] + style
                    + drawing[end.lowerBound...] + "\n"
            )
        }
    }

    // MARK: Sections

    private var verdict: Markup {
        let results = run.results
        let rest = results.reasons.count - Self.mostReasons
        let more = rest > 0 ? ["and \(rest) more, in results.json"] : []
        let reasons = (results.reasons.prefix(Self.mostReasons) + more)
            .map { "<li>\($0.cut(600))</li>" as Markup }.joined()
        return """
            <header class="\(results.verdict.rawValue)"><p class="quiet">\(results.plan) · \
            \(results.started) · seed \(String(results.seed))</p>
            <h1>\(Self.headline(results))</h1><ul>\(reasons)</ul>
            <p>Run it again: <code>\(results.rerun)</code></p></header>

            """
    }

    private static func headline(_ results: RunResults) -> String {
        let completed = results.counts.values.reduce(0) { $0 + $1.completed }
        let bit = results.faults.filter(\.bit).count
        let tested = "\(completed) operations, \(bit) of \(results.faults.count) faults bit"
        return switch results.verdict {
        case .valid: "Valid: linearizable (\(tested))"
        case .invalid:
            results.keys.contains { $0.verdict == "violation" }
                ? "Invalid: not linearizable (\(tested))" : "Invalid: see the findings (\(tested))"
        case .undecided: "Undecided: the checker met a limit (\(tested))"
        case .inconclusive: "Inconclusive: too little was tested (\(tested))"
        case .failed: "Failed: the harness broke down (\(tested))"
        }
    }

    private var troubles: Markup {
        guard !run.troubles.isEmpty else { return "" }
        let rows = run.troubles.map { "<li>\($0)</li>" as Markup }.joined()
        return "<section><h2>What this page lacks</h2><ul>\(rows)</ul></section>\n"
    }

    private var findings: Markup {
        guard !run.results.findings.isEmpty else { return "" }
        let rows = run.results.findings.prefix(200).map {
            "<tr><td>\($0.node)</td><td>\($0.kind.rawValue)</td><td>\($0.detail.cut(600))</td></tr>"
                as Markup
        }.joined()
        return """
            <section><h2>Findings beside linearizability</h2><div class="wide"><table><thead><tr>\
            <th>node</th><th>what</th><th>seen</th></tr></thead><tbody>\(rows)</tbody></table>\
            </div></section>

            """
    }

    private var rapids: Markup {
        """
        <section><h2>The rapids</h2><p class="legend"><span class="ok">ok</span> \
        <span class="fail">failed</span> <span class="info">unknown</span> · latency: points are \
        operations, lines the median and the 99th percentile · nodes: \
        <span class="lane up">up, with its term</span> <span class="lane silent">silent</span> \
        <span class="lane paused">paused</span> <span class="lane down">down</span> · bands are \
        faults, dashed where one did not bite</p>
        <p class="tools"><button type="button" id="whole" hidden>Show the whole run</button> \
        <span class="quiet" id="hint" hidden>Drag across the drawing to look closer.</span></p>
        <div class="wide" id="field">\(Rapids(run, timeline).svg)</div></section>

        """
    }

    private var plan: Markup {
        let versions = run.results.versions.sorted { $0.key < $1.key }
            .map { "<li>\($0.key): \($0.value)</li>" as Markup }.joined()
        let timings = run.results.timings
        let parts = [
            ("set-up", timings.setUp), ("load", timings.load), ("final reads", timings.ending),
            ("tear-down", timings.tearDown), ("check", timings.check),
        ].map { "<li>\($0.0): \($0.1.fixed(2)) s</li>" as Markup }.joined()
        let yaml: Markup = run.plan.map { "<pre>\($0.cut(20_000))</pre>" } ?? ""
        return """
            <section><h2>What was run</h2><div class="columns"><ul>\(versions)\
            <li>model: \(run.results.model)</li><li>\(run.results.semantics)</li></ul>\
            <ul>\(parts)</ul></div><details><summary>The whole plan, with every default</summary>\
            \(yaml)</details></section>

            """
    }

    /// Parts of time for the script.
    ///
    /// Per part ok, failed, unknown, median and 99th percentile in milliseconds; numbers only, so
    /// that nothing of it can end the script element.
    private var partsJSON: Markup {
        let rows = timeline.parts.map { part in
            let counts = Timeline.Outcome.allCases.map { "\(part.counts[$0] ?? 0)" }
            let latencies = [part.latencies.median, part.latencies.p99]
                .map { ($0 * 1_000).fixed(2) }
            return "[" + (counts + latencies).joined(separator: ",") + "]"
        }
        return Markup(raw: "[" + rows.joined(separator: ",") + "]")
    }
}

extension String {
    /// The string, its end cut off if it is longer than a page wants it.
    func cut(_ most: Int) -> String { count > most ? prefix(most) + "…" : self }
}
