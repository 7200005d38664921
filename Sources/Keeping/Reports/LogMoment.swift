internal import Faults
internal import Results
internal import Topologies

/// A time at which the nodes' logs are worth reading: around a violation, a finding or a fault.
struct LogMoment {
    private static let mostFaults = 30
    private static let mostFindings = 60
    /// Seconds before a fault, and after it.
    private static let margin = (before: 0.2, after: 2.0)
    /// What led to a violation or a finding is not older than that, in seconds.
    private static let prelude = 3.0

    /// Where on the page it is.
    let id: String
    let name: String
    let from: Double
    let to: Double
    /// The moment itself.
    let at: Double
    /// How many of the lines before it matter.
    let leading: Int
    /// The nodes that matter then; none means all.
    let nodes: Set<String>
    /// What a log said, to be found in it where its lines bear no time.
    var quote: String?

    /// Whether the page says so where a node wrote nothing then.
    var isAboutOneNode: Bool { !nodes.isEmpty }

    /// Those of a run with logs: violations first, then findings, then faults.
    static func all(in run: StoredRun) -> [LogMoment] {
        guard run.results.loadBegan != nil, !run.logs.isEmpty else { return [] }
        return violations(of: run) + findings(of: run) + faults(of: run)
    }

    private static func violations(of run: StoredRun) -> [LogMoment] {
        (run.results.digest?.violations ?? []).prefix(HistoryExcerpt.mostDrawn).enumerated()
            .compactMap { number, violation in
                guard let time = violation.time, let node = violation.node else { return nil }
                let from = max(violation.acknowledged ?? time, time - prelude)
                let key = violation.key.map { " on key \($0.cut(40))" } ?? ""
                return LogMoment(
                    id: "log-v\(number + 1)",
                    name: "Violation \(number + 1): \(violation.noun)\(key), \(node) at "
                        + "\(time.fixed(2)) s",
                    from: from - margin.before, to: time + 0.5, at: time, leading: 30,
                    nodes: ["\(node)"])
            }
    }

    /// The first of each group before others of it.
    private static func findings(of run: StoredRun) -> [LogMoment] {
        let firsts = (run.results.findingGroups ?? []).map(\.first)
        let places = firsts + run.results.findings.indices.filter { !firsts.contains($0) }
        let moments = places.compactMap { place -> (Int, LogMoment)? in
            guard place < FindingSection.mostListed else { return nil }
            return moment(of: run.results.findings[place], at: place, in: run).map { (place, $0) }
        }
        return moments.prefix(mostFindings).sorted { $0.0 < $1.0 }.map(\.1)
    }

    private static func moment(
        of finding: Finding, at place: Int, in run: StoredRun
    ) -> LogMoment? {
        let quote =
            finding.kind == .panic
            ? finding.detail.firstRange(of: ": ").map {
                String(finding.detail[$0.upperBound...].prefix(80))
            } : nil
        let time = run.results.time(of: finding) ?? quote.flatMap { moment(of: $0, finding, run) }
        guard time != nil || quote != nil else { return nil }
        let at = time ?? -.infinity
        let name =
            "Finding \(place + 1): \(finding.anomaly.cut(80))"
            + (finding.node.map { ", \($0)" } ?? "") + (time.map { " at \($0.fixed(2)) s" } ?? "")
        return LogMoment(
            id: "log-f\(place + 1)", name: name, from: at - prelude, to: at + 1, at: at,
            leading: 26, nodes: finding.node.map { ["\($0)"] } ?? [], quote: quote)
    }

    /// When a node wrote what is quoted of it.
    private static func moment(of quote: String, _ finding: Finding, _ run: StoredRun) -> Double? {
        guard let node = finding.node, let began = run.results.loadBegan,
            let logs = run.logs["\(node)"]
        else { return nil }
        return LogLine.all(in: logs, since: began).first { $0.text.contains(quote) }?.time
    }

    private static func faults(of run: StoredRun) -> [LogMoment] {
        run.results.faults.prefix(mostFaults).map { fault in
            LogMoment(
                id: "log-n\(fault.number)",
                name:
                    "Fault \(fault.number): \(fault.kind.inPlainWords), \(fault.nodeWords.cut(80))",
                from: fault.start - margin.before, to: fault.end + margin.after, at: fault.start,
                leading: 6, nodes: [])
        }
    }
}
