internal import Archive
internal import Faults
internal import Results

extension RunComparison {
    /// Everything side by side, in the order in which people ask.
    public var groups: [Group] {
        [
            Group(title: "The runs", facts: subjects),
            Group(title: "What failed", facts: failures),
            Group(title: "Operations", facts: operations),
            Group(title: "Faults", facts: faults),
        ]
    }

    private func fact(_ name: String, _ answer: (RunResults) -> String) -> Fact {
        Fact(name: name, left: answer(left.results), right: answer(right.results))
    }

    private var both: [RunResults] { [left.results, right.results] }

    /// A fact for each of these names, in the order of the alphabet.
    private func facts(of names: [String], _ one: (String) -> Fact) -> [Fact] {
        Set(names).sorted().map(one)
    }

    private var subjects: [Fact] {
        let versions = facts(of: both.flatMap(\.versions.keys)) { program in
            fact("version of \(program)") { $0.versions[program] ?? "unknown" }
        }
        let asked = [
            fact("verdict") { $0.verdict.rawValue },
            // The first says what there is; the run's own page has all of them.
            fact("why") { results in
                let more = results.reasons.count - 1
                return (results.reasons.first ?? "") + (more > 0 ? ", and \(more) more" : "")
            },
            fact("plan") { $0.plan },
            fact("seed") { "\($0.seed)" },
            fact("system") { $0.system ?? "unknown" },
        ]
        let circumstances = [
            fact("began") { $0.started },
            fact("ended") { $0.ending?.rawValue ?? "unknown" },
            fact("nodes") { $0.nodes.map { "\($0.count)" } ?? "unknown" },
            fact("workers") { $0.workers.map { "\($0)" } ?? "unknown" },
            fact("load") { "\($0.timings.load.fixed(1)) s" },
        ]
        return asked + versions + circumstances
    }

    /// By the names under which runs are told apart, with an example each.
    private var failures: [Fact] {
        let seen = [left, right].map { side in
            Dictionary(
                RunRow(side.results, folder: side.name).failures.map { ($0.signature, $0) }
            ) { first, _ in first }
        }
        let names = Set(seen.flatMap(\.keys)).sorted()
        guard !names.isEmpty else {
            return [Fact(name: "failures", left: "not seen", right: "not seen")]
        }
        return names.map { name in
            let words = seen.map { failures in
                failures[name].map { "\($0.count): \($0.example)" } ?? "not seen"
            }
            return Fact(name: "\(name)", left: words[0], right: words[1])
        }
    }

    private var operations: [Fact] {
        let functions = facts(of: both.flatMap(\.counts.keys)) { function in
            fact(function) { $0.counts[function].map { Self.words($0) } ?? "none" }
        }
        return [fact("all") { Self.words($0.total) }] + functions + [
            fact("tried per second", Self.rate), fact("latency", Self.latency),
            fact("outages", Self.outages),
        ]
    }

    private static func rate(of results: RunResults) -> String {
        guard let rate = results.rate else { return "unknown" }
        return rate.reached.fixed(1)
            + (rate.asked.map { ", asked for \($0.fixed(1))" } ?? ", unlimited")
    }

    private static func latency(of results: RunResults) -> String {
        guard let latency = results.digest?.latency else { return "unknown" }
        guard latency.count > 0 else { return "nothing succeeded" }
        return "median \(latency.median.spanWords), p95 \(latency.p95.spanWords), "
            + "p99 \(latency.p99.spanWords), worst \(latency.most.spanWords)"
    }

    private static func outages(of results: RunResults) -> String {
        guard let digest = results.digest else { return "unknown" }
        guard let worst = digest.worstOutage else { return "none" }
        return "\(digest.outages.count), the longest \(worst.words)"
    }

    private static func words(_ counts: RunResults.Counts) -> String {
        let refused = counts.refused ?? 0
        return "\(counts.ok.grouped) ok, \(counts.fail.grouped) failed"
            + (refused > 0 ? " (\(refused.grouped) of them refused)" : "")
            + ", \(counts.info.grouped) unknown"
    }

    private var faults: [Fact] {
        let kinds = facts(of: both.flatMap(\.faults).map(\.kind.rawValue)) { kind in
            fact(kind) { results in
                Self.words(results.faults.filter { $0.kind.rawValue == kind }, in: results)
            }
        }
        return [fact("all") { Self.words($0.faults, in: $0) }] + kinds
    }

    /// `2 of 3 took effect; longest outage 1.20 s; slowest recovery 0.31 s`.
    private static func words(_ records: [FaultRecord], in results: RunResults) -> String {
        guard !records.isEmpty else { return "none" }
        let numbers = Set(records.map(\.number))
        let outage = results.digest?.availability.filter { numbers.contains($0.fault) }
            .map(\.longestOutage).max()
        let recoveries = records.compactMap { record in record.recovered.map { $0 - record.end } }
        let never = records.count - recoveries.count
        var words = [
            "\(records.count(where: \.bit)) of \(records.count) took effect",
            "longest outage " + (outage?.spanWords ?? "unknown"),
        ]
        if let slowest = recoveries.max() { words.append("slowest recovery " + slowest.spanWords) }
        if never > 0 { words.append("after \(never) no recovery was seen") }
        return words.joined(separator: "; ")
    }
}
