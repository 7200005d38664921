internal import Faults
internal import Results

/// What shapes and colours mean, only for what the drawing shows.
struct Legend {
    private let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    typealias Entry = (sample: Markup, words: String)

    /// Samples with their words.
    private var entries: [Entry] { markEntries + stateEntries }

    /// What marks in the nodes' lanes mean.
    private var markEntries: [Entry] {
        let violations = (run.results.digest?.violations ?? []).filter { $0.time != nil }
        var entries: [Entry] = []
        func add(_ isThere: Bool, _ sample: Markup, _ words: String) {
            if isThere { entries.append((sample, words)) }
        }
        let diamond: Markup = "<path d=\"M11 0l6 8l-6 8l-6 -8z\"/>"
        let isLate = violations.contains { ($0.behind ?? 1) > Marks.clearlyBehind }
        let isSlight = violations.contains { ($0.behind ?? 1) <= Marks.clearlyBehind }
        // A hollow mark says how far behind; a full one that only where all of them can.
        let isAllBehind = violations.allSatisfy { $0.behind != nil }
        let nouns = Set(violations.map(\.noun))
        let noun = "violation" + (nouns.count == 1 ? " (\(nouns.first ?? ""))" : "")
        add(
            isLate, "<g class=\"mark\">\(diamond)</g>",
            isAllBehind ? "\(noun), 0.1 s behind or more" : noun)
        add(
            isSlight, "<g class=\"mark slight\">\(diamond)</g>", "\(noun), less than 0.1 s behind")
        add(
            run.results.findings.contains { $0.node != nil && run.results.time(of: $0) != nil },
            "<g class=\"mark found\"><path transform=\"translate(11 9)\" d=\"\(Marks.triangle)\"/></g>",
            found(run.results.findings))
        return entries
    }

    /// What all of the findings are, or that there are several kinds.
    private func found(_ findings: [Finding]) -> String {
        let anomalies = Set(findings.map(\.anomaly))
        return anomalies.count == 1 ? anomalies.first ?? "" : "found beside linearizability"
    }

    private var leaders: [LeaderSpan] { run.results.digest?.leaders ?? [] }

    /// Whether there are terms between those that are named.
    private var isJumping: Bool {
        let terms = leaders.compactMap(\.term)
        return zip(terms, terms.dropFirst()).contains { $1 - $0 > 1 }
    }

    /// What a bar or a band of a family says.
    private static let bands: [(family: FaultName, words: String)] = [
        ("partition", "partition lasts"), ("traffic", "packets are lost or late"),
        ("kill", "nodes are killed"), ("pause", "nodes are frozen"),
    ]

    private var stateEntries: [Entry] {
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
        var entries: [Entry] = []
        func add(_ isThere: Bool, _ sample: Markup, _ words: String) {
            if isThere { entries.append((sample, words)) }
        }
        add(!run.nodes.isEmpty && run.subject == .run, box("lane up"), "node up")
        add(
            !leaders.isEmpty,
            "<rect class=\"lead\" x=\"1\" y=\"10\" width=\"20\" height=\"4\"/>",
            isJumping
                ? "leads (a term between two that are named had no leader that was seen)" : "leads")
        let states = Set(
            run.results.faults.filter { !$0.isScenario }.compactMap(NodeLane.state(of:)))
        add(states.contains("cut"), box("lane cut"), "cut off")
        add(
            states.contains("half"), box("lane half"),
            "cut off in one direction or from its clients")
        add(states.contains("hurt"), box("lane hurt"), "packets lost or late")
        let others = families.subtracting(["partition", "traffic", "kill", "pause", "scenario"])
        add(states.contains("struck"), box("lane struck"), "under another fault")
        add(processes.contains(.paused), box("lane paused"), "frozen")
        add(processes.contains(.down), box("lane down"), "down")
        add(isSilent, box("lane silent"), "gives no status")
        let lags = (run.results.observations ?? []).filter { $0.lags == true }
        add(
            lags.contains { $0.process == .up }, box("lane lagging"),
            "lags: half a second or more behind another node")
        for (family, words) in Self.bands where families.contains(family) {
            add(true, box("fault \(family.rawValue)"), words)
        }
        add(!others.isEmpty || families.contains("scenario"), box("fault"), "another fault lasts")
        add(run.results.faults.contains { !$0.bit }, box("fault idle"), "fault without effect")
        add(!(run.results.stalls ?? []).isEmpty, box("stall"), "harness stood still")
        for outcome in Timeline.Outcome.allCases {
            add(
                counts[outcome.rawValue] > 0, Self.sample(of: outcome),
                outcome.legend(of: run.results))
        }
        add(
            true, "<path class=\"dots ok\" d=\"M4 10h0M11 5h0M18 9h0\"/>",
            "dots: single operations, in their outcome's colour and shape")
        add(true, "<path class=\"quantile p50\" d=\"M1 8H21\"/>", "median latency")
        add(true, "<path class=\"quantile p99\" d=\"M1 8H21\"/>", "99th percentile")
        return entries
    }

    /// Its part of a bar, and one operation.
    private static func sample(of outcome: Timeline.Outcome) -> Markup {
        """
        <rect class="\(outcome.word)" x="1" y="2" width="12" height="12"/>\
        <path class="dots \(outcome.word)" d="\(outcome.dot(18, 8))"/>
        """
    }

    /// What the marks mean, for the drawing's headline.
    var marks: Markup {
        let marks = markEntries
        return marks.isEmpty ? "" : Self.list(marks)
    }

    /// Everything else in the drawing, and the names of the faults in plain words.
    var html: Markup { Self.list(stateEntries) + faults }

    static func list(_ entries: [Entry], kind: String = "") -> Markup {
        let items = entries.map { entry -> Markup in
            """
            <span><svg width="22" height="16" viewBox="0 0 22 16" aria-hidden="true">\
            \(entry.sample)</svg>\(entry.words)</span>
            """
        }.joined()
        guard !entries.isEmpty else { return "" }
        return "<p class=\"legend \(kind)\">\(items)</p>"
    }

    /// More kinds would fill the screen; the table of faults has the rest.
    private static let mostKinds = 8

    /// What the names of the faults mean, in plain words.
    private var faults: Markup {
        var kinds: [FaultName] = []
        for fault in run.results.faults where !kinds.contains(fault.kind) {
            if fault.kind.plainWords != nil { kinds.append(fault.kind) }
        }
        guard !kinds.isEmpty else { return "" }
        let words = kinds.prefix(Self.mostKinds).map { kind -> Markup in
            "<span><b>\(kind.rawValue)</b> \(kind.plainWords ?? "")</span>"
        }.joined()
        let rest = kinds.count - Self.mostKinds
        return """
            <p class="legend">faults: \(words)\(rest > 0 ? "<span>and \(rest) more \(rest == 1 ? "kind" : "kinds")</span>" : "" as Markup)</p>
            """
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
