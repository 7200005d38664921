internal import Faults

/// The one time axis of everything that is drawn: seconds since the start of the load.
struct TimeAxis {
    /// Width of a drawing with its margins, in SVG units.
    static let width = 1_000.0
    static let left = 78.0
    static let right = 12.0

    /// Seconds at the right end.
    let end: Double

    func x(_ seconds: Double) -> Double {
        Self.left + (Self.width - Self.left - Self.right) * min(max(seconds / end, 0), 1)
    }

    /// Marks at round times, about ten of them.
    private var ticks: [Double] {
        let steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600]
        let step = steps.first { end / $0 <= 12 } ?? end / 10
        return Array(stride(from: 0, through: end, by: step))
    }

    /// The axis below a drawing of this height.
    func marks(below bottom: Double) -> Markup {
        let marks = ticks.map { tick -> Markup in
            let label = tick.fixed(tick < 10 && tick != tick.rounded() ? 1 : 0)
            return """
                <line x1="\(x(tick))" x2="\(x(tick))" y1="\(bottom)" y2="\(bottom + 4)" \
                class="axis"/><text x="\(x(tick))" y="\(bottom + 17)" \
                text-anchor="middle">\(label) s</text>
                """
        }.joined()
        return "<g class=\"ticks\" data-y=\"\(bottom)\">\(marks)</g>"
    }

    /// Beyond so many, names of faults would only hide each other.
    private static let mostNames = 400

    /// Those of many stretches of time that an eye can tell apart: none that lies within a part of
    /// a pixel of what has been drawn.
    func visible<Stretch>(
        _ stretches: [Stretch], end: (Int, Stretch) -> Double
    ) -> [(number: Int, stretch: Stretch)] {
        var drawn = -Double.infinity
        return stretches.enumerated().compactMap { number, stretch in
            let right = x(end(number, stretch))
            guard right >= drawn + Self.leastStep || stretches.count <= Self.mostNames else {
                return nil
            }
            drawn = max(drawn, right)
            return (number, stretch)
        }
    }

    /// In SVG units.
    private static let leastStep = 0.4

    /// A band for each fault, with its evidence as a title.
    func bands(_ faults: [FaultRecord], from top: Double, to bottom: Double) -> Markup {
        visible(faults) { $1.end }.map { _, fault in
            let left = x(fault.start)
            return """
                <rect class="band \(fault.family)\(fault.bit ? "" : " idle")" x="\(left)" \
                y="\(top)" width="\(max(x(fault.end) - left, 1))" height="\(bottom - top)">\
                <title>\(fault.number) \(fault.summary)</title></rect>
                """ as Markup
        }.joined()
    }

    /// The names of faults above their bands, in two rows so that neighbours do not touch.
    func names(of faults: [FaultRecord], at y: Double) -> Markup {
        faults.prefix(faults.count > Self.mostNames ? 0 : faults.count).enumerated().map {
            number, fault in
            """
            <text class="name" data-x="\(x(fault.start))" x="\(x(fault.start) + 2)" \
            y="\(y + (number % 2 == 0 ? 0 : 12))">\(fault.kind)</text>
            """ as Markup
        }.joined()
    }
}
