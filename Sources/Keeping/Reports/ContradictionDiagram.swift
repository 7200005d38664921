internal import Faults
internal import Results
internal import Topologies

/// A contradiction on a time axis to scale: a row for each client, named by its node, a bar from
/// invocation to completion, and the time between what was acknowledged and what was answered all
/// the same.
struct ContradictionDiagram {
    private static let rowHeight = 38.0
    private static let barHeight = 20.0
    private static let left = 132.0
    private static let right = 24.0
    private static let width = 1_200.0
    private static let leastBar = 8.0
    private static let nameHeight = 17.0
    /// Between the rows, for the words that say how far behind.
    private static let lagHeight = 16.0

    private let scene: ContradictionScene
    private let bars: [Bar]
    private let rows: Int
    private var violation: Violation { scene.violation }

    private struct Bar {
        let operation: OperationExcerpt
        let label: String
        let role: ContradictionScene.Role
        var row = 0
        var isFirstOfRow = false

        /// Whether its words are those that a reader has to see first.
        var isBold: Bool { role == .culprit || role == .missed }
    }

    init(_ scene: ContradictionScene) {
        self.scene = scene
        var bars: [Bar] = []
        var free: [(process: Int, row: Int, x: Double)] = []
        var rows = 0
        for operation in scene.operations {
            var bar = Bar(
                operation: operation, label: scene.label(of: operation),
                role: scene.role(of: operation))
            let (left, right) = Self.extent(of: bar, in: scene)
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

    private static func x(_ moment: Double, in scene: ContradictionScene) -> Double {
        left + (width - left - right) * scene.share(of: moment)
    }

    private func x(_ moment: Double) -> Double { Self.x(moment, in: scene) }

    /// Where a bar begins and ends.
    private static func ends(
        of bar: Bar, in scene: ContradictionScene
    ) -> (start: Double, end: Double) {
        let span = scene.span(of: bar.operation)
        let start = x(span.start, in: scene)
        return (
            start,
            bar.operation.completion == nil
                ? width - right : max(x(span.end, in: scene), start + leastBar)
        )
    }

    /// The place that a bar and its label take up.
    private static func extent(of bar: Bar, in scene: ContradictionScene) -> (Double, Double) {
        let (start, end) = ends(of: bar, in: scene)
        let place = place(of: bar, (start, end))
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
    private static func place(of bar: Bar, _ ends: (start: Double, end: Double)) -> Place {
        let length = Double(bar.label.count) * (bar.isBold ? boldAdvance : advance)
        let fits = ends.end - ends.start > length + 2 * margin
        let (after, before) = (ends.end + margin, ends.start - margin)
        let isBeside = after + length < width || before - length > left
        if fits, bar.operation.completion == nil || !isBeside {
            let x = ends.start + margin
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

    var svg: Markup {
        let bottom = y(rows)
        let bands = scene.faults.enumerated().map { place, fault -> Markup in
            let (left, right) = (x(fault.start), x(fault.end))
            let top = Double(place) * Self.nameHeight
            let name = scene.name(of: fault)
            let most = Self.width - Double(name.count) * Self.advance
            return """
                <rect class="band \(fault.family.rawValue)" x="\(left)" y="\(top + 18)" \
                width="\(max(right - left, 1))" height="\(bottom - top - 18)"/>\
                <text x="\(max(0, min(left + 3, most)))" y="\(top + 13)" class="quiet">\(name)</text>
                """
        }.joined()
        return """
            <svg class="space-time" viewBox="0 0 \(Self.width) \(bottom + 26)" role="group" \
            aria-label="\(violation.sentence.cut(400))"><title>\(violation.noun)</title>\
            \(bands)\(bars.map(line).joined())\(partialOrder)\(lag)\(bars.map(drawing).joined())\
            \(ticks(below: bottom))\(names)</svg>
            """
    }

    /// The top of a row's bars, below the faults' names; with room where the lag is told.
    private func y(_ row: Int) -> Double {
        let names =
            scene.faults.isEmpty ? 12 : 13 + Double(scene.faults.count) * Self.nameHeight
        let isBelow = lagRows.map { row >= ($0.missed < $0.culprit ? $0.culprit : $0.culprit + 1) }
        return names + Double(row) * Self.rowHeight + (isBelow == true ? Self.lagHeight : 0)
    }

    /// The rows between which the lag is told, if there is one.
    private var lagRows: (missed: Int, culprit: Int)? {
        guard scene.isTimed, violation.behind != nil,
            let missed = bars.first(where: { $0.role == .missed }),
            let culprit = bars.first(where: { $0.role == .culprit })
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

    /// Who each row is about.
    private var names: Markup {
        bars.filter(\.isFirstOfRow).map { bar -> Markup in
            """
            <text x="0" y="\(y(bar.row) + Self.barHeight / 2 + 5)" class="client">\
            \(scene.name(of: bar.operation).cut(17))</text>
            """
        }.joined()
    }

    private func drawing(_ bar: Bar) -> Markup {
        let ends = Self.ends(of: bar, in: scene)
        let place = Self.place(of: bar, ends)
        let top = y(bar.row)
        let details = scene.details(of: bar.operation)
        return """
            <g class="bar \(bar.role.rawValue)" tabindex="0" role="img" \
            data-operation="\(bar.operation.id)" \
            aria-label="\(details)" data-after="\(scene.possible[bar.operation.id] ?? "")">\
            <title>\(details)</title><rect x="\(ends.start)" y="\(top)" \
            width="\(ends.end - ends.start)" height="\(Self.barHeight)" rx="3"/><text x="\(place.x)" \
            y="\(top + 15)"\(place.isInside ? " class=\"inside\"" as Markup : "")\(place.isEnd ? " text-anchor=\"end\"" as Markup : "")>\(bar.label)</text></g>
            """
    }

    /// The order that time prescribes: a line from each bar to those that began only after it had
    /// ended, unless a third lies between them; where there is none, either may have come first.
    private var partialOrder: Markup {
        let lines = bars.flatMap { first -> [Markup] in
            guard let ended = first.operation.completion else { return [] }
            let next = bars.filter { $0.operation.invocation > ended }
            // Behind the first end among those that follow nothing follows directly any more.
            let bound = next.compactMap(\.operation.completion).min() ?? .max
            return next.filter { $0.operation.invocation < bound && $0.row != first.row }
                .map { second -> Markup in
                    let from = x(scene.span(of: first.operation).end)
                    let to = x(scene.span(of: second.operation).start)
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
        let (from, to) = (x(acknowledged), x(invoked))
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
        guard scene.isTimed else {
            return """
                <text x="\(Self.left)" y="\(bottom + 16)" class="quiet">in the order of events; \
                this history has no times</text>
                """
        }
        let (start, end) = (scene.start, scene.end)
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
            let x = x(tick)
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
