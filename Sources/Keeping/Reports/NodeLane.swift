internal import Faults
internal import Results
internal import Topologies

/// What one node was at each time, what was done to it, and the violations that it answered.
struct NodeLane {
    private static let height = TimelineDrawing.laneHeight - 6

    private let node: NodeName
    private let run: StoredRun
    private let axis: TimeAxis

    init(_ node: NodeName, _ run: StoredRun, _ axis: TimeAxis) {
        self.node = node
        self.run = run
        self.axis = axis
    }

    func drawing(at y: Double) -> TimelineDrawing.Part {
        var part = TimelineDrawing.Part(data: "", labels: "")
        let seen = (run.results.observations ?? []).filter { $0.node == node }
        if seen.isEmpty { part.data += box("lane up", 0, axis.end, y, "\(node)") }
        for (number, observation) in axis.visible(seen, end: { number, _ in end(number, of: seen) })
        {
            let end = end(number, of: seen)
            let term = observation.term.map { ", term \($0)" } ?? ""
            let (state, words) = Self.state(observation)
            part.data += box(
                "lane \(state)", observation.time, end, y,
                "\(node) \(words)\(term), \(observation.time.fixed(2)) to \(end.fixed(2)) s")
        }
        for (number, lead) in leads.enumerated() {
            part.data += line(lead, number, y)
            part.over += term(of: lead, y)
        }
        for fault in run.results.faults.prefix(2_000)
        where fault.nodes.contains(node) && !fault.isScenario {
            guard let state = Self.state(of: fault) else { continue }
            part.data += box(
                "lane \(state)", fault.start, fault.end, y,
                "\(node): fault \(fault.number), \(fault.kind.rawValue), \(fault.start.fixed(2)) to "
                    + "\(fault.end.fixed(2)) s", fault: true)
        }
        part.over += Marks(run, axis).drawing(of: node, at: y + Self.height / 2)
        return part
    }

    private func end(_ number: Int, of seen: [NodeObservation]) -> Double {
        number + 1 < seen.count ? seen[number + 1].time : axis.end
    }

    private static func state(_ observation: NodeObservation) -> (String, String) {
        switch (observation.process, observation.role) {
        case (.up, nil): ("silent", "gave no status")
        case (.up, .some) where observation.lags == true:
            ("lagging", "had not applied what some node had half a second before")
        case (.up, .leader): ("up", "led")
        case (.up, .other): ("up", "was up")
        case (.paused, _): ("paused", "was frozen")
        case (.down, _): ("down", "was down")
        }
    }

    /// Faults that cut some directions for good, and leave the others whole.
    private static let partCuts: Set<FaultName> = ["one-way", "replies", "clients"]

    /// What observations do not show: the node itself is up.
    static func state(of fault: FaultRecord) -> String? {
        switch fault.family {
        case "partition": "cut"
        case "kill", "pause": nil
        case "traffic": partCuts.contains(fault.kind.parts.kind) ? "half" : "hurt"
        default: "struck"
        }
    }

    private func box(
        _ name: String, _ start: Double, _ end: Double, _ y: Double, _ title: String,
        fault: Bool = false
    ) -> Markup {
        let left = axis.x(start)
        let range: Markup =
            fault
            ? " data-from=\"\(Markup(raw: start.fixed(3)))\" data-to=\"\(Markup(raw: end.fixed(3)))\""
            : ""
        return """
            <rect class="\(name)" x="\(left)" y="\(y)" width="\(max(axis.x(end) - left, 0.5))" \
            height="\(Self.height)"\(range)><title>\(title)</title></rect>
            """
    }

    // MARK: Leading

    private var leads: [LeaderSpan] {
        let all = run.results.digest?.leaders ?? LeaderSpan.all(in: run.results.observations ?? [])
        return axis.visible(all.filter { $0.leader == node }, end: { $1.end ?? axis.end })
            .map(\.stretch)
    }

    private func line(_ lead: LeaderSpan, _ number: Int, _ y: Double) -> Markup {
        let left = axis.x(lead.start)
        return """
            <rect class="lead" x="\(left)" y="\(y + Self.height - 4)" \
            width="\(max(axis.x(lead.end ?? axis.end) - left, 0.5))" height="4"><title>\
            \("\(node)") led\(lead.termWords.map { " " + $0 } ?? ""), \(lead.start.fixed(2)) to \
            \((lead.end ?? axis.end).fixed(2)) s</title></rect>
            """
    }

    private func term(of lead: LeaderSpan, _ y: Double) -> Markup {
        let left = axis.x(lead.start)
        guard axis.x(lead.end ?? axis.end) - left > 64 else { return "" }
        return """
            <text class="name in" data-x="\(left)" x="\(left + 3)" y="\(y + 11)">leads\
            \(lead.termWords.map { ", " + $0 } ?? "")</text>
            """
    }
}
