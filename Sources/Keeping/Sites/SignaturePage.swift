internal import Archive
internal import Reports
internal import Results

extension Site {
    /// The page of one failure: how often, since when, where, and its best examples.
    func page(of signature: Signature) -> String {
        let runs = failing[signature] ?? []
        let ordered = runs.sorted { $0.started < $1.started }
        let first = ordered.first
        let last = ordered.last
        let clearest = Clarity.sorted(runs, showing: signature)
        return Self.page(
            signature.anomaly, depth: 1,
            """
            <header class="\(signature.series.accusesSystem ? "invalid" : "inconclusive")">
            <h1>\(signature.anomaly)</h1><p>\(signature.situation)</p>
            <p class="quiet">\(Self.whose(signature.series)) Seen in \(runs.count) runs, first \
            \(Self.where(first)), last \(Self.where(last)).</p></header>
            <section><h2>Examples, those that failed soonest first</h2><ul>
            \(clearest.prefix(5).map { example($0, of: signature) }.joined())</ul></section>
            \(Self.spans(of: ordered))
            \(rates(of: signature))
            <section><h2>Every run with it</h2>\(Self.strip(ordered, depth: 1))</section>
            """)
    }

    private static func whose(_ series: Signature.Series) -> String {
        switch series {
        case .violation: "What clients saw cannot be explained."
        case .node: "A node is at fault, whatever clients saw."
        case .inconclusive: "Nothing is known: too little was tested, or a limit was met."
        case .harness: "The harness failed; this says nothing about the system."
        }
    }

    private static func `where`(_ run: RunRow?) -> String {
        guard let run else { return "never" }
        return "\(run.started), \(run.version)" + (run.commit.map { ", commit \($0)" } ?? "")
    }

    private func example(_ run: RunRow, of signature: Signature) -> Markup {
        let words = run.failures.first { $0.signature == signature }?.example ?? ""
        return """
            <li><a href="../\(run.page)">\(run.cell), seed \(Int(clamping: run.seed))</a>\
            , \(run.seconds.fixed(1)) s: \(words)</li>
            """
    }

    /// What was tested: a version, and the commit if the campaign was told one.
    private struct Build: Hashable {
        let version: String
        let commit: String?

        init(_ run: RunRow) { (version, commit) = (run.version, run.commit) }
    }

    /// By version and commit: when it was seen first and last; the latest seen comes first.
    private static func spans(of ordered: [RunRow]) -> Markup {
        let builds = Dictionary(grouping: ordered, by: Build.init)
            .map { build, runs -> (build: Build, first: String, last: String, count: Int) in
                let times = runs.map(\.started).filter { !$0.isEmpty }
                return (build, times.first ?? "unknown", times.last ?? "unknown", runs.count)
            }
            .sorted {
                ($0.last, $0.build.version, $0.build.commit ?? "")
                    > ($1.last, $1.build.version, $1.build.commit ?? "")
            }
        let lines = builds.map { seen -> Markup in
            """
            <tr><td>\(seen.build.version.isEmpty ? "unknown" : seen.build.version)</td>
            <td>\(seen.build.commit ?? "-")</td><td>\(seen.first)</td><td>\(seen.last)</td>
            <td class="number">\(seen.count)</td></tr>
            """
        }
        return """
            <section><h2>First and last seen, by version and commit</h2>
            <div class="wide"><table><thead><tr><th>Version</th><th>Commit</th><th>First seen</th>
            <th>Last seen</th><th class="number">Runs with it</th></tr></thead>
            <tbody>\(lines.joined())</tbody></table></div></section>
            """
    }

    /// By plan and version: where it was seen and where it was looked for in vain.
    private func rates(of signature: Signature) -> Markup {
        let hits = (failing[signature] ?? []).reduce(into: [Subject: Int]()) {
            $0[Subject($1), default: 0] += 1
        }
        let lines = subjects.compactMap { subject, runs -> Markup? in
            let hits = hits[subject] ?? 0
            guard hits > 0 || signature.series.accusesSystem else { return nil }
            return """
                <tr><td>\(subject.cell)</td><td>\(subject.version)</td>
                <td>\(Proportion(min(hits, runs), of: runs).description)</td></tr>
                """
        }
        return """
            <section><h2>Where, and how often</h2><div class="wide"><table><thead><tr>
            <th>Plan</th><th>Version</th><th>In runs, and the range of the true rate</th></tr>
            </thead><tbody>\(lines.joined())</tbody></table></div></section>
            """
    }
}
