internal import Checkers
internal import Faults
internal import Results
internal import Topologies

/// The few operations that contradict each other, on a time axis to scale: a row for each client,
/// named by its node, a bar from invocation to completion, and the time between what was
/// acknowledged and what was answered all the same.
struct ContradictionDiagram {
    private static let rowHeight = 38.0
    private static let barHeight = 20.0
    private static let left = 132.0
    private static let right = 24.0
    private static let width = 1_200.0
    private static let leastBar = 8.0
    /// More bars cannot be told apart at a glance; the rest is in the contradiction's own file.
    static let mostBars = 9

    /// More bands over each other have no names that could be read.
    private static let mostFaults = 3
    private static let nameHeight = 17.0
    /// Between the rows, for the words that say how far behind.
    private static let lagHeight = 16.0

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
        // What a scenario is made of says more than the whole, and the fault that explains the
        // violation more than others.
        faults =
            isTimed
            ? Array(
                run.results.faults.filter { $0.start < most && $0.end > first && !$0.isScenario }
                    .sorted {
                        ($0.number == fault?.number ? 0 : 1) < ($1.number == fault?.number ? 0 : 1)
                    }
                    .prefix(Self.mostFaults)) : []
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
            let isBold = operation.id == violation.culprit || operation.id == violation.missed
            let (left, right) = Self.extent(
                span, axis, label, isBold: isBold, isOpen: operation.completion == nil)
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
        _ span: [Double], _ axis: (start: Double, end: Double), _ label: String, isBold: Bool,
        isOpen: Bool
    ) -> (Double, Double) {
        let start = x(span[0], axis)
        let end = isOpen ? width - Self.right : max(x(span[1], axis), start + leastBar)
        let place = place(of: label, isBold, (start, end), isOpen: isOpen)
        return (min(start, place.left), max(end, place.right))
    }

    /// Where a label stands, and what it takes up.
    private struct Place {
        var x: Double
        var left: Double
        var right: Double
        var isInside = false
        var isEnd = false
    }

    /// The place of a bar's label: behind it, before it, or inside where it has no end or leaves no
    /// room beside it; never beyond the drawing.
    private static func place(
        of label: String, _ isBold: Bool, _ bar: (start: Double, end: Double), isOpen: Bool
    ) -> Place {
        let length = Double(label.count) * (isBold ? boldAdvance : advance)
        let fits = bar.end - bar.start > length + 2 * margin
        let (after, before) = (bar.end + margin, bar.start - margin)
        let isBeside = after + length < width || before - length > left
        if fits, isOpen || !isBeside {
            let x = bar.start + margin
            return Place(x: x, left: x, right: x + length, isInside: true)
        }
        if after + length < width { return Place(x: after, left: after, right: after + length) }
        // Where there is room on neither side, the label covers its bar rather than the margin.
        let end = before - length > left ? before : min(width - margin, left + length + margin)
        return Place(x: end, left: end - length, right: end, isEnd: true)
    }

    /// What a letter takes up in these drawings' font, in SVG units; somewhat more than most do.
    private static let advance = 7.7
    private static let boldAdvance = 8.8
    private static let margin = 6.0

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
        let bottom = y(rows)
        let axis = (start: start, end: end)
        let bands = faults.enumerated().map { place, fault -> Markup in
            let (left, right) = (Self.x(fault.start, axis), Self.x(fault.end, axis))
            let top = Double(place) * Self.nameHeight
            let name = "fault \(fault.number): \(fault.kind.rawValue) \(fault.nodeWords.cut(30))"
            let most = Self.width - Double(name.count) * Self.advance
            return """
                <rect class="band \(fault.family.rawValue)" x="\(left)" y="\(top + 18)" \
                width="\(max(right - left, 1))" height="\(bottom - top - 18)"/>\
                <text x="\(min(left + 3, most))" y="\(top + 13)" class="quiet">\(name)</text>
                """
        }.joined()
        return """
            <svg class="space-time" viewBox="0 0 \(Self.width) \(bottom + 26)" role="group" \
            aria-label="\(violation.sentence.cut(400))"><title>\(violation.noun)</title>\
            \(bands)\(bars.map(line).joined())\(partialOrder)\(lag)\(bars.map(drawing).joined())\
            \(ticks(below: bottom))\(names(above: bottom))</svg>
            """
    }

    /// The top of a row's bars, below the faults' names; with room where the lag is told.
    private func y(_ row: Int) -> Double {
        let names = faults.isEmpty ? 12 : 13 + Double(faults.count) * Self.nameHeight
        let isBelow = lagRows.map { row >= ($0.missed < $0.culprit ? $0.culprit : $0.culprit + 1) }
        return names + Double(row) * Self.rowHeight + (isBelow == true ? Self.lagHeight : 0)
    }

    /// The rows between which the lag is told, if there is one.
    private var lagRows: (missed: Int, culprit: Int)? {
        guard isTimed, violation.behind != nil,
            let missed = bars.first(where: { $0.operation.id == violation.missed }),
            let culprit = bars.first(where: { $0.operation.id == violation.culprit })
        else { return nil }
        return (missed.row, culprit.row)
    }

    private func line(_ bar: Bar) -> Markup {
        guard bar.isFirstOfRow else { return "" }
        let middle = y(bar.row) + Self.barHeight / 2
        return """
            <line class="grid" x1="\(Self.left)" x2="\(Self.width)" y1="\(middle)" y2="\(middle)"/>
            """
    }

    /// Who each row is about; the script keeps it in sight where the drawing scrolls.
    private func names(above bottom: Double) -> Markup {
        let names = bars.filter(\.isFirstOfRow).map { bar -> Markup in
            let client = bar.operation.clientName
            let name =
                bar.operation.node.map { "\($0) · client \(client)" }
                ?? (bar.operation.client == nil ? "client \(client)" : client)
            return """
                <text x="0" y="\(y(bar.row) + Self.barHeight / 2 + 5)" class="client">\
                \(name.cut(17))</text>
                """
        }.joined()
        return """
            <g class="pin"><rect class="backing" x="0" y="0" width="\(Self.left - 4)" \
            height="\(bottom)"/>\(names)</g>
            """
    }

    private func drawing(_ bar: Bar) -> Markup {
        let axis = (start: start, end: end)
        let span = Self.span(of: bar.operation, isTimed: isTimed)
        let left = Self.x(span[0], axis)
        let right =
            bar.operation.completion == nil
            ? Self.width - Self.right : max(Self.x(span[1], axis), left + Self.leastBar)
        let role = role(of: bar.operation)
        let place = Self.place(
            of: bar.label, role == "culprit" || role == "missed", (left, right),
            isOpen: bar.operation.completion == nil)
        let top = y(bar.row)
        let details = details(of: bar.operation)
        return """
            <g class="bar \(role)" tabindex="0" role="img" \
            data-operation="\(bar.operation.id)" \
            aria-label="\(details)" data-after="\(possible[bar.operation.id] ?? "")">\
            <title>\(details)</title><rect x="\(left)" y="\(top)" \
            width="\(right - left)" height="\(Self.barHeight)" rx="3"/><text x="\(place.x)" \
            y="\(top + 15)"\(place.isInside ? " class=\"inside\"" as Markup : "")\(place.isEnd ? " text-anchor=\"end\"" as Markup : "")>\(bar.label)</text></g>
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
            operation.node.map { "on \($0), client \(operation.clientName)" }
            ?? "client \(operation.clientName)"
        let from = operation.invokedAt.map { "\($0.fixed(6)) s" } ?? "event \(operation.invocation)"
        let to =
            operation.completedAt.map { "\($0.fixed(6)) s" }
            ?? operation.completion.map { "event \($0)" } ?? "no completion"
        let states = possible[operation.id].map { "; \($0)" } ?? ""
        return
            "\(operation.label), \(place), \(from) to \(to), \(operation.ending)\(states)"
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
        guard let lagRows, let behind = violation.behind, let invoked = violation.invoked,
            let acknowledged = violation.acknowledged
        else { return "" }
        let axis = (start: start, end: end)
        let (from, to) = (Self.x(acknowledged, axis), Self.x(invoked, axis))
        let (top, bottom) = (y(lagRows.missed) + Self.barHeight, y(lagRows.culprit))
        let middle = top < bottom ? bottom - 9 : bottom + Self.barHeight + 20
        let words = "\(behind.spanWords) later"
        let half = Double(words.count) * Self.boldAdvance / 2
        let x = min(max((from + to) / 2, Self.left + half), Self.width - half)
        return """
            <path class="lag" d="M\(from) \(top)V\(middle)H\(to)V\(bottom)"/><text class="later" \
            x="\(x)" y="\(middle - 5)" text-anchor="middle">\(words)</text>
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
                <text x="\(min(x, Self.width - 34))" y="\(bottom + 17)" \
                text-anchor="middle">\(tick.fixed(digits)) s</text>
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
