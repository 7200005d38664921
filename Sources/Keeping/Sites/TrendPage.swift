internal import Archive
internal import Reports
internal import Results

extension Site {
    /// How things went from campaign to campaign.
    var trends: String {
        guard nights.count > 0 else {
            return Self.page("Trends", "<h1>Trends</h1><p>No campaign yet.</p>\(comparisonLinks)")
        }
        let shown = Array(nights.suffix(60))
        let lines: [(String, (Night) -> Double?)] = [
            ("Runs that found something, of 1,000", Self.violations),
            ("Share of faults that bit, %", Self.bite),
            ("Worst outage around a fault, s", { $0.runs.compactMap(\.worstOutage).max() }),
            ("Slowest recovery, s", { $0.runs.compactMap(\.slowestRecovery).max() }),
            ("Median latency, ms", { Self.median($0.runs.compactMap(\.medianLatency)) }),
        ]
        let drawings = lines.map { title, value -> Markup in
            "<section><h2>\(title)</h2>\(TrendLine(shown, value).svg(title))</section>"
        }
        return Self.page(
            "Trends",
            """
            <h1>Trends</h1><p class="quiet">One point a campaign, the oldest first; a vertical \
            line where the commit under test changed, with its name.</p>
            \(drawings.joined())\(byKind)\(comparisonLinks)
            """)
    }

    private static func violations(_ night: Night) -> Double? {
        let runs = night.runs.filter { !$0.expectsViolation }
        guard !runs.isEmpty else { return nil }
        return Double(runs.count { $0.verdict == .invalid }) * 1_000 / Double(runs.count)
    }

    private static func bite(_ night: Night) -> Double? {
        let faults = night.runs.flatMap(\.faults)
        let tried = faults.reduce(0) { $0 + $1.tried }
        guard tried > 0 else { return nil }
        return Double(faults.reduce(0) { $0 + $1.bit }) * 100 / Double(tried)
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        return values.sorted()[values.count / 2] * 1_000
    }

    /// By kind of fault and version: how often it bit, the longest outage, and the slowest recovery.
    private var byKind: Markup {
        struct Sum {
            var tried = 0
            var bit = 0
            var outage: Double?
            var recovery: Double?
        }
        var sums: [String: Sum] = [:]
        for row in rows {
            for fault in row.faults {
                var sum = sums["\(fault.kind)\u{0}\(row.version)"] ?? Sum()
                sum.tried += fault.tried
                sum.bit += fault.bit
                if let longest = fault.longestOutage {
                    sum.outage = max(sum.outage ?? 0, longest)
                }
                if let slowest = fault.slowestRecovery {
                    sum.recovery = max(sum.recovery ?? 0, slowest)
                }
                sums["\(fault.kind)\u{0}\(row.version)"] = sum
            }
        }
        let lines = sums.sorted { $0.key < $1.key }.map { key, sum -> Markup in
            let words = key.split(separator: "\u{0}", omittingEmptySubsequences: false)
            return """
                <tr><td>\(String(words[0]))</td><td>\(String(words[1]))</td>
                <td>\(Proportion(sum.bit, of: sum.tried).description)</td>
                <td class="number">\(sum.outage.map { $0.fixed(2) + " s" } ?? "-")</td>
                <td class="number">\(sum.recovery.map { $0.fixed(2) + " s" } ?? "-")</td></tr>
                """
        }
        return """
            <section><h2>Faults by version</h2><div class="wide"><table><thead><tr><th>Kind</th>
            <th>Version</th><th>Bit</th><th class="number">Longest outage</th>
            <th class="number">Slowest recovery</th></tr></thead><tbody>
            \(lines.joined())</tbody></table></div></section>
            """
    }
}

/// One number over campaigns, as a small drawing with a table's worth of titles.
struct TrendLine {
    private static let width = 600.0
    private static let height = 140.0
    private static let left = 52.0

    private let points: [(x: Double, value: Double, night: Night)]
    private let commits: [(x: Double, name: String)]
    private let top: Double

    init(_ nights: [Night], _ value: (Night) -> Double?) {
        let step = (Self.width - Self.left - 10) / Double(max(1, nights.count - 1))
        var points: [(x: Double, value: Double, night: Night)] = []
        var commits: [(x: Double, name: String)] = []
        var commit: String?
        for (number, night) in nights.enumerated() {
            let x = Self.left + Double(number) * step
            if let value = value(night) { points.append((x, value, night)) }
            let now = night.runs.last?.commit
            if number > 0, now != commit { commits.append((x, now ?? "unknown")) }
            commit = now
        }
        self.points = points
        self.commits = commits
        top = max(points.map(\.value).max() ?? 0, 0.001)
    }

    private func y(_ value: Double) -> Double {
        Self.height - 18 - (Self.height - 34) * value / top
    }

    func svg(_ title: String) -> Markup {
        guard !points.isEmpty else { return "<p class=\"quiet\">nothing was measured</p>" }
        let line = points.map { "\($0.x.fixed(1)),\(y($0.value).fixed(1))" }
            .joined(separator: " ")
        let marks = points.map { point -> Markup in
            """
            <circle cx="\(point.x)" cy="\(y(point.value))" r="4" fill="var(--missed)">\
            <title>\(point.night.name): \(point.value.fixed(2))</title></circle>
            """
        }
        return """
            <svg class="trend" viewBox="0 0 600 140" role="img" aria-label="\(title)">
            <title>\(title)</title>
            <line x1="52" x2="590" y1="122" y2="122" stroke="var(--line)"/>
            <text x="46" y="126" text-anchor="end">0</text>
            <text x="46" y="20" text-anchor="end">\(top.fixed(top < 10 ? 2 : 0))</text>
            \(changes)
            <polyline points="\(line)" fill="none" stroke="var(--missed)" stroke-width="2"/>
            \(marks.joined())</svg>
            """
    }

    /// A line where the commit changed, its name in full as a title and in short beside it where the
    /// one before leaves room.
    private var changes: Markup {
        var free = 0.0
        return commits.map { x, name -> Markup in
            let isLast = x > Self.width - 90
            let start = isLast ? x - 72 : x
            var label: Markup = ""
            if start >= free {
                free = start + 72
                label = """
                    <text x="\(isLast ? x - 3 : x + 3)" y="11" \
                    text-anchor="\(isLast ? "end" : "start")">\(String(name.prefix(10)))</text>
                    """
            }
            return """
                <g><title>commit \(name)</title><line x1="\(x)" x2="\(x)" y1="2" y2="122" \
                stroke="var(--band)" stroke-width="2"/>\(label)</g>
                """
        }.joined()
    }
}
