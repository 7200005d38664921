internal import Faults
internal import Histories

/// Completed operations per second over time, by outcome, with the faults behind them.
struct RatePlot {
    private static let bins = 150
    private static let height = 200.0

    let history: History
    let faults: [FaultRecord]
    let axis: TimeAxis

    private struct Bin {
        var ok = 0.0
        var fail = 0.0
        var info = 0.0
        var total: Double { ok + fail + info }
    }

    var svg: Markup {
        let bins = filled()
        let top = max(bins.map(\.total).max() ?? 0, 1)
        let scale = (Self.height - 16) / top
        let width = (axis.x(axis.end) - axis.x(0)) / Double(Self.bins)
        let bars = bins.enumerated().map { place, bin in
            var y = Self.height
            let x = axis.x(0) + Double(place) * width
            let parts = [("ok", bin.ok), ("fail", bin.fail), ("info", bin.info)]
            return parts.filter { $0.1 > 0 }.map { name, rate in
                y -= rate * scale
                return """
                    <rect class="\(name)" x="\(x)" y="\(y)" width="\(width)" \
                    height="\(rate * scale)"/>
                    """ as Markup
            }.joined()
        }.joined()
        return """
            <svg viewBox="0 0 \(TimeAxis.width) \(Self.height + 24)" role="img" \
            aria-label="Operations per second over time, by outcome, with faults">\
            \(axis.bands(faults, height: Self.height))\(bars)\
            <text x="\(TimeAxis.left - 6)" y="24" text-anchor="end">\(top.fixed(0))/s</text>\
            \(axis.marks(below: Self.height))</svg>
            """
    }

    private func filled() -> [Bin] {
        var bins = [Bin](repeating: Bin(), count: Self.bins)
        let length = axis.end / Double(Self.bins)
        for operation in history.operations {
            guard let time = operation.completedAt else { continue }
            let place = min(Int(time.seconds / length), Self.bins - 1)
            switch operation.outcome {
            case .ok: bins[place].ok += 1 / length
            case .failed: bins[place].fail += 1 / length
            case .unknown: bins[place].info += 1 / length
            }
        }
        return bins
    }
}

/// The latency of each operation at the time of its invocation, on a logarithmic scale.
struct LatencyPlot {
    private static let height = 260.0
    /// More points than this are thinned out evenly; the slowest of each outcome stay.
    private static let mostPoints = 6_000
    private static let least = 0.000_1
    private static let most = 10.0

    let history: History
    let faults: [FaultRecord]
    let axis: TimeAxis

    var svg: Markup {
        let points = history.operations.compactMap(point)
        let step = max(1, points.count / Self.mostPoints)
        let shown = points.enumerated().filter { $0 % step == 0 || $1.latency > 0.5 }.map(\.1)
        let dots = shown.prefix(2 * Self.mostPoints).map { point in
            """
            <circle class="\(point.outcome)" cx="\(axis.x(point.time))" \
            cy="\(y(point.latency))" r="1.6"/>
            """ as Markup
        }.joined()
        return """
            <svg viewBox="0 0 \(TimeAxis.width) \(Self.height + 24)" role="img" \
            aria-label="Latency of each operation over time, with faults">\
            \(axis.bands(faults, height: Self.height))\(scale)\(dots)\
            \(axis.marks(below: Self.height))</svg>
            """
    }

    private struct Point {
        let time: Double
        let latency: Double
        let outcome: String
    }

    private func point(of operation: Operation) -> Point? {
        guard let start = operation.invokedAt, let end = operation.completedAt else { return nil }
        let outcome =
            switch operation.outcome {
            case .ok: "ok"
            case .failed: "fail"
            case .unknown: "info"
            }
        return Point(
            time: start.seconds, latency: end.seconds - start.seconds, outcome: outcome)
    }

    private func y(_ seconds: Double) -> Double {
        let decades = 5.0
        let above = Self.decade(min(max(seconds, Self.least), Self.most) / Self.least)
        return Self.height - 4 - (Self.height - 24) * above / decades
    }

    /// The decimal logarithm, by halving: the module needs no mathematics library for one axis.
    private static func decade(_ ratio: Double) -> Double {
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

    private var scale: Markup {
        [(0.001, "1 ms"), (0.01, "10 ms"), (0.1, "100 ms"), (1, "1 s"), (10, "10 s")].map {
            """
            <line class="grid" x1="\(TimeAxis.left)" x2="\(TimeAxis.width - TimeAxis.right)" \
            y1="\(y($0.0))" y2="\(y($0.0))"/><text x="\(TimeAxis.left - 6)" \
            y="\(y($0.0) + 4)" text-anchor="end">\($0.1)</text>
            """ as Markup
        }.joined()
    }
}
