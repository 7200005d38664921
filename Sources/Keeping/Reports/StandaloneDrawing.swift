internal import Results

/// A drawing in a file of its own: with title, verdict and legend, for wherever it is shown.
struct StandaloneDrawing {
    private let run: StoredRun
    private let rows: TimelineDrawing.Rows

    init(_ run: StoredRun, rows: TimelineDrawing.Rows) {
        self.run = run
        self.rows = rows
    }

    var svg: String {
        let title = "\(run.results.plan): \(VerdictHeader.headline(run.results))"
        let legend = Legend(run, rows: rows).drawing(at: 34)
        let style = "<style>\(Assets.colours)\(Assets.drawingStyle)</style>"
        let inner = TimelineDrawing(run, rows: rows).svg.description
        let height = Self.height(of: inner)
        let head = 40 + legend.height
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(TimeAxis.width)) \
            \(Int(height + head) + 1)" role="img"><title>\(Markup(escaping: title))</title>\(style)\
            <rect class="paper" width="100%" height="100%"/>\
            <text class="title" x="\(Int(TimeAxis.left))" y="22">\(Markup(escaping: title.cut(120)))</text>\
            \(legend.svg)<svg y="\(Int(head))" width="\(Int(TimeAxis.width))" \
            height="\(Int(height) + 1)" \(inner.dropFirst(5))</svg>

            """
    }

    /// The height that the drawing gives itself.
    private static func height(of svg: String) -> Double {
        guard let found = svg.firstMatch(of: /viewBox="0 0 [\d.]+ ([\d.]+)"/) else { return 0 }
        return Double(found.1) ?? 0
    }
}
