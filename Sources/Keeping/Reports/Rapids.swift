internal import Faults
internal import Stores

/// Everything that happened over one time axis: throughput, latency, who led, what each node was,
/// and the faults across all of it.
struct Rapids {
    /// What to draw.
    struct Rows: OptionSet {
        let rawValue: Int
        static let rate = Rows(rawValue: 1)
        static let latency = Rows(rawValue: 2)
        static let nodes = Rows(rawValue: 4)
        static let all: Rows = [.rate, .latency, .nodes]
    }

    private static let top = 30.0
    private static let rateHeight = 110.0
    private static let latencyHeight = 190.0
    private static let laneHeight = 18.0
    private static let gap = 14.0

    private let run: StoredRun
    private let timeline: Timeline
    private let axis: TimeAxis
    private let rows: Rows

    init(_ run: StoredRun, _ timeline: Timeline, rows: Rows = .all) {
        self.run = run
        self.timeline = timeline
        self.rows = rows
        axis = TimeAxis(end: timeline.end)
    }

    /// The drawing; without a script it shows the whole run.
    var svg: Markup {
        var y = Self.top
        var data: Markup = ""
        var labels: Markup = ""
        func add(_ height: Double, _ part: (data: Markup, labels: Markup)) {
            data += part.data
            labels += part.labels
            y += height + Self.gap
        }
        if rows.contains(.rate) { add(Self.rateHeight, rate(at: y)) }
        if rows.contains(.latency) { add(Self.latencyHeight, latency(at: y)) }
        if rows.contains(.nodes) {
            add(Double(run.nodes.count + 1) * Self.laneHeight, lanes(at: y))
        }
        let bottom = y - Self.gap + 2
        let faults = run.results.faults
        let width = TimeAxis.width - TimeAxis.left - TimeAxis.right
        return """
            <svg class="rapids" viewBox="0 0 \(TimeAxis.width) \(bottom + 24)" tabindex="0" \
            role="img" aria-label="\(description)" data-end="\(timeline.end.fixed(3))" \
            data-left="\(TimeAxis.left)" data-width="\(width)">\
            <defs><clipPath id="field\(rows.rawValue)"><rect x="\(TimeAxis.left)" y="0" \
            width="\(width)" height="\(bottom + 6)"/></clipPath></defs>\
            <g clip-path="url(#field\(rows.rawValue))"><g class="data">\
            \(axis.bands(faults, from: Self.top - 4, to: bottom))\(data)</g>\
            \(axis.names(of: faults, at: 11))</g>\(labels)\(axis.marks(below: bottom))</svg>
            """
    }

    private var description: String {
        "Over \(timeline.end.fixed(0)) seconds: "
            + [
                rows.contains(.rate) ? "operations per second by outcome" : nil,
                rows.contains(.latency) ? "latency" : nil,
                rows.contains(.nodes) ? "the leader and the state of each node" : nil,
            ].compactMap(\.self).joined(separator: ", ")
            + ", with \(run.results.faults.count) faults"
    }

    private func label(_ text: String, at y: Double, _ kind: String = "") -> Markup {
        """
        <text class="\(kind)" x="\(TimeAxis.left - 6)" y="\(y)" text-anchor="end">\(text)</text>
        """
    }

    // MARK: Throughput

    private func rate(at top: Double) -> (data: Markup, labels: Markup) {
        let most = timeline.highestRate
        let bottom = top + Self.rateHeight
        let width = axis.x(timeline.step) - TimeAxis.left
        var bars: Markup = ""
        for place in timeline.parts.indices {
            var y = bottom
            for outcome in Timeline.Outcome.allCases {
                let height = min(
                    timeline.rate(outcome, place) / most * Self.rateHeight, y - top)
                guard height > 0.05 else { continue }
                y -= height
                bars += """
                    <rect class="\(outcome.rawValue)" x="\(axis.x(Double(place) * timeline.step))" \
                    y="\(y)" width="\(width + 0.1)" height="\(height)"/>
                    """
            }
        }
        let labels =
            label("\(most.fixed(0))/s", at: top + 9) + label("operations", at: top + 24, "quiet")
        return (bars, labels)
    }

    // MARK: Latency

    private static let least = 0.000_1
    private static let decades = 5.0

    private func latency(at top: Double) -> (data: Markup, labels: Markup) {
        func y(_ seconds: Double) -> Double {
            let above = Logarithm.decimal(max(seconds, Self.least) / Self.least)
            return top + Self.latencyHeight * (1 - min(above / Self.decades, 1))
        }
        let marks = [(0.001, "1 ms"), (0.01, "10 ms"), (0.1, "100 ms"), (1, "1 s"), (10, "10 s")]
        let grid = marks.map { mark -> Markup in
            """
            <line class="grid" x1="\(TimeAxis.left)" x2="\(TimeAxis.width - TimeAxis.right)" \
            y1="\(y(mark.0))" y2="\(y(mark.0))"/>
            """
        }.joined()
        let dots = Timeline.Outcome.allCases.map { outcome -> Markup in
            let path = (timeline.points[outcome] ?? []).map { point -> Markup in
                "M\(axis.x(point.time)) \(y(point.latency))h0"
            }.joined()
            return "<path class=\"dots \(outcome.rawValue)\" d=\"\(path)\"/>"
        }.joined()
        let lines = [("p50", \Quantiles.median), ("p99", \Quantiles.p99)].map {
            line -> Markup in
            let path = timeline.parts.enumerated().filter { $1.latencies.count > 0 }
                .map { place, part -> Markup in
                    let x = axis.x((Double(place) + 0.5) * timeline.step)
                    return "\(x) \(y(part.latencies[keyPath: line.1])) "
                }.joined()
            return "<polyline class=\"quantile \(line.0)\" points=\"\(path)\"/>"
        }.joined()
        let labels = marks.dropLast().map { label($0.1, at: y($0.0) + 4) }.joined()
        return (grid + dots + lines, labels + label("latency", at: top + 9, "quiet"))
    }

    // MARK: Nodes

    private func lanes(at top: Double) -> (data: Markup, labels: Markup) {
        var data: Markup = ""
        var labels = label("leader", at: top + 12)
        let spans = LeaderSpan.all(in: run)
        for (number, span) in axis.visible(spans, end: { min($1.end, timeline.end) }) {
            let right = axis.x(min(span.end, timeline.end))
            data += """
                <rect class="leader\(number % 2 == 0 ? "" : " odd")" x="\(axis.x(span.start))" \
                y="\(top)" width="\(max(right - axis.x(span.start), 0.5))" \
                height="\(Self.laneHeight - 4)"><title>\(span.leader) leads term \(span.term) \
                from \(span.start.fixed(2)) s</title></rect>
                """
            labels += """
                <text class="name in" data-x="\(axis.x(span.start))" data-right="\(right)" \
                x="\(axis.x(span.start) + 3)" y="\(top + 11)">\
                \(right - axis.x(span.start) > 58 ? "\(span.leader), term \(span.term)" : "")\
                </text>
                """
        }
        for (number, node) in run.nodes.enumerated() {
            let y = top + Double(number + 1) * Self.laneHeight
            data += lane(of: node, at: y)
            labels += label(node, at: y + 12) + terms(of: node, at: y)
        }
        return (data, labels)
    }

    /// The node's term where it begins, if there is room before the next one.
    private func terms(of node: String, at y: Double) -> Markup {
        let seen = (run.results.observations ?? []).filter { $0.node == node && $0.term != nil }
        var changes: [RunResults.Observation] = []
        for observation in seen where changes.last?.term != observation.term {
            changes.append(observation)
        }
        return axis.visible(changes, end: { $1.time }).map { number, change -> Markup in
            let left = axis.x(change.time)
            let right =
                axis.x(number + 1 < changes.count ? changes[number + 1].time : timeline.end)
            guard let term = change.term, right - left > 22 else { return "" }
            return """
                <text class="name in" data-x="\(left)" x="\(left + 3)" y="\(y + 11)">\(term)</text>
                """
        }.joined()
    }

    private func lane(of node: String, at y: Double) -> Markup {
        let seen = (run.results.observations ?? []).filter { $0.node == node }
        func end(_ number: Int) -> Double {
            number + 1 < seen.count ? seen[number + 1].time : timeline.end
        }
        return axis.visible(seen, end: { number, _ in end(number) }).map { number, observation in
            let end = end(number)
            let state =
                switch (observation.process, observation.role) {
                case ("up", nil): "silent"
                case ("up", "leader"?): "up leads"
                default: observation.process
                }
            let term = observation.term.map { ", term \($0)" } ?? ""
            let left = axis.x(observation.time)
            return """
                <rect class="lane \(state)" x="\(left)" y="\(y)" \
                width="\(max(axis.x(end) - left, 0.5))" height="\(Self.laneHeight - 5)"><title>\
                \(node) \(state)\(term) from \(observation.time.fixed(2)) s</title></rect>
                """ as Markup
        }.joined()
    }
}

/// The decimal logarithm, by squaring: the module needs no mathematics library for one axis.
enum Logarithm {
    static func decimal(_ ratio: Double) -> Double {
        var (ratio, decades) = (ratio, 0.0)
        while ratio >= 10 {
            ratio /= 10
            decades += 1
        }
        var (step, squared) = (0.5, ratio)
        for _ in 0..<16 {
            squared *= squared
            if squared >= 10 {
                squared /= 10
                decades += step
            }
            step /= 2
        }
        return decades
    }
}
