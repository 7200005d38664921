internal import Results

/// Operations by name, and keys by verdict.
struct OperationSection {
    private static let mostKeys = 300

    private let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    var html: Markup { operations + keys }

    private var operations: Markup {
        let hasRefusals = run.results.counts.values.contains { $0.refused != nil }
        let refusals: Markup =
            hasRefusals ? "<th scope=\"col\">\(RefusalWords.found(run.results))</th>" : ""
        let rows = run.results.counts.sorted { $0.key < $1.key }.prefix(100).map {
            function, counts -> Markup in
            let quantiles = run.results.digest?.latencies[function] ?? Quantiles()
            let times = [quantiles.median, quantiles.p95, quantiles.p99, quantiles.most]
                .map { "<td>\(run.isTimed ? ($0 * 1_000).fixed(2) : "")</td>" as Markup }.joined()
            return """
                <tr><td>\(function)</td><td>\(counts.ok)</td>\
                \(hasRefusals ? "<td>\(counts.refused.map { "\($0)" } ?? "")</td>" : "" as Markup)<td>\(counts.errors)</td>\
                <td>\(counts.info)</td>\(times)</tr>
                """
        }.joined()
        return """
            <section><h2>Operations</h2><p class="quiet">Latencies in milliseconds, of those that \
            took effect.</p><div class="wide" tabindex="0" role="region" aria-label="Operations by name"><table class="sortable"><thead><tr>\
            <th scope="col">operation</th><th scope="col">ok</th>\(refusals)<th scope="col">failed</th><th scope="col">unknown</th><th scope="col">median</th>\
            <th scope="col">95th percentile</th><th scope="col">99th percentile</th><th scope="col">slowest</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div></section>

            """
    }

    private var keys: Markup {
        let order: [KeyResult.Verdict: Int] = [.violation: 0, .undecided: 1, .linearizable: 2]
        let sorted = run.results.keys.sorted {
            (order[$0.verdict] ?? 0, $1.operations) < (order[$1.verdict] ?? 0, $0.operations)
        }
        let rows = sorted.prefix(Self.mostKeys).map { key -> Markup in
            """
            <tr><td>\((key.key ?? "-").cut(80))</td><td class="\(key.verdict.rawValue)">\(key.verdict.rawValue)</td>\
            <td>\(key.operations)</td><td>\(key.decider)</td><td>\(key.configurations)</td>\
            <td>\((key.seconds * 1_000).fixed(2))</td><td>\(key.limit ?? "")</td></tr>
            """
        }.joined()
        let rest = sorted.count - Self.mostKeys
        return """
            <section><h2>Keys</h2><p class="quiet">\(run.results.keys.count) \
            \(run.results.keys.count == 1 ? "key" : "keys, violations first")\(rest > 0 ? "; the first \(Self.mostKeys)" : "").</p><details\
            \(Markup(raw: sorted.first.map { $0.verdict != .linearizable } == true ? " open" : ""))>\
            <summary>Verdict by key</summary><div class="wide" tabindex="0" role="region" aria-label="Verdicts by key"><table class="sortable"><thead><tr>\
            <th scope="col">key</th><th scope="col">verdict</th><th scope="col">operations</th><th scope="col">decided by</th>\
            <th scope="col">configurations</th><th scope="col">milliseconds</th><th scope="col">limit</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div></details></section>

            """
    }
}
