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
    /// Of lines that follow the timeline.
    private static let mostBytes = 300_000
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
            <section id="logs"><h2>Node logs</h2><p class="quiet" id="lines-of"></p>\
            <pre id="lines" tabindex="0" role="region" aria-label="Lines of the nodes' logs" \
            hidden></pre>\(data(lines, near: moments))<h3>Around each violation and fault</h3><div \
            class="follows">\(parts)</div></section>

            """
    }

    /// The lines that the script shows between two times: all of them if they are not too many, else
    /// those around the moments.
    private func data(_ lines: [String: [Line]], near moments: [Moment]) -> Markup {
        let nodes = lines.keys.sorted { ($0.count, $0) < ($1.count, $1) }
        var all = nodes.flatMap { node in (lines[node] ?? []).map { (node: node, line: $0) } }
            .sorted { $0.line.time < $1.line.time }
        let room = { (text: String) in min(text.utf8.count, Self.longest) + 40 }
        let isWhole = all.reduce(0) { $0 + room($1.line.text) } <= Self.mostBytes
        if !isWhole {
            let ranges = moments.map { $0.from...max($0.from, $0.to) }
            var bytes = 0
            all = all.filter { _, line in
                guard ranges.contains(where: { $0.contains(line.time) }) else { return false }
                bytes += room(line.text)
                return bytes <= Self.mostBytes
            }
        }
        let items = all.map { node, line -> Markup in
            """
            <i data-t="\(Markup(raw: line.time.fixed(3)))" data-n="\(node)">\
            \(line.text.cut(Self.longest))</i>
            """
        }
        return """
            <template id="log-data" data-whole="\(isWhole ? "yes" : "no")">\(items.joined())\
            </template>
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
        log.split(separator: "\n").compactMap { line -> Line? in
            LogTime(in: line).map { Line(time: $0.seconds - began, text: String(line)) }
        }
    }
}

/// The time of day that a line of a log bears: `2026-11-21T02:23:12.260Z`, wherever it stands.
package struct LogTime {
    /// Seconds since 1970.
    package let seconds: Double

    /// The time of a line; nil if it bears none.
    package init?(in line: Substring) {
        let pattern = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/
        guard let found = line.prefix(400).firstMatch(of: pattern) else { return nil }
        let text = String(found.output)
        let whole = String(text.prefix(10)) + "T" + text.dropFirst(11).prefix(8) + "Z"
        guard let date = try? Date.ISO8601FormatStyle().parse(whole) else { return nil }
        let fraction = text.dropFirst(19).prefix { $0 == "." || $0.isNumber }
        seconds = date.timeIntervalSince1970 + (Double("0" + fraction) ?? 0)
    }
}
