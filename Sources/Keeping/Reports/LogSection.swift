internal import Faults
internal import Foundation
internal import Stores

/// What nodes wrote to their logs around each fault.
struct LogSection {
    private static let mostFaults = 40
    private static let mostLines = 12
    private static let longest = 300
    /// Seconds before a fault, and after it.
    private static let margin = (before: 0.2, after: 2.0)

    private let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    var html: Markup {
        guard let began = run.results.loadBegan, !run.logs.isEmpty else { return "" }
        let lines = run.logs.mapValues { Self.lines($0, since: began) }
        let parts = run.results.faults.prefix(Self.mostFaults).map { fault -> Markup in
            let nodes = run.nodes.map { node -> Markup in
                part(of: fault, node, lines[node] ?? [])
            }.joined()
            guard !nodes.description.isEmpty else { return "" }
            return """
                <details><summary>Fault \(fault.number): \(fault.kind) on \
                \(fault.nodes.joined(separator: ", "))</summary>\(nodes)</details>
                """
        }.joined()
        guard !parts.description.isEmpty else { return "" }
        return "<section><h2>Node logs around each fault</h2>\(parts)</section>\n"
    }

    private func part(of fault: FaultRecord, _ node: String, _ lines: [Line]) -> Markup {
        let near = lines.filter {
            $0.time > fault.start - Self.margin.before && $0.time < fault.end + Self.margin.after
        }
        guard !near.isEmpty else { return "" }
        let text = near.prefix(Self.mostLines).map { $0.text.cut(Self.longest) }
            .joined(separator: "\n")
        let rest = near.count - Self.mostLines
        return """
            <h4>\(node)</h4><pre>\(text)\(rest > 0 ? "\nand \(rest) more lines" : "")</pre>
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
