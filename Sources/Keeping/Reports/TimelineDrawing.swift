internal import Faults
internal import Results
internal import Topologies

/// Everything that happened over one time axis: the faults, each node's state with the violations
/// that it answered, throughput and latency.
struct TimelineDrawing {
    /// What to draw.
    struct Rows: OptionSet {
        let rawValue: Int
        static let rate = Rows(rawValue: 1)
        static let latency = Rows(rawValue: 2)
        static let nodes = Rows(rawValue: 4)
        static let all: Rows = [.rate, .latency, .nodes]
    }

    static let laneHeight = 24.0
    private static let rateHeight = 64.0
    private static let latencyHeight = 100.0
    private static let gap = 10.0
    /// Faults that take more lines than this are drawn below the nodes, in SVG units.
    private static let mostHeading = 62.0

    let run: StoredRun
    let axis: TimeAxis
    private let rows: Rows
    private var timeline: Timeline { run.excerpt.timeline }

    init(_ run: StoredRun, rows: Rows = .all) {
        self.run = run
        self.rows = rows
        axis = TimeAxis(end: run.excerpt.timeline.end)
    }

    /// Of a history from elsewhere nothing is known of its nodes but what they answered.
    private var hasLanes: Bool {
        !run.nodes.isEmpty
            && (run.subject == .run
                || (run.results.digest?.violations ?? []).contains { $0.node != nil })
    }

    /// The drawing; without a script it shows the whole run.
    var svg: Markup {
        var y = 6.0
        var data: Markup = ""
        var over: Markup = ""
        var labels: Markup = ""
        func add(_ part: Part, _ height: Double) {
            data += part.data
            over += part.over
            labels += part.labels
            y += height + Self.gap
        }
        let faults = FaultLanes(run.results.faults, axis)
        let hasFaults = !run.results.faults.isEmpty
        // What nodes went through comes first; a few names of faults may stand over it.
        let isHeading = faults.height <= Self.mostHeading
        if hasFaults, isHeading { add(faults.drawing(at: y), faults.height) }
        let top = y
        if rows.contains(.nodes), hasLanes {
            add(nodes(at: y), Double(run.nodes.count) * Self.laneHeight)
        }
        let marks = Marks(run, axis)
        if rows.contains(.nodes), marks.hasHomeless {
            let middle = y + Self.laneHeight / 2
            let lane = Part(
                data: "", over: marks.drawing(of: nil, at: middle),
                labels: label("violations", at: middle + 4))
            add(lane, Self.laneHeight)
        }
        if hasFaults, !isHeading { add(faults.drawing(at: y), faults.height) }
        if rows.contains(.rate) { add(rate(at: y), Self.rateHeight) }
        if rows.contains(.latency) { add(latency(at: y), Self.latencyHeight) }
        let bottom = y - Self.gap + 2
        let width = TimeAxis.width - TimeAxis.left - TimeAxis.right
        return """
            <svg class="timeline" viewBox="0 0 \(TimeAxis.width) \(bottom + 24)" tabindex="0" \
            role="group" aria-label="\(description)" data-end="\(Markup(raw: timeline.end.fixed(4)))" \
            data-left="\(TimeAxis.left)" data-width="\(width)"><title>\(description)</title>\
            <defs><clipPath id="field\(rows.rawValue)"><rect x="\(TimeAxis.left)" y="0" \
            width="\(width)" height="\(bottom + 6)"/></clipPath>\(Self.patterns)</defs>\
            <g clip-path="url(#field\(rows.rawValue))"><g class="data">\
            \(faults.bands(from: top - 4, to: bottom))\(stalls(from: 0, to: bottom))\(data)</g>\
            \(over)</g>\(axis.marks(below: bottom))<g class="pin"><rect \
            class="backing" x="0" y="0" width="\(TimeAxis.left - 2)" height="\(bottom)"/>\(labels)</g></svg>
            """
    }

    /// What a row adds: what stretches when a reader looks closer, what keeps its shape over it,
    /// and what stands in the margin.
    struct Part {
        var data: Markup
        var over: Markup = ""
        var labels: Markup
    }

    /// Shapes that tell states apart without colour.
    static let patterns: Markup = """
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(45)"><line x1="0" x2="0" y1="0" y2="6" class="hatch"/></pattern>\
        <pattern id="half" width="6" height="6" patternUnits="userSpaceOnUse"><line x1="0" x2="6" \
        y1="3" y2="3" class="hatch"/></pattern><pattern id="bars" width="5" height="5" patternUnits="userSpaceOnUse"><line x1="1" x2="1" \
        y1="0" y2="5" class="bars"/></pattern>\
        <pattern id="cross" width="6" height="6" patternUnits="userSpaceOnUse"><path \
        d="M0 0L6 6M6 0L0 6" class="cross"/></pattern>\
        <pattern id="lagging" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" \
        height="5" class="lane up"/><circle cx="2.5" cy="2.5" r="1.1" class="lagging"/></pattern>
        """ + outcomes + families

    /// Level stripes: a closer look, which stretches bars, leaves these as they are.
    private static let outcomes: Markup = """
        <pattern id="refused" width="4" height="4" patternUnits="userSpaceOnUse"><path \
        d="M0 0h4v4h-4z" class="ground refused"/><path d="M0 2h4" class="stripe refused"/></pattern>\
        <pattern id="error" width="5" height="5" patternUnits="userSpaceOnUse"><path \
        d="M0 0h5v5h-5z" class="ground error"/><path d="M0 2.5h5" class="stripe error"/></pattern>
        """

    /// The shapes of the states that faults of these families put nodes in, on a tint.
    private static let families: Markup = """
        <pattern id="partition" width="6" height="6" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(45)"><path d="M0 0h6v6h-6z" class="ground partition"/><path \
        d="M0 0v6" class="hatch"/></pattern>\
        <pattern id="traffic" width="6" height="6" patternUnits="userSpaceOnUse"><path \
        d="M0 0h6v6h-6z" class="ground traffic"/><circle cx="3" cy="3" r="0.9" class="lagging"/></pattern>\
        <pattern id="kill" width="6" height="6" patternUnits="userSpaceOnUse"><path \
        d="M0 0h6v6h-6z" class="ground kill"/><path d="M0 0L6 6M6 0L0 6" class="cross"/></pattern>\
        <pattern id="pause" width="5" height="5" patternUnits="userSpaceOnUse"><path \
        d="M0 0h5v5h-5z" class="ground pause"/><path d="M1 0v5" class="bars"/></pattern>
        """

    private var description: String {
        "Over \(timeline.end.fixed(1)) seconds: "
            + [
                run.results.faults.isEmpty ? nil : "\(run.results.faults.count) faults",
                rows.contains(.nodes) && hasLanes
                    ? "the state of each node, with the violations that it answered" : nil,
                rows.contains(.rate) ? "operations per second by outcome" : nil,
                rows.contains(.latency) ? "latency" : nil,
            ].compactMap(\.self).joined(separator: ", ")
    }

    private func label(_ text: String, at y: Double, _ kind: String = "") -> Markup {
        """
        <text class="\(kind)" x="\(TimeAxis.left - 8)" y="\(y)" text-anchor="end">\(text)</text>
        """
    }

    /// Times in which the harness itself saw nothing.
    private func stalls(from top: Double, to bottom: Double) -> Markup {
        (run.results.stalls ?? []).prefix(200).map { stall -> Markup in
            """
            <rect class="stall" x="\(axis.x(stall.start))" y="\(top)" \
            width="\(max(axis.x(stall.end) - axis.x(stall.start), 1))" height="\(bottom - top)">\
            <title>the harness itself stood still for \(stall.length.fixed(2)) s</title></rect>
            """
        }.joined()
    }

    // MARK: Nodes

    private func nodes(at top: Double) -> Part {
        var part = Part(data: "", labels: "")
        for (number, node) in run.nodes.enumerated() {
            let y = top + Double(number) * Self.laneHeight
            let lane = NodeLane(node, run, axis).drawing(at: y)
            part.data += lane.data
            part.over += lane.over
            part.labels += """
                <a class="pick" href="#node=\("\(node)")" data-pick="\("\(node)")" \
                aria-label="\("\(node)"): show its lines alone">\(label("\(node)", at: y + 14))</a>
                """
        }
        return part
    }

    // MARK: Throughput

    private func rate(at top: Double) -> Part {
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
                    <rect class="\(outcome.word)" x="\(axis.x(Double(place) * timeline.step))" \
                    y="\(y)" width="\(width + 0.1)" height="\(height)"/>
                    """
            }
        }
        let labels =
            label("\(most.fixed(most < 10 ? 1 : 0))/s", at: top + 9)
            + label("operations", at: top + 24, "quiet")
        return Part(data: bars, labels: labels)
    }

    // MARK: Latency

    private static let least = 0.000_1
    private static let decades = 5.0

    private func latency(at top: Double) -> Part {
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
            let path = timeline.points[outcome.rawValue].prefix(6_000).map { point -> Markup in
                outcome.dot(axis.x(point.time), y(point.latency))
            }.joined()
            return "<path class=\"dots \(outcome.word)\" d=\"\(path)\"/>"
        }.joined()
        let lines: Markup = """
            <path class="quantile p50" d="\(line(\.median, y))"/><path class="quantile p99" \
            d="\(line(\.p99, y))"/>
            """
        let labels = marks.dropLast().map { label($0.1, at: y($0.0) + 4) }.joined()
        return Part(
            data: grid + dots + lines, labels: labels + label("latency", at: top + 9, "quiet"))
    }

    /// A line through the parts that have a latency: where nothing succeeded there is none.
    private func line(_ value: (Timeline.Bin) -> Double?, _ y: (Double) -> Double) -> Markup {
        var path: Markup = ""
        var isDrawing = false
        for (place, part) in timeline.parts.enumerated() {
            guard let latency = value(part) else {
                // One empty part among a few operations a second is no gap.
                let next = timeline.parts.dropFirst(place + 1).prefix(2)
                if next.allSatisfy({ $0.median == nil }) { isDrawing = false }
                continue
            }
            let x = axis.x((Double(place) + 0.5) * timeline.step)
            path += isDrawing ? "L\(x) \(y(latency))" : "M\(x) \(y(latency))h0.8"
            isDrawing = true
        }
        return path
    }
}

/// The decimal logarithm, by squaring: the module needs no mathematics library for one axis.
enum Logarithm {
    static func decimal(_ ratio: Double) -> Double {
        var (ratio, decades) = (ratio, 0.0)
        while ratio >= 10, decades < 400 {
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
