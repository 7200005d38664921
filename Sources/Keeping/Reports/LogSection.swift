internal import Faults
internal import Foundation
internal import Results
internal import Topologies

/// What nodes wrote to their logs around each violation and each fault.
struct LogSection {
    private static let mostFaults = 30
    private static let mostViolations = 12
    private static let mostLines = 40
    private static let longest = 1_000
    /// Seconds before a fault, and after it.
    private static let margin = (before: 0.2, after: 2.0)

    private let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    var html: Markup {
        guard let began = run.results.loadBegan, !run.logs.isEmpty else { return "" }
        let lines = run.logs.mapValues { Self.lines($0, since: began) }
        let moments = violations + faults
        let parts = moments.map { moment -> Markup in
            let nodes = run.logs.keys.sorted { ($0.count, $0) < ($1.count, $1) }
                .filter { moment.nodes.isEmpty || moment.nodes.contains($0) }
                .map { part(of: moment, $0, lines[$0] ?? []) }.joined()
            guard !nodes.description.isEmpty else { return "" }
            return """
                <details data-from="\(Markup(raw: moment.from.fixed(3)))" \
                data-to="\(Markup(raw: moment.to.fixed(3)))"><summary>\(moment.name)</summary>\
                \(nodes)</details>
                """
        }.joined()
        guard !parts.description.isEmpty else { return "" }
        return """
            <section id="logs"><h2>Node logs around each violation and fault</h2><div \
            class="follows">\(parts)</div></section>

            """
    }

    /// A time to look at, and the nodes that matter then; none means all.
    private struct Moment {
        let name: String
        let from: Double
        let to: Double
        let nodes: Set<String>
    }

    private var violations: [Moment] {
        (run.results.digest?.violations ?? []).prefix(Self.mostViolations).enumerated()
            .compactMap { number, violation in
                guard let time = violation.time, let node = violation.node else { return nil }
                let from = max(violation.acknowledged ?? time, time - 3)
                let key = violation.key.map { ", key \($0.cut(40))" } ?? ""
                return Moment(
                    name: "Violation \(number + 1)\(key): \(node) from \(from.fixed(2)) s on",
                    from: from - Self.margin.before, to: time + 0.5, nodes: ["\(node)"])
            }
    }

    private var faults: [Moment] {
        run.results.faults.prefix(Self.mostFaults).map { fault in
            Moment(
                name: "Fault \(fault.number): \(fault.kind.rawValue) on \(fault.nodeWords.cut(80))",
                from: fault.start - Self.margin.before, to: fault.end + Self.margin.after,
                nodes: [])
        }
    }

    private func part(of moment: Moment, _ node: String, _ lines: [Line]) -> Markup {
        let near = lines.filter { $0.time > moment.from && $0.time < moment.to }
        guard !near.isEmpty else { return "" }
        let text = near.prefix(Self.mostLines).map { $0.text.cut(Self.longest) }
            .joined(separator: "\n")
        let rest = near.count - Self.mostLines
        let files = run.logFiles[node] ?? ["stderr.log"]
        let links = files.map { file -> Markup in
            let path = "nodes/\(node)/\(file)".filter {
                $0.isLetter || $0.isNumber || "/.-".contains($0)
            }
            return "<a href=\"\(path)\">\(path)</a> "
        }.joined()
        return """
            <h3>\(node)</h3><pre>\(text)\(rest > 0 ? "\nand \(rest) more lines" : "")</pre>\
            <p class="quiet">\(links)</p>
            """
    }

    private struct Line {
        /// Seconds since the start of the load.
        let time: Double
        let text: String
    }

    /// Lines with a time in them: `2026-11-21T02:23:12.260Z`, wherever it stands.
    private static func lines(_ log: String, since began: Double) -> [Line] {
        let pattern = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/
        let style = Date.ISO8601FormatStyle()
        return log.split(separator: "\n").compactMap { line -> Line? in
            guard let found = line.prefix(400).firstMatch(of: pattern) else { return nil }
            let text = String(found.output)
            let seconds = String(text.prefix(10)) + "T" + text.dropFirst(11).prefix(8) + "Z"
            guard let date = try? style.parse(seconds) else { return nil }
            let fraction = text.dropFirst(19).prefix { $0 == "." || $0.isNumber }
            return Line(
                time: date.timeIntervalSince1970 + (Double("0" + fraction) ?? 0) - began,
                text: String(line))
        }
    }
}
