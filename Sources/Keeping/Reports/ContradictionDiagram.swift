internal import Checkers
internal import Faults
internal import Results
internal import Topologies

/// The few operations that contradict each other, on a time axis to scale: a row for each client,
/// named by its node, a bar from invocation to completion, and the time between what was
/// acknowledged and what was answered all the same.
struct ContradictionDiagram {
    private static let rowHeight = 48.0
    private static let barHeight = 20.0
    private static let left = 110.0
    private static let right = 24.0
    private static let width = 1_200.0
    private static let leastBar = 8.0
    /// More bars cannot be told apart at a glance; the rest is in the contradiction's own file.
    static let mostBars = 9

    private let violation: Violation
    private let faults: [FaultRecord]
    private let possible: [Int: String]
    private let bars: [Bar]
    private let isTimed: Bool
    private let start: Double
    private let end: Double
    private let rows: Int
    /// How many operations the contradiction has that are not drawn.
    let undrawn: Int

    private struct Bar {
        let operation: OperationExcerpt
        let label: String
        var row = 0
        var isFirstOfRow = false
    }

    init(_ violation: Violation, _ found: ContradictionResult, in run: StoredRun) {
        self.violation = violation
        possible = found.statesInWords
        let essential = [violation.missed, violation.culprit].compactMap(\.self)
        let told = essential + found.operations + (found.history ?? [])
        var ids: [Int] = []
        for id in told where !ids.contains(id) && run.excerpt.operations[id] != nil {
            ids.append(id)
            if ids.count == Self.mostBars { break }
        }
        undrawn = Set(told).count - ids.count
        let operations = ids.compactMap { run.excerpt.operations[$0] }
            .sorted { $0.invocation < $1.invocation }
        let isTimed = operations.allSatisfy { $0.invokedAt != nil }
        let times = operations.flatMap { Self.span(of: $0, isTimed: isTimed) }
        let (least, most) = (times.min() ?? 0, times.max() ?? 1)
        let fault = violation.situation.fault.flatMap { number in
            run.results.faults.first { $0.number == number }
        }
        let span = max(most - least, isTimed ? 1e-5 : 1)
        // A fault that is over is drawn as well if that leaves the operations room.
        var first = least
        if isTimed, let fault, fault.start < least, least - fault.start < span * 4 {
            first = fault.start
        }
        faults = isTimed ? run.results.faults.filter { $0.start < most && $0.end > first } : []
        start = first - (most - first) * 0.04
        end = most + (most - first) * 0.04 + (isTimed ? 1e-6 : 0.1)
        self.isTimed = isTimed
        let axis = (start: start, end: end)
        var bars: [Bar] = []
        var free: [(process: Int, row: Int, x: Double)] = []
        var rows = 0
        for operation in operations {
            let label = Self.label(of: operation, violation)
            let span = Self.span(of: operation, isTimed: isTimed)
            let (left, right) = Self.extent(span, axis, label)
            var bar = Bar(operation: operation, label: label)
            if let place = free.firstIndex(where: {
                $0.process == operation.process && $0.x <= left
            }) {
                bar.row = free[place].row
                free[place].x = right
            } else {
                bar.row = rows
                bar.isFirstOfRow = true
                rows += 1
                free.append((operation.process, bar.row, right))
            }
            bars.append(bar)
        }
        self.bars = bars
        self.rows = rows
    }

    private static func span(of operation: OperationExcerpt, isTimed: Bool) -> [Double] {
        guard isTimed else {
            return [
                Double(operation.invocation),
                Double(operation.completion ?? operation.invocation + 1),
            ]
        }
        let start = operation.invokedAt ?? 0
        return [start, operation.completedAt ?? start]
    }

    private static func x(_ value: Double, _ axis: (start: Double, end: Double)) -> Double {
        let share = (value - axis.start) / max(axis.end - axis.start, 1e-9)
        return left + (width - left - right) * min(max(share, 0), 1)
    }

    /// The place that a bar and its label take up.
    private static func extent(
        _ span: [Double], _ axis: (start: Double, end: Double), _ label: String
    ) -> (Double, Double) {
        let (start, end) = (x(span[0], axis), max(x(span[1], axis), x(span[0], axis) + leastBar))
        let room = Double(label.count) * 7.3 + 10
        if end + room < width { return (start, end + room) }
        return start - room > left ? (start - room, end) : (start, end)
    }

    private static func label(of operation: OperationExcerpt, _ violation: Violation) -> String {
        let at = operation.completedAt.map { " at \($0.fixed(4)) s" } ?? ""
        switch operation.id {
        case violation.culprit:
            let verdict = violation.kind == .stale ? ": too old" : ": fits nowhere"
            return "\(operation.label)\(at)\(verdict)"
        case violation.missed: return "\(operation.label), acknowledged\(at)"
        default:
            return operation.outcome == .unknown
                ? "\(operation.label), outcome unknown" : operation.label
        }
    }

    var svg: Markup {
        let bottom = 30 + Double(rows) * Self.rowHeight
        let axis = (start: start, end: end)
        let bands = faults.map { fault -> Markup in
            let (left, right) = (Self.x(fault.start, axis), Self.x(fault.end, axis))
            return """
                <rect class="band \(fault.family.rawValue)" x="\(left)" y="18" \
                width="\(max(right - left, 1))" height="\(bottom - 18)"/><text x="\(left + 3)" \
                y="13" class="quiet">fault \(fault.number): \(fault.kind.rawValue) \
                \(fault.nodeWords.cut(30))</text>
                """
        }.prefix(4).joined()
        return """
            <svg class="space-time" viewBox="0 0 \(Self.width) \(bottom + 26)" role="group" \
            aria-label="\(violation.sentence.cut(400))"><title>\(violation.noun)</title>\
            \(bands)\(bars.map(row).joined())\(partialOrder)\(lag)\(bars.map(drawing).joined())\
            \(ticks(below: bottom))</svg>
            """
    }

    private func y(_ row: Int) -> Double { 30 + Double(row) * Self.rowHeight }

    private func row(_ bar: Bar) -> Markup {
        guard bar.isFirstOfRow else { return "" }
        let middle = y(bar.row) + Self.barHeight / 2
        let client = bar.operation.clientName
        let name =
            bar.operation.node.map { "\($0) · p\(client)" }
            ?? (bar.operation.client == nil ? "process \(client)" : client)
        return """
            <text x="0" y="\(middle + 5)" class="process">\(name.cut(14))</text><line class="grid" \
            x1="\(Self.left)" x2="\(Self.width)" y1="\(middle)" y2="\(middle)"/>
            """
    }

    private func drawing(_ bar: Bar) -> Markup {
        let axis = (start: start, end: end)
        let span = Self.span(of: bar.operation, isTimed: isTimed)
        let left = Self.x(span[0], axis)
        let right =
            bar.operation.completion == nil
            ? Self.width - Self.right : max(Self.x(span[1], axis), left + Self.leastBar)
        let room = Double(bar.label.count) * 7.3 + 10
        // Inside where there is no room beside the bar, and where the bar has no end.
        let isBeside = right + room < Self.width || left - room > Self.left
        let isInside = right - left > room && (bar.operation.completion == nil || !isBeside)
        let isRight = isInside || right + room < Self.width
        let x = isInside ? left + 6 : isRight ? right + 6 : left - 6
        let top = y(bar.row)
        let details = details(of: bar.operation)
        return """
            <g class="bar \(role(of: bar.operation))" tabindex="0" role="img" \
            data-operation="\(bar.operation.id)" \
            aria-label="\(details)" data-after="\(possible[bar.operation.id] ?? "")">\
            <title>\(details)</title><rect x="\(left)" y="\(top)" \
            width="\(right - left)" height="\(Self.barHeight)" rx="3"/><text x="\(x)" \
            y="\(top + 15)"\(isInside ? " class=\"inside\"" as Markup : "")\(isRight ? "" : " text-anchor=\"end\"" as Markup)>\(bar.label)</text></g>
            """
    }

    private func role(of operation: OperationExcerpt) -> String {
        operation.id == violation.culprit
            ? "culprit"
            : operation.id == violation.missed
                ? "missed" : operation.outcome == .unknown ? "open" : "other"
    }

    private func details(of operation: OperationExcerpt) -> String {
        let place =
            operation.node.map { "on \($0), process \(operation.clientName)" }
            ?? "process \(operation.clientName)"
        let from = operation.invokedAt.map { "\($0.fixed(6)) s" } ?? "event \(operation.invocation)"
        let to =
            operation.completedAt.map { "\($0.fixed(6)) s" }
            ?? operation.completion.map { "event \($0)" } ?? "no completion"
        let states = possible[operation.id].map { "; \($0)" } ?? ""
        return
            "\(operation.label), \(place), \(from) to \(to), \(operation.outcome.sentence)\(states)"
    }

    /// The order that time prescribes: a line from each bar to those that began only after it had
    /// ended, unless a third lies between them; where there is none, either may have come first.
    private var partialOrder: Markup {
        let axis = (start: start, end: end)
        let lines = bars.flatMap { first -> [Markup] in
            guard let ended = first.operation.completion else { return [] }
            let next = bars.filter { $0.operation.invocation > ended }
            // Behind the first end among those that follow nothing follows directly any more.
            let bound = next.compactMap(\.operation.completion).min() ?? .max
            return next.filter { $0.operation.invocation < bound && $0.row != first.row }
                .map { second -> Markup in
                    let from = Self.x(Self.span(of: first.operation, isTimed: isTimed)[1], axis)
                    let to = Self.x(Self.span(of: second.operation, isTimed: isTimed)[0], axis)
                    let (top, bottom) = (
                        y(first.row) + Self.barHeight / 2, y(second.row) + Self.barHeight / 2
                    )
                    return """
                        <path class="before" data-ends="\(first.operation.id) \
                        \(second.operation.id)" d="M\(from) \(top)C\(from + 14) \(top) \
                        \(to - 14) \(bottom) \(to) \(bottom)"/>
                        """
                }
        }
        return "<g aria-hidden=\"true\">\(lines.joined())</g>"
    }

    /// From the acknowledgement of what was missed to the answer that missed it.
    private var lag: Markup {
        guard isTimed, let behind = violation.behind, let acknowledged = violation.acknowledged,
            let invoked = violation.invoked,
            let missed = bars.first(where: { $0.operation.id == violation.missed }),
            let culprit = bars.first(where: { $0.operation.id == violation.culprit })
        else { return "" }
        let axis = (start: start, end: end)
        let (from, to) = (Self.x(acknowledged, axis), Self.x(invoked, axis))
        let (top, bottom) = (y(missed.row) + Self.barHeight, y(culprit.row))
        let middle = top < bottom ? bottom - 10 : bottom + Self.barHeight + 8
        let words =
            behind < 0.1 ? "\((behind * 1_000).fixed(1)) ms later" : "\(behind.fixed(2)) s later"
        return """
            <path class="lag" d="M\(from) \(top)V\(middle)H\(to)V\(bottom)"/><text class="later" \
            x="\((from + to) / 2)" y="\(middle - 4)" text-anchor="middle">\(words)</text>
            """
    }

    /// One in the last of so many digits behind the point.
    private static func unit(_ digits: Int) -> Double {
        (0..<digits).reduce(1.0) { unit, _ in unit / 10 }
    }

    private func ticks(below bottom: Double) -> Markup {
        guard isTimed else {
            return """
                <text x="\(Self.left)" y="\(bottom + 16)" class="quiet">in the order of events; \
                this history has no times</text>
                """
        }
        let span = end - start
        var (step, digits) = (1e-5, 5)
        for factor in [2, 2.5, 2, 2, 2.5, 2, 2, 2.5, 2, 2, 2.5, 2, 2, 2.5, 2] + [2, 2.5, 2, 2, 2.5]
        {
            guard span / step > 9 else { break }
            step *= factor
            while digits > 0, step >= Self.unit(digits - 1) * 0.999 { digits -= 1 }
        }
        let first = (start / step).rounded(.up) * step
        return stride(from: first, through: end, by: step).prefix(12).map { tick -> Markup in
            let x = Self.x(tick, (start, end))
            return """
                <line class="axis" x1="\(x)" x2="\(x)" y1="\(bottom)" y2="\(bottom + 4)"/>\
                <text x="\(x)" y="\(bottom + 17)" text-anchor="middle">\(tick.fixed(digits)) s</text>
                """
        }.joined()
    }
}

extension ContradictionResult {
    /// What the object may have held behind each operation, in words, by the operation's number.
    var statesInWords: [Int: String] {
        Dictionary(
            (possible ?? []).map { possibility in
                let states = possibility.states.map { $0.cut(60) }.joined(separator: " or ")
                let others = possibility.others > 0 ? " or one of \(possibility.others) others" : ""
                let words =
                    states.isEmpty
                    ? "no legal order leads to it"
                    : "right after it the object held \(states)\(others)"
                return (possibility.operation, words)
            }
        ) { first, _ in first }
    }
}

extension OperationExcerpt {
    /// What the history calls the process.
    var clientName: String { client ?? "\(process)" }
}

extension Timeline.Outcome {
    /// The outcome as a person says it.
    var sentence: String {
        switch self {
        case .ok: "ok"
        case .refused: "compared and refused"
        case .error: "failed: certainly did not happen"
        case .unknown: "outcome unknown"
        }
    }
}
