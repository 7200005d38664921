public import Archive
internal import Reports
internal import Results

/// Two sets of runs side by side, pair by pair under the same plan, options and seed: two versions
/// or two commits.
public struct Comparison: Sendable {
    /// What each side is called.
    public let names: (String, String)
    /// Runs that both sides have, by plan, options and seed.
    public let pairs: [(RunRow, RunRow)]
    /// How many runs of each side have no partner.
    public let alone: (Int, Int)

    /// Compares two sets; the later run counts where a plan came twice with the same options and
    /// seed.
    public init(
        _ left: [RunRow], named leftName: String, _ right: [RunRow], named rightName: String
    ) {
        func keyed(_ rows: [RunRow]) -> [String: RunRow] {
            Dictionary(rows.map { (Self.key($0), $0) }) { first, second in
                first.started < second.started ? second : first
            }
        }
        let (one, other) = (keyed(left), keyed(right))
        names = (leftName, rightName)
        pairs = one.keys.sorted().compactMap { key in
            guard let left = one[key], let right = other[key] else { return nil }
            return (left, right)
        }
        alone = (one.count - pairs.count, other.count - pairs.count)
    }

    /// What two runs must have in common to be a pair.
    private static func key(_ row: RunRow) -> String {
        ([row.plan] + row.options + ["\(row.seed)"]).joined(separator: "\u{0}")
    }

    /// How many runs of each side found something, among those that have a partner.
    public var found: (Proportion, Proportion) {
        (
            Proportion(pairs.count { $0.0.verdict == .invalid }, of: pairs.count),
            Proportion(pairs.count { $0.1.verdict == .invalid }, of: pairs.count)
        )
    }

    /// The page.
    public var page: String {
        let (left, right) = found
        let differ: Markup =
            left.certainlyDiffers(from: right)
            ? "<p>They differ by more than chance explains.</p>"
            : "<p>What differs may be chance.</p>"
        return Site.page(
            "\(names.0) and \(names.1)", depth: 1,
            """
            <h1>\(names.0) and \(names.1)</h1>
            <p class="quiet">\(pairs.count) pairs of runs with the same plan, options and \
            seed; \(alone.0) and \(alone.1) runs have no partner.</p>
            <section><h2>Found something</h2><ul><li>\(names.0): \(left.description)</li>
            <li>\(names.1): \(right.description)</li></ul>\(differ)</section>
            <section><h2>Pair by pair</h2><div class="wide"><table><thead><tr><th>Plan</th>
            <th>Seed</th><th>\(names.0)</th><th>\(names.1)</th><th class="number">Succeeded</th>
            <th class="number">Worst outage, s</th><th class="number">p99, ms</th></tr></thead>
            <tbody>\(pairs.map(line).joined())</tbody></table></div></section>
            """)
    }

    private func line(_ left: RunRow, _ right: RunRow) -> Markup {
        """
        <tr><td>\(([left.plan] + left.options).joined(separator: " "))</td>
        <td>\("\(left.seed)")</td><td>\(verdict(left))</td>
        <td>\(verdict(right))</td><td class="number">\(left.ok) / \(right.ok)</td>
        <td class="number">\(pair(left.worstOutage, right.worstOutage, 1))</td>
        <td class="number">\(pair(left.p99Latency, right.p99Latency, 1_000))</td></tr>
        """
    }

    private func verdict(_ run: RunRow) -> Markup {
        "<a href=\"../\(run.page)\">\(run.verdict.rawValue)</a>"
    }

    private func pair(_ left: Double?, _ right: Double?, _ scale: Double) -> String {
        [left, right].map { $0.map { ($0 * scale).fixed(2) } ?? "-" }.joined(separator: " / ")
    }
}
