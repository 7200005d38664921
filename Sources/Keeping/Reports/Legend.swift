internal import Faults
internal import Results

/// What shapes and colours mean, only for what the drawing shows.
struct Legend {
    private let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    /// Samples with their words.
    private var entries: [(sample: Markup, words: String)] {
        let violations = run.results.digest?.violations ?? []
        let processes = Set((run.results.observations ?? []).map(\.process))
        let families = Set(run.results.faults.map(\.family))
        let isSilent = (run.results.observations ?? []).contains {
            $0.process == .up && $0.role == nil
        }
        let counts = run.excerpt.timeline.parts.reduce(into: [0, 0, 0, 0]) { sums, part in
            for place in sums.indices { sums[place] += part.counts[place] }
        }
        func box(_ name: String) -> Markup {
            "<rect class=\"\(name)\" x=\"1\" y=\"2\" width=\"20\" height=\"12\"/>"
        }
        var entries: [(Markup, String)] = []
        func add(_ isThere: Bool, _ sample: Markup, _ words: String) {
            if isThere { entries.append((sample, words)) }
        }
        let diamond: Markup = "<path d=\"M11 0l6 8l-6 8l-6 -8z\"/>"
        let isLate = violations.contains { ($0.behind ?? 1) > NodeLane.clearlyBehind }
        let isSlight = violations.contains { ($0.behind ?? 1) <= NodeLane.clearlyBehind }
        add(isLate, "<g class=\"mark\">\(diamond)</g>", "violation")
        add(isSlight, "<g class=\"mark slight\">\(diamond)</g>", "less than 0.1 s behind")
        add(!run.nodes.isEmpty && run.subject == .run, box("lane up"), "node up")
        add(
            !(run.results.digest?.leaders ?? []).isEmpty,
            "<rect class=\"lead\" x=\"1\" y=\"10\" width=\"20\" height=\"4\"/>", "leads")
        add(families.contains("partition"), box("lane cut"), "cut off")
        add(!families.isDisjoint(with: ["traffic"]), box("lane hurt"), "packets lost or late")
        add(processes.contains(.paused), box("lane paused"), "frozen")
        add(processes.contains(.down), box("lane down"), "down")
        add(isSilent, box("lane silent"), "does not answer")
        add(run.results.faults.contains { !$0.bit }, box("fault idle"), "fault without effect")
        add(!(run.results.stalls ?? []).isEmpty, box("stall"), "harness stood still")
        for outcome in Timeline.Outcome.allCases {
            add(counts[outcome.rawValue] > 0, box(outcome.word), outcome.legend)
        }
        add(true, "<path class=\"quantile p50\" d=\"M1 8H21\"/>", "median latency")
        add(true, "<path class=\"quantile p99\" d=\"M1 8H21\"/>", "99th percentile")
        return entries
    }

    var html: Markup {
        let items = entries.map { entry -> Markup in
            """
            <span><svg width="22" height="16" viewBox="0 0 22 16" aria-hidden="true">\
            \(entry.sample)</svg>\(entry.words)</span>
            """
        }.joined()
        return "<p class=\"legend\">\(items)</p>"
    }

    /// The legend as a part of a drawing, with its height.
    func drawing(at top: Double) -> (svg: Markup, height: Double) {
        var (x, y) = (TimeAxis.left, top)
        var svg: Markup = ""
        for entry in entries {
            let width = 34 + Double(entry.words.count) * 6.8
            if x + width > TimeAxis.width {
                x = TimeAxis.left
                y += 20
            }
            svg += """
                <g transform="translate(\(x) \(y))">\(entry.sample)<text x="26" y="13">\
                \(entry.words)</text></g>
                """
            x += width
        }
        return (svg, y + 22 - top)
    }
}

extension Timeline.Outcome {
    /// The outcome in a legend.
    var legend: String {
        switch self {
        case .ok: "ok"
        case .refused: "compared and refused"
        case .error: "failed"
        case .unknown: "outcome unknown"
        }
    }
}

/// A drawing in a file of its own: with title, verdict and legend, for wherever it is shown.
struct StandaloneDrawing {
    private let run: StoredRun
    private let drawing: Markup

    init(_ run: StoredRun, _ drawing: Markup) {
        self.run = run
        self.drawing = drawing
    }

    var svg: String {
        let title = "\(run.results.plan): \(VerdictHeader.headline(run.results))"
        let legend = Legend(run).drawing(at: 34)
        let style = "<style>\(Assets.colours)\(Assets.drawingStyle)</style>"
        let inner = drawing.description
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
