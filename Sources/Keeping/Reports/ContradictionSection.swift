internal import Histories
internal import Stores

/// Where a history breaks: a sentence, a drawing, and what went on around it.
struct ContradictionSection {
    private static let mostShown = 8
    /// Half of the time around the operation at which it breaks, in seconds.
    private static let surrounding = 0.5
    private static let mostSurrounding = 200

    private let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    var html: Markup {
        let broken = run.results.keys.filter { $0.contradiction != nil }
        guard !broken.isEmpty else { return "" }
        let first = broken.prefix(1).map(article).joined()
        let others = broken.dropFirst().prefix(Self.mostShown).map { key -> Markup in
            """
            <details><summary>\(Self.name(of: key)): \
            \((key.contradiction?.sentence ?? "").cut(200))</summary>\(article(key))</details>
            """
        }.joined()
        let rest = broken.count - 1 - Self.mostShown
        let more: Markup = rest > 0 ? "<p>And \(rest) more keys, in results.json.</p>" : ""
        return """
            <section><h2>Where it breaks</h2>
            \(first)\(others)\(more)</section>

            """
    }

    private static func name(of key: RunResults.KeyResult) -> String {
        key.key.map { "Key \($0.cut(100))" } ?? "The history"
    }

    private func article(_ key: RunResults.KeyResult) -> Markup {
        guard let contradiction = key.contradiction else { return "" }
        let diagram = ContradictionDiagram(contradiction, run.history)
        let states: Markup =
            (contradiction.states ?? []).isEmpty
            ? ""
            : """
            <p>Before it, the object may have held: \
            \((contradiction.states ?? []).prefix(20).joined(separator: ", ").cut(800)).</p>
            """
        return """
            <article><h3>\(Self.name(of: key))</h3>
            <p class="sentence">\(contradiction.sentence.cut(2_000)).</p>
            <div class="wide">\(diagram.svg)</div>
            <p class="quiet">Bars run from invocation to completion, in the order of events. The \
            dots are the longest order that can be explained, and what the object held after each \
            step.</p>\(states)
            <details><summary>Everything on this key in the surrounding second</summary>\
            \(surroundings(of: contradiction))</details></article>

            """
    }

    private func surroundings(of contradiction: RunResults.ContradictionResult) -> Markup {
        guard run.history.operations.indices.contains(contradiction.culprit) else { return "" }
        let culprit = run.history.operations[contradiction.culprit]
        let near = run.history.operations.filter { operation in
            guard operation.key == culprit.key else { return false }
            guard let start = operation.invokedAt?.seconds, let at = culprit.invokedAt?.seconds
            else {
                return abs(operation.invocation - culprit.invocation) < 2 * Self.mostSurrounding
            }
            let end = operation.completedAt?.seconds ?? .infinity
            return start < at + Self.surrounding && end > at - Self.surrounding
        }
        let rows = near.prefix(Self.mostSurrounding).map { operation -> Markup in
            let role =
                operation.id == culprit.id
                ? "culprit" : operation.id == contradiction.missed ? "missed" : ""
            return """
                <tr class="\(role)"><td>\(operation.process)</td>\
                <td>\(ContradictionDiagram.label(of: operation))</td>\
                <td>\(operation.invokedAt?.seconds.fixed(4) ?? "")</td>\
                <td>\(operation.completedAt?.seconds.fixed(4) ?? "")</td>\
                <td>\(ContradictionDiagram.outcome(of: operation))</td></tr>
                """
        }.joined()
        return """
            <div class="wide"><table class="sortable"><thead><tr><th>process</th>\
            <th>operation</th><th>invoked (s)</th><th>completed (s)</th><th>outcome</th></tr>\
            </thead><tbody>\(rows)</tbody></table></div>
            """
    }
}
