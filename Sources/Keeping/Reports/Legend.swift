internal import Faults
internal import Results

/// What shapes and colours mean, only for what the drawing shows.
struct Legend {
    private let run: StoredRun
    private let rows: TimelineDrawing.Rows

    /// For a drawing that has these rows.
    init(_ run: StoredRun, rows: TimelineDrawing.Rows = .all) {
        self.run = run
        self.rows = rows
    }

    typealias Entry = (sample: Markup, words: String)

    /// Samples with their words.
    private var entries: [Entry] { markEntries + otherEntries }

    private var otherEntries: [Entry] { stateEntries + faultEntries + operationEntries }

    /// What marks in the nodes' lanes mean.
    private var markEntries: [Entry] {
        guard rows.contains(.nodes) else { return [] }
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

    /// What the nodes' lanes show.
    private var stateEntries: [Entry] {
        guard rows.contains(.nodes) else { return [] }
        let observations = run.results.observations ?? []
        let processes = Set(observations.map(\.process))
        var entries: [Entry] = []
        func add(_ isThere: Bool, _ sample: Markup, _ words: String) {
            if isThere { entries.append((sample, words)) }
        }
        add(!run.nodes.isEmpty && run.subject == .run, Self.box("lane up"), "node up")
        add(
            !leaders.isEmpty,
            "<rect class=\"lead\" x=\"1\" y=\"10\" width=\"20\" height=\"4\"/>",
            isJumping
                ? "leads (a term between two that are named had no leader that was seen)" : "leads")
        let states = Set(
            run.results.faults.filter { !$0.isScenario }.compactMap(NodeLane.state(of:)))
        add(states.contains("cut"), Self.box("lane cut"), "cut off")
        add(
            states.contains("half"), Self.box("lane half"),
            "cut off in one direction or from its clients")
        add(states.contains("hurt"), Self.box("lane hurt"), "packets lost or late")
        add(states.contains("struck"), Self.box("lane struck"), "under another fault")
        add(processes.contains(.paused), Self.box("lane paused"), "frozen")
        add(processes.contains(.down), Self.box("lane down"), "down")
        add(
            observations.contains { $0.process == .up && $0.role == nil }, Self.box("lane silent"),
            "gives no status")
        add(
            observations.contains { $0.process == .up && $0.lags == true },
            Self.box("lane lagging"), "lags: half a second or more behind what some node had")
        return entries
    }

    /// What lasts over all rows.
    private var faultEntries: [Entry] {
        let families = Set(run.results.faults.map(\.family))
        var entries: [Entry] = []
        for (family, words) in Self.bands where families.contains(family) {
            entries.append((Self.box("fault \(family.rawValue)"), words))
        }
        if !families.subtracting(Self.bands.map(\.family)).isEmpty {
            entries.append((Self.box("fault"), "another fault lasts"))
        }
        if run.results.faults.contains(where: { !$0.bit }) {
            entries.append((Self.box("fault idle"), "fault without effect"))
        }
        if run.results.stalls?.isEmpty == false {
            entries.append((Self.box("stall"), "harness stood still"))
        }
        return entries
    }

    /// What throughput and latency show.
    private var operationEntries: [Entry] {
        guard rows.contains(.rate) || rows.contains(.latency) else { return [] }
        let counts = run.excerpt.timeline.parts.reduce(into: [0, 0, 0, 0]) { sums, part in
            for place in sums.indices { sums[place] += part.counts[place] }
        }
        let outcomes = Timeline.Outcome.allCases.filter { counts[$0.rawValue] > 0 }
            .map { outcome -> Entry in (sample(of: outcome), outcome.legend(of: run.results)) }
        guard rows.contains(.latency) else { return outcomes }
        let latencies: [Entry] = [
            (
                "<path class=\"dots ok\" d=\"M4 10h0M11 5h0M18 9h0\"/>",
                "dots: single operations, in their outcome's colour and shape"
            ), ("<path class=\"quantile p50\" d=\"M1 8H21\"/>", "median latency"),
            ("<path class=\"quantile p99\" d=\"M1 8H21\"/>", "99th percentile"),
        ]
        return outcomes + latencies
    }

    private static func box(_ name: String) -> Markup {
        "<rect class=\"\(name)\" x=\"1\" y=\"2\" width=\"20\" height=\"12\"/>"
    }

    /// A part of a bar, one operation, or both: what the rows have of it.
    private func sample(of outcome: Timeline.Outcome) -> Markup {
        guard rows.contains(.latency) else { return Self.box(outcome.word) }
        guard rows.contains(.rate) else { return Self.dot(of: outcome, at: 11) }
        let bar: Markup =
            "<rect class=\"\(outcome.word)\" x=\"1\" y=\"2\" width=\"12\" height=\"12\"/>"
        return bar + Self.dot(of: outcome, at: 18)
    }

    private static func dot(of outcome: Timeline.Outcome, at x: Double) -> Markup {
        "<path class=\"dots \(outcome.word)\" d=\"\(outcome.dot(x, 8))\"/>"
    }

    /// What the marks mean, for the drawing's headline.
    var marks: Markup {
        let marks = markEntries
        return marks.isEmpty ? "" : Self.list(marks)
    }

    /// Everything else in the drawing, and the names of the faults in plain words.
    var html: Markup { Self.list(otherEntries) + faults }

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
