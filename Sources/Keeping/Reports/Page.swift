internal import Faults
internal import Results

/// A run as one page that needs no network and no server; a script of its own only adds comfort.
///
/// What was found and where first, then when, then each violation, then tables. Its size does not
/// grow with the length of the run.
public struct Page: Sendable {
    let run: StoredRun

    /// The page of a run.
    public init(_ run: StoredRun) { self.run = run }

    /// The whole page.
    public var html: String {
        let violations = ViolationSection(run)
        let sections = [
            VerdictHeader(run).html, troubles, violations.html, timeline, violations.table,
            FindingSection(run).html,
            FaultSection(run).html, run.isEmpty ? "" : OperationSection(run).html,
            LogSection(run).html, plan,
        ]
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(Markup(escaping: run.results.plan)): \(Markup(escaping: VerdictHeader.headline(run.results)))</title>
            <style>\(Assets.colours)\(Assets.pageStyle)\(Assets.drawingStyle)</style></head><body><main>
            \(sections.joined())
            </main><div id="tip" role="status" aria-live="polite" hidden></div>
            <script type="application/json" id="parts">\(partsJSON)</script>
            <script>\(Assets.script)</script>
            </body></html>

            """
    }

    /// What was found, in a few lines of Markdown for a chat or an issue.
    public var markdown: String { VerdictHeader(run).markdown }

    /// Drawings for files of their own, by name, each with its title, verdict and legend.
    public var plots: [(name: String, svg: String)] {
        [
            ("rate", TimelineDrawing.Rows.rate), ("latency", .latency),
            ("timeline", [.rate, .nodes]),
        ].map { name, rows in
            (name, StandaloneDrawing(run, rows: rows).svg)
        }
    }

    // MARK: Sections

    private var troubles: Markup {
        guard !run.troubles.isEmpty else { return "" }
        let rows = run.troubles.map { "<li>\($0)</li>" as Markup }.joined()
        return "<section><h2>What this page lacks</h2><ul>\(rows)</ul></section>\n"
    }

    private var timeline: Markup {
        guard !run.isEmpty else { return "" }
        guard run.isTimed else {
            return """
                <p class="quiet">This history has no times: what follows is in the order of its \
                events.</p>

                """
        }
        let legend = Legend(run)
        let targets = [
            run.results.faults.isEmpty ? nil : "a fault",
            legend.marks.description.isEmpty ? nil : "a mark",
            run.nodes.isEmpty ? nil : "a node's name",
        ].compactMap(\.self)
        let click =
            targets.isEmpty ? "" : "; click \(targets.joined(separator: ", ")) to see it alone"
        return """
            <section id="when"><div class="head"><h2>Where and when</h2> \(legend.marks) \
            <button type="button" id="whole" hidden>Show the whole run</button></div>
            <div class="wide" id="field" tabindex="0" role="region" aria-label="Everything over time">\
            \(TimelineDrawing(run).svg)</div>\(legend.html)<p class="legend" id="hint" hidden>Drag, \
            pinch or press + and - to look closer; arrows move; Escape shows the whole run\(click).</p></section>

            """
    }

    private var plan: Markup {
        guard run.subject == .run else {
            return """
                <section><h2>How it was read</h2><ul><li>model: \(run.results.model)</li>\
                <li>\(run.results.semantics)</li></ul></section>

                """
        }
        let reading = [
            run.results.model.isEmpty ? nil : "model: \(run.results.model)",
            run.results.semantics.isEmpty ? nil : run.results.semantics,
        ].compactMap(\.self).map { "<li>\($0)</li>" as Markup }.joined()
        let versions = run.results.versions.sorted { $0.key < $1.key }
            .map { "<li>\($0.key): \($0.value.cut(500))</li>" as Markup }.joined()
        let timings = run.results.timings
        let parts = [
            ("set-up", timings.setUp), ("load", timings.load), ("final reads", timings.ending),
            ("tear-down", timings.tearDown), ("check", timings.check),
        ].filter { $0.1 > 0 }.map { "<li>\($0.0): \($0.1.fixed(2)) s</li>" as Markup }.joined()
        let yaml: Markup =
            run.plan.map { plan in
                "<details><summary>The whole plan, with every default</summary><pre>\(plan.cut(20_000))</pre></details>"
            } ?? ""
        return """
            <section><h2>What was run</h2><div class="columns"><ul>\(versions)\
            \(reading)</ul><ul>\(parts)</ul></div>\(yaml)</section>

            """
    }

    /// Parts of time for the script.
    ///
    /// Per part ok, refused, failed, unknown, and the median and 99th percentile in milliseconds,
    /// null where nothing succeeded; numbers only, so that nothing of it can end the script element.
    private var partsJSON: Markup {
        let rows = run.excerpt.timeline.parts.map { part in
            let counts = part.counts.map { "\($0)" }
            let latencies = [part.median, part.p99].map { latency in
                latency.map { ($0 * 1_000).fixed(2) } ?? "null"
            }
            return "[" + (counts + latencies).joined(separator: ",") + "]"
        }
        return Markup(raw: "[" + rows.joined(separator: ",") + "]")
    }
}

extension String {
    /// The string, its end cut off if it is longer than a page wants it.
    func cut(_ most: Int) -> String { count > most ? prefix(most) + "…" : self }
}
