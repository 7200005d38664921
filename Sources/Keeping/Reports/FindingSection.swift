internal import Faults
internal import Results
internal import Topologies

/// What was found beside linearizability: by what it has in common, then one by one.
struct FindingSection {
    /// More are in `results.json` only.
    static let mostListed = 200
    private static let mostGroups = 8

    private let run: StoredRun
    private var findings: [Finding] { run.results.findings }

    init(_ run: StoredRun) { self.run = run }

    /// The place on the page that tells of a finding.
    static func anchor(of place: Int) -> Markup {
        place < mostListed ? "f\(place + 1)" : "findings"
    }

    var html: Markup {
        guard !findings.isEmpty else { return "" }
        let isBeside = !(run.results.digest?.violations ?? []).isEmpty
        let logged = Set(LogMoment.all(in: run).map(\.id))
        let rows = findings.prefix(Self.mostListed).enumerated().map { place, finding in
            row(finding, at: place, isLogged: logged.contains("log-f\(place + 1)"))
        }.joined()
        let rest = findings.count - Self.mostListed
        let more: Markup = rest > 0 ? "<p>And \(rest) more, in results.json.</p>" : ""
        return """
            <section id="findings"><h2>\(isBeside ? "Findings beside linearizability" : "What was found")\
            </h2>\(groups)<div class="wide" tabindex="0" role="region" aria-label="Findings">\
            <table class="sortable follows"><thead><tr><th scope="col">#</th><th scope="col">node</th>\
            <th scope="col">what</th><th scope="col">at (s)</th><th scope="col">seen</th>\
            <th scope="col">the node then</th><th scope="col">its log</th></tr>\
            </thead><tbody>\(rows)</tbody></table></div>\(more)</section>

            """
    }

    /// What they have in common, where the header has not said it of all of them.
    private var groups: Markup {
        let groups = run.results.findingGroups ?? []
        guard groups.count > 1 else { return "" }
        let items = groups.prefix(Self.mostGroups).map { group -> Markup in
            """
            <li>\(group.sentence.cut(600)) <a href="#\(Self.anchor(of: group.first))">\
            \(group.count == 1 ? "it" : "the first")</a></li>
            """
        }.joined()
        return "<ul>\(items)</ul>"
    }

    private func row(_ finding: Finding, at place: Int, isLogged: Bool) -> Markup {
        let time = run.results.time(of: finding)
        let range: Markup =
            time.map { time -> Markup in
                let text = Markup(raw: time.fixed(3))
                return "data-from=\"\(text)\" data-to=\"\(text)\""
            } ?? ""
        let log: Markup = isLogged ? "<a href=\"#log-f\(place + 1)\">log</a>" : ""
        return """
            <tr id="\(Self.anchor(of: place))" \(range) \
            data-node="\(finding.node.map { "\($0)" } ?? "")"><td>\(place + 1)</td>\
            <td>\(finding.node.map { "\($0)" } ?? "")</td>\
            <td class="short">\(finding.anomaly.cut(48))</td>\
            <td>\(time.map { $0.fixed(3) } ?? "")</td><td>\(finding.detail.cut(900))</td>\
            <td class="then">\(run.results.clause(of: finding, explaining: false) ?? "")</td>\
            <td>\(log)</td></tr>
            """
    }
}
