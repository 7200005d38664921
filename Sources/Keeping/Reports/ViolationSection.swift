internal import Faults
internal import Results
internal import Topologies

/// Where a history breaks: the worst violation first, each with its drawing, what was possible
/// before it, and what else happened on its key; then all of them.
struct ViolationSection {
    private static let mostListed = 300

    private let run: StoredRun
    private let violations: [Violation]
    private let logged: Set<String>

    init(_ run: StoredRun) {
        self.run = run
        logged = Set(LogMoment.all(in: run).map(\.id))
        violations = run.results.digest?.violations ?? []
    }

    /// The worst ones in full, one at a time.
    var html: Markup {
        guard !violations.isEmpty else { return "" }
        let drawn = violations.prefix(HistoryExcerpt.mostDrawn).enumerated()
            .map { article($1, number: $0 + 1) }.joined()
        return """
            <section id="violations"><div class="head"><h2>\
            \(violations.count == 1 ? "The violation" : "The \(violations.count.grouped) violations, the worst first")</h2> \
            <span id="steps" hidden><button type="button" id="previous">‹ previous</button> \
            <span id="which" data-all="\(violations.count)"></span> \
            <button type="button" id="next">next ›</button></span></div>\
            \(extent)\(drawn)</section>

            """
    }

    /// What is counted, and how much of it is drawn.
    private var extent: Markup {
        guard violations.count > 1 else { return "" }
        let drawn = HistoryExcerpt.mostDrawn
        let rest =
            violations.count > drawn
            ? " The worst \(drawn) have a drawing; the table below has all \(violations.count.grouped)."
            : ""
        return """
            <p class="quiet">Of each key that is not linearizable its clearest violation is told.\(rest)</p>
            """
    }

    private func article(_ violation: Violation, number: Int) -> Markup {
        let result = run.results.keys.compactMap(\.contradiction)
            .first { $0.culprit == violation.culprit }
        guard let result else { return "" }
        let scene = ContradictionScene(violation, result, in: run)
        let rest: Markup =
            scene.undrawn > 0
            ? "<p class=\"quiet\">\(scene.undrawn) more operations take part; see its own history.</p>"
            : ""
        return """
            <article class="violation" id="v\(number)" \(range(of: violation))>
            <h3>\(violation.key.map { "Key \($0.cut(80))" } ?? "The history"): \(violation.noun)</h3>
            \(number == 1 ? "" : "<p class=\"sentence\">\(violation.sentence.cut(2_000)).</p>" as Markup)
            \(ContradictionDiagram(scene).svg)\(ContradictionList(scene).html)\
            \(SceneLegend(scene).html)<p class="after" aria-live="polite"></p>\(rest)
            \(minimality(result))\(states(result))<div class="more">\(possible(result))\
            \(ways(result))\(smallest(violation))\(log(of: number))<details><summary>Everything on this key around it</summary>\
            \(surroundings(of: violation))</details></div></article>

            """
    }

    private func log(of number: Int) -> Markup {
        guard logged.contains("log-v\(number)") else { return "" }
        return "<span><a href=\"#log-v\(number)\">The node's log around it</a></span>"
    }

    /// The contradiction as a history of its own: a file of the run, or on the page itself.
    private func smallest(_ violation: Violation) -> Markup {
        guard run.subject == .history else {
            let name = (violation.key ?? "history")
                .filter { $0.isLetter || $0.isNumber || $0 == "-" }
            let file = "contradictions/key-\(name).edn"
            return """
                <span>As a history of its own: <a href="\(file)">\(file)</a></span>
                """
        }
        guard let text = run.contradictions[violation.culprit] else { return "" }
        let name = Markup(raw: "history-\(violation.culprit)")
        return """
            <details><summary>The smallest history that contradicts itself, as EDN</summary>\
            <p class="tools"><button type="button" class="copy" data-copy="\(name)" hidden>copy\
            </button></p><pre id="\(name)">\(text)</pre></details>
            """
    }

    private func range(of violation: Violation) -> Markup {
        guard let time = violation.time else { return "" }
        let from = min(violation.acknowledged ?? time, time)
        return """
            data-from="\(Markup(raw: from.fixed(4)))" data-to="\(Markup(raw: time.fixed(4)))" \
            data-node="\(violation.node.map { "\($0)" } ?? "")"
            """
    }

    private func states(_ found: ContradictionResult) -> Markup {
        guard let states = found.states, !states.isEmpty else { return "" }
        return """
            <p>Before it, the object may have held: \
            \(states.prefix(20).joined(separator: ", ").cut(800)).</p>
            """
    }

    /// Whether anything of what is drawn could be left out.
    private func minimality(_ found: ContradictionResult) -> Markup {
        guard let count = found.history?.count, count > 0, let isMinimal = found.isMinimal else {
            return ""
        }
        let words =
            isMinimal
            ? "Each of these \(count) operations is needed, and no others are: the checker has left "
                + "out each in turn, or let a write come later, and what remained was right."
            : "Perhaps not all of these \(count) operations are needed: trying it for each took too "
                + "long."
        return "<p class=\"quiet\">\(words)</p>"
    }

    /// What the object may have held behind each operation, for who has no pointer, or paper.
    private func possible(_ found: ContradictionResult) -> Markup {
        let words = found.statesInWords
        let items = (found.possible ?? []).prefix(60).map { possibility -> Markup in
            "<li>\(name(of: possibility.operation)): \(words[possibility.operation] ?? "")</li>"
        }
        guard !items.isEmpty else { return "" }
        return """
            <details><summary>What the key may have held after each</summary><ul>\
            \(items.joined())</ul></details>
            """
    }

    private func name(of id: Int) -> String {
        run.excerpt.operations[id].map { operation in
            (operation.node.map { "\($0): " } ?? "") + operation.label
        } ?? "operation \(id)"
    }

    /// The longest order that explains everything but the culprit; after an exhaustive search all the
    /// orders that end in different states.
    private func ways(_ found: ContradictionResult) -> Markup {
        let order = found.order ?? []
        let orders = [order] + (found.ways ?? []).filter { $0 != order }
        return orders.filter { $0.count > 1 }.enumerated().map { place, order -> Markup in
            let steps = order.prefix(60).map { step -> Markup in
                """
                <li>\(name(of: step.operation)) <span class="quiet">→ holds \
                \(step.state.cut(120))</span></li>
                """
            }.joined()
            let title =
                place == 0
                ? "The longest order that is right"
                : "Another order, which ends in another state"
            return "<details><summary>\(title)</summary><ol class=\"way\">\(steps)</ol></details>"
        }.joined()
    }

    private func surroundings(of violation: Violation) -> Markup {
        let ids = run.excerpt.surroundings[violation.culprit] ?? []
        let rows = ids.compactMap { run.excerpt.operations[$0] }.map { operation -> Markup in
            let role =
                operation.id == violation.culprit
                ? "culprit" : operation.id == violation.missed ? "missed" : ""
            return """
                <tr class="\(role)" id="op\(operation.id)" data-operation="\(operation.id)">\
                <td>\(operation.node.map { "\($0)" } ?? "")</td>\
                <td>\(operation.clientName.cut(40))</td>\
                <td><a class="op" href="#op\(operation.id)">\(operation.label)</a></td>\
                <td>\(operation.invokedAt?.fixed(6) ?? "")</td>\
                <td>\(operation.completedAt?.fixed(6) ?? "")</td>\
                <td>\(operation.ending)</td></tr>
                """
        }.joined()
        return """
            <div class="wide" tabindex="0" role="region" aria-label="Operations on this key">\
            <table class="sortable"><thead><tr><th scope="col">node</th><th scope="col">client</th>\
            <th scope="col">operation</th><th scope="col">invoked (s)</th>\
            <th scope="col">completed (s)</th><th scope="col">outcome</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div>
            """
    }

    // MARK: All of them

    /// All of them in a table, worst first.
    var table: Markup {
        guard violations.count > 1 else { return "" }
        let rows = violations.prefix(Self.mostListed).enumerated().map {
            place, violation -> Markup in
            let number = place + 1
            let key = violation.key?.cut(60) ?? "-"
            let link: Markup =
                place < HistoryExcerpt.mostDrawn
                ? "<a href=\"#v\(number)\" data-violation=\"\(number)\">\(key)</a>" : "\(key)"
            return """
                <tr \(range(of: violation))><td>\(link)</td>\
                <td class="short">\(violation.noun.cut(40))</td>\
                <td>\(violation.node.map { "\($0)" } ?? "")</td>\
                <td class="then">\(violation.situation.clause(run.results.faults, explaining: false))</td>\
                <td>\(violation.behind.map { $0.fixed(4) } ?? "")</td>\
                <td>\(violation.time.map { $0.fixed(4) } ?? "")</td></tr>
                """
        }.joined()
        let rest = violations.count - Self.mostListed
        let more: Markup = rest > 0 ? "<p>And \(rest) more, in results.json.</p>" : ""
        return """
            <section><h2>All \(violations.count.grouped) violations, the worst first</h2><div class="wide" tabindex="0" \
            role="region" aria-label="All violations"><table class="sortable follows"><thead><tr>\
            <th scope="col">key</th><th scope="col">what</th><th scope="col">node</th>\
            <th scope="col">the node then</th><th scope="col" class="short">behind (s)</th>\
            <th scope="col" class="short">answered at (s)</th></tr></thead><tbody>\(rows)</tbody></table></div>\
            \(more)</section>

            """
    }
}
