internal import Faults

/// The one time axis of all plots: seconds since the start of the load.
struct TimeAxis {
    /// Width of a plot with its margins, in SVG units.
    static let width = 1_000.0
    static let left = 60.0
    static let right = 15.0

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

    /// The axis below a plot of this height.
    func marks(below bottom: Double) -> Markup {
        ticks.map { tick in
            let label = tick.fixed(tick < 10 && tick != tick.rounded() ? 1 : 0)
            return """
                <line x1="\(x(tick))" x2="\(x(tick))" y1="\(bottom)" y2="\(bottom + 4)" \
                class="axis"/><text x="\(x(tick))" y="\(bottom + 17)" \
                text-anchor="middle">\(label) s</text>
                """ as Markup
        }.joined()
    }

    /// A band for each fault, with its name and evidence as a title.
    func bands(_ faults: [FaultRecord], height: Double) -> Markup {
        faults.map { fault in
            let left = x(fault.start)
            let width = max(x(fault.end) - left, 1)
            return """
                <g class="band \(fault.family)"><title>\(fault.summary)</title>\
                <rect x="\(left)" y="0" width="\(width)" height="\(height)"/>\
                <text x="\(left + 2)" y="11">\(fault.kind)</text></g>
                """ as Markup
        }.joined()
    }
}
