internal import Histories
internal import Stores

/// The operations that contradict each other as bars, a row per process, in their order.
struct ContradictionDiagram {
    private static let rowHeight = 34.0
    private static let labelWidth = 90.0
    private static let width = 1_000.0
    /// More operations than this cannot be told apart on a page.
    private static let mostOperations = 60

    let contradiction: RunResults.ContradictionResult
    let history: History

    var svg: Markup {
        let operations = contradiction.operations.prefix(Self.mostOperations).map {
            history.operations[$0]
        }
        let processes = Array(Set(operations.map(\.process))).sorted()
        let places = columns(of: operations)
        let height = Double(processes.count) * Self.rowHeight + 10
        let rows = processes.enumerated().map { row, process in
            let y = Double(row) * Self.rowHeight
            let bars = operations.filter { $0.process == process }
                .map { bar($0, y: y, places: places) }.joined()
            return """
                <text class="process" x="0" y="\(y + 24)">process \(process)</text>\
                <line class="grid" x1="\(Self.labelWidth)" x2="\(Self.width)" y1="\(y + 20)" \
                y2="\(y + 20)"/>\(bars)
                """ as Markup
        }.joined()
        return """
            <svg viewBox="0 0 \(Self.width) \(height)" role="img" \
            aria-label="The operations that contradict each other">\(rows)</svg>
            """
    }

    /// Places of events in equal steps: what counts is their order, not their distance.
    private func columns(of operations: [Operation]) -> [Int: Double] {
        let events = operations.flatMap { [$0.invocation, $0.completion] }.filter { $0 != .max }
        let sorted = Array(Set(events)).sorted()
        let step = (Self.width - Self.labelWidth - 20) / Double(max(sorted.count, 1))
        return Dictionary(
            uniqueKeysWithValues: sorted.enumerated().map {
                ($1, Self.labelWidth + 10 + Double($0) * step)
            })
    }

    private func bar(_ operation: Operation, y: Double, places: [Int: Double]) -> Markup {
        let left = places[operation.invocation] ?? Self.labelWidth
        let right = places[operation.completion] ?? Self.width
        let role =
            switch operation.id {
            case contradiction.culprit: "culprit"
            case contradiction.missed: "missed"
            default: "other"
            }
        return """
            <g class="bar \(role)"><title>\(Self.details(of: operation))</title>\
            <rect x="\(left)" y="\(y + 6)" width="\(max(right - left, 8))" height="28" rx="4"/>\
            <text x="\(left + 6)" y="\(y + 24)">\(Self.label(of: operation))</text></g>
            """
    }

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
        let outcome =
            switch operation.outcome {
            case .ok: "ok"
            case .failed(.mismatch): "refused: the value was another one"
            case .failed(.notExecuted): "failed"
            case .unknown: "outcome unknown"
            }
        return "process \(operation.process): \(label(of: operation)), \(start) to \(end), "
            + outcome
    }
}
