internal import Histories
internal import Stores

/// Operations by name, and keys by verdict.
struct OperationSection {
    private static let mostKeys = 300

    private let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    var html: Markup { operations + keys }

    private var operations: Markup {
        var latencies: [String: [Double]] = [:]
        for operation in run.history.operations {
            guard case .ok = operation.outcome, let start = operation.invokedAt,
                let end = operation.completedAt
            else { continue }
            latencies[operation.function, default: []].append(end.seconds - start.seconds)
        }
        let rows = run.results.counts.sorted { $0.key < $1.key }.prefix(100).map {
            function, counts -> Markup in
            let quantiles = Quantiles(latencies[function] ?? [])
            let times = [quantiles.median, quantiles.p95, quantiles.p99, quantiles.most]
                .map { "<td>\(($0 * 1_000).fixed(2))</td>" as Markup }.joined()
            return """
                <tr><td>\(function)</td><td>\(counts.ok)</td><td>\(counts.fail)</td>\
                <td>\(counts.info)</td>\(times)</tr>
                """
        }.joined()
        return """
            <section><h2>Operations</h2><p class="quiet">Latencies in milliseconds, of those that \
            took effect.</p><div class="wide"><table class="sortable"><thead><tr>\
            <th>operation</th><th>ok</th><th>failed</th><th>unknown</th><th>median</th>\
            <th>95th percentile</th><th>99th percentile</th><th>slowest</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div></section>

            """
    }

    private var keys: Markup {
        let order = ["violation": 0, "undecided": 1, "linearizable": 2]
        let sorted = run.results.keys.sorted {
            (order[$0.verdict] ?? 0, $1.operations) < (order[$1.verdict] ?? 0, $0.operations)
        }
        let rows = sorted.prefix(Self.mostKeys).map { key -> Markup in
            """
            <tr><td>\((key.key ?? "-").cut(80))</td><td class="\(key.verdict)">\(key.verdict)</td>\
            <td>\(key.operations)</td><td>\(key.decider)</td><td>\(key.configurations)</td>\
            <td>\((key.seconds * 1_000).fixed(2))</td><td>\(key.limit ?? "")</td></tr>
            """
        }.joined()
        let rest = sorted.count - Self.mostKeys
        return """
            <section><h2>Keys</h2><p class="quiet">\(run.results.keys.count) \
            \(run.results.keys.count == 1 ? "key" : "keys"), violations \
            first\(rest > 0 ? "; the first \(Self.mostKeys)" : "").</p><details\
            \(Markup(raw: sorted.first.map { $0.verdict != "linearizable" } == true ? " open" : ""))>\
            <summary>Verdict by key</summary><div class="wide"><table class="sortable"><thead><tr>\
            <th>key</th><th>verdict</th><th>operations</th><th>decided by</th>\
            <th>configurations</th><th>milliseconds</th><th>limit</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div></details></section>

            """
    }
}
