internal import Results

/// The one time axis of everything that is drawn: seconds since the start of the load.
struct TimeAxis {
    /// Width of a drawing with its margins, in SVG units.
    static let width = 1_200.0
    static let left = 84.0
    static let right = 16.0

    /// Seconds at the left end.
    var start = 0.0
    /// Seconds at the right end.
    let end: Double

    func x(_ seconds: Double) -> Double {
        let share = (seconds - start) / max(end - start, 1e-9)
        return Self.left + (Self.width - Self.left - Self.right) * min(max(share, 0), 1)
    }

    /// Seconds between marks at round times, about ten of them.
    private var step: Double {
        let steps =
            [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
            + [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600]
        return steps.first { (end - start) / $0 <= 12 } ?? (end - start) / 10
    }

    private var digits: Int {
        step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : step >= 1e-3 ? 3 : 4
    }

    private var ticks: [Double] {
        let first = (start / step).rounded(.up) * step
        return Array(stride(from: first, through: end, by: step).prefix(40))
    }

    /// The axis below a drawing of this height.
    func marks(below bottom: Double) -> Markup {
        let marks = ticks.map { tick -> Markup in
            """
            <line x1="\(x(tick))" x2="\(x(tick))" y1="\(bottom)" y2="\(bottom + 4)" \
            class="axis"/><text x="\(x(tick))" y="\(bottom + 17)" \
            text-anchor="middle">\(tick.fixed(digits)) s</text>
            """
        }.joined()
        return "<g class=\"ticks\" data-y=\"\(bottom)\">\(marks)</g>"
    }

    /// Beyond so many, stretches are drawn only where an eye can tell them apart.
    private static let mostDrawn = 400

    /// Those of many stretches of time that an eye can tell apart: none that lies within a part of
    /// a pixel of what has been drawn.
    func visible<Stretch>(
        _ stretches: [Stretch], end: (Int, Stretch) -> Double
    ) -> [(number: Int, stretch: Stretch)] {
        var drawn = -Double.infinity
        return stretches.enumerated().compactMap { number, stretch in
            let right = x(end(number, stretch))
            guard right >= drawn + Self.leastStep || stretches.count <= Self.mostDrawn else {
                return nil
            }
            drawn = max(drawn, right)
            return (number, stretch)
        }
    }

    /// In SVG units.
    private static let leastStep = 0.4
}
