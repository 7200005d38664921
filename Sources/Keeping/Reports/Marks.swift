internal import Faults
internal import Results
internal import Topologies

/// The marks on the time axis that a reader can click: what was wrong, on the node that answered it.
struct Marks {
    /// Less far behind than this is drawn hollow, in seconds.
    static let clearlyBehind = 0.1
    private static let most = 400

    private let run: StoredRun
    private let axis: TimeAxis

    init(_ run: StoredRun, _ axis: TimeAxis) {
        self.run = run
        self.axis = axis
    }

    /// Whether there is one that no node's lane can show.
    var hasHomeless: Bool {
        (run.results.digest?.violations ?? []).contains { $0.node == nil && $0.time != nil }
    }

    /// The marks of a node around a height; those of no known node for nil.
    func drawing(of node: NodeName?, at middle: Double) -> Markup {
        found(on: node, at: middle) + violations(on: node, at: middle)
    }

    private func violations(on node: NodeName?, at middle: Double) -> Markup {
        (run.results.digest?.violations ?? []).enumerated().prefix(Self.most)
            .filter { $1.node == node }
            .compactMap { number, violation -> Markup? in
                guard let time = violation.time else { return nil }
                let x = axis.x(time)
                let isClear = (violation.behind ?? 1) > Self.clearlyBehind
                let behind = violation.behind.map { ", \($0.spanWords) behind" } ?? ""
                let words = "\(violation.noun) at \(time.fixed(4)) s\(behind)"
                let place = node.map { ", on \($0)" } ?? ""
                return """
                    <a class="mark\(isClear ? "" : " slight")" \(link(to: violation, number + 1, at: time)) \
                    data-x="\(x)" transform="translate(\(x) \
                    \(middle))" aria-label="\(words)\(place)"><title>\(words)\
                    </title><path d="M0 -8l6 8l-6 8l-6 -8z"/></a>
                    """
            }.joined()
    }

    /// To the violation itself, or to its time if it is one of those that are not drawn.
    private func link(to violation: Violation, _ number: Int, at time: Double) -> Markup {
        if number <= HistoryExcerpt.mostDrawn {
            return "href=\"#v\(number)\" data-violation=\"\(number)\""
        }
        let start = min(violation.acknowledged ?? time, time)
        let margin = max(time - start, axis.end / 100)
        let (from, to) = (max(0, start - margin), min(axis.end, time + margin))
        return "href=\"#t=\(Markup(raw: from.fixed(6)))-\(Markup(raw: to.fixed(6)))\""
    }

    /// What was found beside linearizability.
    private func found(on node: NodeName?, at middle: Double) -> Markup {
        guard let node else { return "" }
        return run.results.findings.enumerated().prefix(Self.most).filter { $1.node == node }
            .compactMap { place, finding -> Markup? in
                guard let time = run.results.time(of: finding) else { return nil }
                let x = axis.x(time)
                let words = "\(finding.sentence.cut(300)) (at \(time.fixed(3)) s)"
                return """
                    <a class="mark found" href="#\(FindingSection.anchor(of: place))" data-x="\(x)" transform="translate(\(x) \
                    \(middle))" aria-label="\(words)"><title>\(words)</title>\
                    <path d="\(Self.triangle)"/></a>
                    """
            }.joined()
    }

    /// The shape of a finding's mark.
    static let triangle: Markup = "M0 -8l8 14h-16z"
}
