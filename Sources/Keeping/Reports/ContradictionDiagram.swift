internal import Histories
internal import Stores

/// Operations that contradict each other in space and time: a row per process, a bar from
/// invocation to completion, and across them the longest order that can be explained, with what
/// the object held after each step and the operation at which the story breaks.
struct ContradictionDiagram {
    private static let rowHeight = 58.0
    private static let barHeight = 26.0
    private static let labelWidth = 86.0
    private static let width = 1_000.0
    /// More operations than this cannot be told apart on a page.
    private static let mostOperations = 48

    private let contradiction: RunResults.ContradictionResult
    private let operations: [Operation]
    private let rows: [Int: Double]
    private let columns: [Int: Double]

    init(_ contradiction: RunResults.ContradictionResult, _ history: History) {
        self.contradiction = contradiction
        var ids = Set(contradiction.operations + [contradiction.culprit])
        if let missed = contradiction.missed { ids.insert(missed) }
        // What else the story needs, as long as it can be drawn.
        let more = Set(contradiction.history ?? []).union(ids)
        if more.count <= Self.mostOperations { ids = more }
        operations = ids.filter(history.operations.indices.contains).sorted()
            .prefix(Self.mostOperations).map { history.operations[$0] }
        let processes = Array(Set(operations.map(\.process))).sorted()
        rows = Dictionary(
            uniqueKeysWithValues: processes.enumerated().map {
                ($1, Double($0) * Self.rowHeight + 22)
            })
        // Events in equal steps: what counts is their order, not their distance.
        let events = operations.flatMap { [$0.invocation, $0.completion] }.filter { $0 != .max }
        let sorted = Array(Set(events)).sorted()
        let step = (Self.width - Self.labelWidth - 30) / Double(max(sorted.count - 1, 1))
        columns = Dictionary(
            uniqueKeysWithValues: sorted.enumerated().map {
                ($1, Self.labelWidth + 10 + Double($0) * step)
            })
    }

    var svg: Markup {
        let height = Double(rows.count) * Self.rowHeight + 26
        let lines = rows.sorted { $0.value < $1.value }.map { process, y -> Markup in
            let middle = y + Self.barHeight / 2
            return """
                <text class="process" x="0" y="\(middle + 4)">process \(process)</text>\
                <line class="grid" x1="\(Self.labelWidth)" x2="\(Self.width)" y1="\(middle)" \
                y2="\(middle)"/>
                """
        }.joined()
        let bars = operations.map(bar).joined()
        return """
            <svg class="space-time" viewBox="0 0 \(Self.width) \(height)" role="group" \
            aria-label="The operations that contradict each other, in the order of events">\
            \(lines)\(bars)\(story)</svg>
            """
    }

    private func span(of operation: Operation) -> (left: Double, right: Double) {
        let left = columns[operation.invocation] ?? Self.labelWidth
        return (left, max(columns[operation.completion] ?? Self.width, left + 8))
    }

    private func bar(_ operation: Operation) -> Markup {
        let (left, right) = span(of: operation)
        let y = rows[operation.process] ?? 0
        let role = role(of: operation)
        let label = Self.label(of: operation)
        // About seven units a character at this size.
        let room = Int((right - left) / 7.4)
        let shown = label.count <= room ? label : room > 3 ? label.prefix(room - 1) + "…" : ""
        let sign: Markup =
            role.sign.isEmpty
            ? ""
            : left < Self.width * 0.7
                ? "<text class=\"sign\" x=\"\(left)\" y=\"\(y - 5)\">\(role.sign)</text>"
                : """
                <text class="sign" x="\(right)" y="\(y - 5)" text-anchor="end">\(role.sign)</text>
                """
        return """
            <g class="bar \(role.name)" tabindex="0" role="img" \
            aria-label="\(Self.details(of: operation))"><title>\(Self.details(of: operation))\
            </title><rect x="\(left)" y="\(y)" width="\(right - left)" \
            height="\(Self.barHeight)" rx="5"/><text x="\(left + 7)" \
            y="\(y + 18)">\(shown)</text>\(sign)</g>
            """
    }

    private func role(of operation: Operation) -> (name: String, sign: String) {
        switch operation.id {
        case contradiction.culprit:
            let isStale = contradiction.kind == "stale" && operation.function == "read"
            return ("culprit", isStale ? "stale read: too old" : "fits nowhere")
        case contradiction.missed:
            let isStale = contradiction.kind == "stale"
            return ("missed", isStale ? "the newer value that it missed" : "stands against it")
        default: return (operation.isUnknown ? "unknown" : "other", "")
        }
    }

    /// The longest order: a dot on each bar where its operation may have taken effect.
    private var story: Markup {
        var x = Self.labelWidth
        var points: [(x: Double, y: Double, state: String)] = []
        for step in contradiction.order ?? [] {
            guard let operation = operations.first(where: { $0.id == step.operation }),
                let row = rows[operation.process]
            else { continue }
            let (left, right) = span(of: operation)
            x = min(max(x + 7, left + 5), right - 2)
            points.append((x, row + Self.barHeight, step.state))
        }
        guard !points.isEmpty else { return "" }
        let line = points.map { "\($0.x) \($0.y) " as Markup }.joined()
        let dots = points.enumerated().map { number, point -> Markup in
            let state = point.state.count > 14 ? point.state.prefix(13) + "…" : point.state
            return """
                <g class="step" tabindex="0" role="img" aria-label="step \(number + 1): then the \
                object held \(point.state)"><title>step \(number + 1) of an order that explains so \
                much; then the object held \(point.state)</title><circle cx="\(point.x)" \
                cy="\(point.y)" r="4.5"/><text x="\(point.x)" y="\(point.y + 17)" \
                text-anchor="middle">\(state)</text></g>
                """
        }.joined()
        return "<polyline class=\"story\" points=\"\(line)\"/>\(dots)"
    }

    // MARK: Words

    /// `read 5`, `write 7`, `cas 1 to 2`.
    static func label(of operation: Operation) -> String {
        let text =
            switch (operation.function, operation.outcome, operation.input.pair) {
            case ("read", .ok(let value), _): "read \(value)"
            case ("read", _, _): "read ?"
            case (let function, _, let (expected, new)?): "\(function) \(expected) to \(new)"
            case (let function, _, nil): "\(function) \(operation.input)"
            }
        return text.count > 60 ? text.prefix(60) + "…" : text
    }

    static func details(of operation: Operation) -> String {
        let start =
            operation.invokedAt.map { "\($0.seconds.fixed(4)) s" } ?? "event "
            + "\(operation.invocation)"
        let end = operation.completedAt.map { "\($0.seconds.fixed(4)) s" } ?? "no completion"
        return "process \(operation.process): \(label(of: operation)), \(start) to \(end), "
            + outcome(of: operation)
    }

    static func outcome(of operation: Operation) -> String {
        switch operation.outcome {
        case .ok: "ok"
        case .failed(.mismatch): "refused: the value was another one"
        case .failed(.notExecuted): "failed"
        case .unknown: "outcome unknown"
        }
    }
}
