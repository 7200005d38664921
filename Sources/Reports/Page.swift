internal import Faults
public import Histories
public import Stores

/// A run as one page that needs no network and no script.
public struct Page: Sendable {
    private static let mostReasons = 4
    private static let mostContradictions = 10
    private static let mostKeys = 50

    private let results: RunResults
    private let history: History

    /// The page of a run with its history.
    public init(results: RunResults, history: History) {
        self.results = results
        self.history = history
    }

    /// The whole page.
    public var html: String {
        let body = [verdict, contradictions, findings, plots, counts, faults, keys, timings]
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Markup(escaping: results.plan)): \(results.verdict.rawValue)</title>
            <style>\(Self.style)</style></head><body><main>
            \(body.joined())
            </main></body></html>

            """
    }

    // MARK: Sections

    private var verdict: Markup {
        let rest = results.reasons.count - Self.mostReasons
        let more = rest > 0 ? ["and \(rest) more, in results.json"] : []
        let reasons = (results.reasons.prefix(Self.mostReasons) + more)
            .map { "<li>\($0)</li>" as Markup }.joined()
        let versions = results.versions.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value)" }.joined(separator: " · ")
        return """
            <header class="\(results.verdict.rawValue)"><p class="plan">\(results.plan) · \
            \(results.started) · seed \(String(results.seed))</p>
            <h1>\(Self.headline(results))</h1><ul>\(reasons)</ul>
            <p>Again: <code>\(results.rerun)</code></p>
            <p class="plan">\(versions)</p></header>

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

    private var contradictions: Markup {
        let broken = results.keys.filter { $0.contradiction != nil }
        guard !broken.isEmpty else { return "" }
        let shown = broken.prefix(Self.mostContradictions).map { key -> Markup in
            guard let contradiction = key.contradiction else { return "" }
            let rows = contradiction.operations.map { number in
                "<li>\(ContradictionDiagram.details(of: history.operations[number]))</li>" as Markup
            }.joined()
            let diagram = ContradictionDiagram(contradiction: contradiction, history: history)
            return """
                <article><h3>\(key.key.map { "Key \($0)" } ?? "The history")</h3>
                <p class="sentence">\(contradiction.sentence).</p>
                <div class="wide">\(diagram.svg)</div>
                <details><summary>\(contradiction.operations.count) operations</summary>\
                <ol>\(rows)</ol></details></article>

                """
        }.joined()
        let rest = broken.count - Self.mostContradictions
        return """
            <section><h2>Where it breaks</h2>
            <p>Bars run from invocation to completion, in the order of events. Red: the operation \
            to look at first. Blue: what it missed.</p>
            \(shown)\(rest > 0 ? "<p>And \(rest) more keys, in results.json.</p>" : "")</section>

            """
    }

    private var findings: Markup {
        guard !results.findings.isEmpty else { return "" }
        let rows = results.findings.map {
            "<tr><td>\($0.node)</td><td>\($0.kind.rawValue)</td><td>\($0.detail)</td></tr>"
                as Markup
        }.joined()
        return """
            <section><h2>Findings beside linearizability</h2><div class="wide"><table>\
            <tr><th>node</th><th>what</th><th>seen</th></tr>\(rows)</table></div></section>

            """
    }

    private var plots: Markup {
        let last = history.operations.compactMap(\.completedAt).max()?.seconds ?? 0
        let axis = TimeAxis(end: max(last, results.faults.map(\.end).max() ?? 0, 1))
        return """
            <section><h2>Operations over time</h2><p class="legend"><span class="ok">ok</span> \
            <span class="fail">failed</span> <span class="info">unknown</span>, per second; bands \
            are faults.</p><div class="wide">\
            \(RatePlot(history: history, faults: results.faults, axis: axis).svg)</div>
            <h2>Latency</h2><div class="wide">\
            \(LatencyPlot(history: history, faults: results.faults, axis: axis).svg)</div></section>

            """
    }

    private var counts: Markup {
        let rows = results.counts.sorted { $0.key < $1.key }.map {
            """
            <tr><td>\($0.key)</td><td>\($0.value.ok)</td><td>\($0.value.fail)</td>\
            <td>\($0.value.info)</td></tr>
            """ as Markup
        }.joined()
        return """
            <section><h2>Operations</h2><div class="wide"><table><tr><th>operation</th>\
            <th>ok</th><th>failed</th><th>unknown</th></tr>\(rows)</table></div></section>

            """
    }

    private var faults: Markup {
        guard !results.faults.isEmpty else { return "" }
        let rows = results.faults.map { fault in
            let checks = fault.checks.map { check in
                "<li>\(check.isMet ? "✓" : "✗") \(check.demand): \(check.detail)</li>" as Markup
            }.joined()
            let links = fault.links.map { link in
                "\(link.link) \(link.droppedPackets) dropped"
                    + (link.probeArrived ? ", probe arrived" : "")
            }.joined(separator: "; ")
            let pairs: Markup = links.isEmpty ? "" : "<li>\(links)</li>"
            return """
                <tr><td>\(fault.number)</td><td>\(fault.kind)</td>\
                <td>\(fault.nodes.joined(separator: " "))</td>\
                <td>\(fault.start.fixed(2)) to \(fault.end.fixed(2)) s</td>\
                <td>\(fault.bit ? "bit" : "did not bite")</td>\
                <td>\(Self.leadership(fault))</td>\
                <td><details><summary>\(fault.checks.count) checks</summary>\
                <ul>\(checks)\(pairs)</ul></details></td></tr>
                """ as Markup
        }.joined()
        return """
            <section><h2>Faults and their evidence</h2><div class="wide"><table><tr><th>#</th>\
            <th>kind</th><th>nodes</th><th>when</th><th>bit?</th><th>leader (term)</th>\
            <th>evidence</th></tr>\(rows)</table></div></section>

            """
    }

    private static func leadership(_ fault: FaultRecord) -> String {
        func text(_ leadership: FaultRecord.Leadership?) -> String {
            leadership.map { "\($0.leader) (\($0.term))" } ?? "none"
        }
        return "\(text(fault.before)) → \(text(fault.after))"
    }

    private var keys: Markup {
        let order = ["violation": 0, "undecided": 1, "linearizable": 2]
        let sorted = results.keys.sorted {
            (order[$0.verdict] ?? 0, $1.operations) < (order[$1.verdict] ?? 0, $0.operations)
        }
        let rows = sorted.prefix(Self.mostKeys).map {
            """
            <tr><td>\($0.key ?? "-")</td><td>\($0.verdict)</td><td>\($0.operations)</td>\
            <td>\($0.decider)</td><td>\(($0.seconds * 1_000).fixed(2)) ms</td></tr>
            """ as Markup
        }.joined()
        return """
            <section><h2>Keys</h2><p>\(results.keys.count) keys; model \(results.model); \
            \(results.semantics).</p><div class="wide"><table><tr><th>key</th><th>verdict</th>\
            <th>operations</th><th>decider</th><th>time</th></tr>\(rows)</table></div></section>

            """
    }

    private var timings: Markup {
        let timings = results.timings
        return """
            <footer><p>Set-up \(timings.setUp.fixed(1)) s, load \(timings.load.fixed(1)) s, \
            recovery and final reads \(timings.ending.fixed(1)) s, tear-down \
            \(timings.tearDown.fixed(1)) s, check \(timings.check.fixed(2)) s. \
            <a href="history.edn">history.edn</a> · <a href="results.json">results.json</a> · \
            <a href="plan.yaml">plan.yaml</a> · <a href="whitewater.log">whitewater.log</a></p>\
            </footer>
            """
    }

    private static let style = """
        :root{--paper:#fff;--ink:#1b2530;--dim:#5b6875;--line:#d5dce3;--ok:#2f8f5b;--fail:#c9821b;\
        --info:#b03a7c;--bad:#b3261e;--blue:#1f5fbf;--band:#8898aa;--card:#f5f7f9}
        @media(prefers-color-scheme:dark){:root{--paper:#12181f;--ink:#e6edf3;--dim:#9aa7b4;\
        --line:#2d3844;--ok:#4cc38a;--fail:#f0b429;--info:#f178b6;--bad:#ff6b60;--blue:#6ea8ff;\
        --band:#74859a;--card:#1a222c}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        main{max-width:1100px;margin:0 auto;padding:1.5rem 1rem 4rem}
        h1{font-size:1.6rem;line-height:1.25;margin:.2rem 0}h2{font-size:1.15rem;margin:2rem 0 .4rem}
        header{border-left:8px solid var(--dim);background:var(--card);padding:1rem 1.2rem}
        header.valid{border-color:var(--ok)}header.invalid{border-color:var(--bad)}
        header.undecided,header.inconclusive,header.failed{border-color:var(--fail)}
        .plan,.legend{color:var(--dim);margin:.2rem 0;overflow-wrap:anywhere}
        code{background:var(--paper);padding:.1rem .3rem;overflow-wrap:anywhere}
        .sentence{font-size:1.05rem}.wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:.9rem}
        th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);\
        vertical-align:top}th{color:var(--dim);font-weight:600}
        svg{display:block;width:100%;min-width:640px;height:auto;font-size:11px}
        svg text{fill:var(--dim)}.axis,.grid{stroke:var(--line)}
        .ok{fill:var(--ok);color:var(--ok)}.fail{fill:var(--fail);color:var(--fail)}
        .info{fill:var(--info);color:var(--info)}circle{fill-opacity:.65}
        .band rect{fill:var(--band);fill-opacity:.18}.band.kill rect{fill:var(--bad)}
        .band.pause rect{fill:var(--blue)}.band text{font-size:9px}
        .bar rect{fill:var(--card);stroke:var(--dim)}.bar text{fill:var(--ink);font-size:13px}
        .bar.culprit rect{stroke:var(--bad);stroke-width:3}
        .bar.missed rect{stroke:var(--blue);stroke-width:3}
        """
}
