internal import Checkers
internal import Faults
public import Histories
internal import Topologies

/// What a run's history says in numbers and sentences, worked out once, in the pass that judges it.
///
/// Summaries, comparisons of runs and the words of a page need no history any more.
public struct HistoryDigest: Codable, Sendable {
    /// Operations by name and outcome, as the history has them.
    public var counts: [String: RunResults.Counts]
    /// Operations that the history never completes.
    public var open: Int
    /// The last event, in seconds since the start of the load.
    public var end: Double
    /// Latencies of the operations that took effect.
    public var latency: Quantiles
    /// The same by the operations' names.
    public var latencies: [String: Quantiles]
    /// Times without any success, longest first.
    public var outages: [Outage]
    /// What clients could do around each fault.
    public var availability: [FaultAvailability]
    /// Who led when.
    public var leaders: [LeaderSpan]
    /// The contradictions of all keys, worst first: lost or invented data before stale reads, and of
    /// these the farthest behind first.
    public var violations: [Violation]
    /// The violations by what they have in common, worst first.
    public var diagnoses: [Diagnosis]
    /// Nodes that did nothing of what they were asked, though others did; nil in older runs.
    public var refusing: [RefusingNode]?

    /// Shorter times without success are everyday.
    private static let leastOutage = 0.2
    private static let mostOutages = 50

    /// Digests a history whose keys have been told apart, with what else a run knows; O(n log n).
    public init(_ history: History, of results: RunResults) {
        var counts: [String: RunResults.Counts] = [:]
        var latencies: [String: [Double]] = [:]
        var open = 0
        for operation in history.operations {
            if !operation.hasCompletion { open += 1 }
            counts[operation.function, default: .init()].note(operation)
            guard case .ok = operation.outcome, let start = operation.invokedAt?.seconds,
                let end = operation.completedAt?.seconds
            else { continue }
            latencies[operation.function, default: []].append(end - start)
        }
        let successes = SuccessTimes(
            history, load: results.timings.load, stalls: results.stalls ?? [])
        let observations = results.observations ?? []
        let leaders = LeaderSpan.all(in: observations)
        let violations = Self.violations(of: results, in: history)
        self.init(
            counts: counts, open: open, end: successes.end,
            latency: Quantiles(latencies.values.flatMap(\.self)),
            latencies: latencies.mapValues(Quantiles.init),
            outages: successes.outages(
                atLeast: Self.leastOutage, most: Self.mostOutages, faults: results.faults),
            availability: results.faults.map { FaultAvailability($0, successes, leaders) },
            leaders: leaders, violations: violations, diagnoses: Diagnosis.of(violations))
        refusing = RefusingNode.all(in: history, of: results)
    }

    private init(
        counts: [String: RunResults.Counts], open: Int, end: Double, latency: Quantiles,
        latencies: [String: Quantiles], outages: [Outage], availability: [FaultAvailability],
        leaders: [LeaderSpan], violations: [Violation], diagnoses: [Diagnosis]
    ) {
        self.counts = counts
        self.open = open
        self.end = end
        self.latency = latency
        self.latencies = latencies
        self.outages = outages
        self.availability = availability
        self.leaders = leaders
        self.violations = violations
        self.diagnoses = diagnoses
    }

    /// The longest time without any success.
    public var worstOutage: Outage? { outages.first }

    /// Which counts differ from those that were kept while the load ran, in words.
    public func differences(from counted: [String: RunResults.Counts]) -> [String] {
        Set(counts.keys).union(counted.keys).sorted().compactMap { function in
            let here = counts[function] ?? .init()
            let there = counted[function] ?? .init()
            guard (here.ok, here.fail, here.info) != (there.ok, there.fail, there.info) else {
                return nil
            }
            return "\(function): the history has \(here.ok) ok, \(here.fail) fail, \(here.info) "
                + "info, but \(there.ok) ok, \(there.fail) fail, \(there.info) info were counted"
        }
    }

    func impossibleNumbers() -> [String] {
        var times = [end]
        for outage in outages { times += [outage.start, outage.end, outage.length] }
        for one in availability {
            times += [one.afterInjection ?? 0, one.afterHealing ?? 0, one.longestOutage]
            times += one.elections
        }
        for span in leaders { times += [span.start, span.end ?? 0] }
        for violation in violations {
            times += [violation.invoked, violation.time, violation.behind, violation.acknowledged]
                .map { $0 ?? 0 }
        }
        var found = times.allSatisfy { abs($0) < 1e10 } ? [] : ["times"]
        let all = [latency] + latencies.values
        if !all.allSatisfy({ abs($0.most) < 1e10 && abs($0.p99) < 1e10 && abs($0.median) < 1e10 }) {
            found.append("latency")
        }
        if !diagnoses.allSatisfy({ violations.indices.contains($0.clearest) }) {
            found.append("diagnoses")
        }
        return found
    }

    // MARK: Violations

    private static func violations(of results: RunResults, in history: History) -> [Violation] {
        results.keys.compactMap { key -> Violation? in
            guard let found = key.contradiction,
                history.operations.indices.contains(found.culprit)
            else { return nil }
            return Violation(key, found, of: results, in: history)
        }.enumerated().sorted { one, other in
            (one.element.kind.weight, one.element.behind ?? -1, other.offset)
                > (other.element.kind.weight, other.element.behind ?? -1, one.offset)
        }.map(\.element)
    }
}

extension RunResults.Counts {
    mutating func note(_ operation: Operation) {
        switch operation.outcome {
        case .ok: ok += 1
        case .failed(let failure):
            fail += 1
            if failure == .mismatch { refused = (refused ?? 0) + 1 }
        case .unknown: if operation.hasCompletion { info += 1 }
        }
    }
}

extension Violation {
    init(
        _ key: KeyResult, _ found: ContradictionResult, of results: RunResults,
        in history: History
    ) {
        let culprit = history.operations[found.culprit]
        let missed = found.missed.flatMap { id in
            history.operations.indices.contains(id) ? history.operations[id] : nil
        }
        let node = results.node(of: culprit)
        self.init(
            key: key.key, kind: found.kind, function: culprit.function, culprit: found.culprit,
            missed: found.missed, node: node,
            missedNode: missed.flatMap { results.node(of: $0) },
            invoked: culprit.invokedAt?.seconds, time: culprit.completedAt?.seconds,
            acknowledged: missed?.completion == .max ? nil : missed?.completedAt?.seconds,
            situation: Situation(
                of: node, at: culprit.completedAt?.seconds, faults: results.faults,
                observations: results.observations ?? []),
            sentence: found.sentence)
        if let invoked, let acknowledged, invoked >= acknowledged {
            behind = invoked - acknowledged
        }
        sentence = words(culprit, missed, found, results)
    }

    private func words(
        _ culprit: Operation, _ missed: Operation?, _ found: ContradictionResult,
        _ results: RunResults
    ) -> String {
        let clause = situation.clause(results.faults)
        let state = node.flatMap { clause.isEmpty ? nil : "; \($0) \(clause)" } ?? ""
        guard kind == .stale, let missed, let behind, let time, let acknowledged else {
            return results.namingNodes(in: found.sentence) + state
        }
        // Nodes answer and acknowledge; where none is known, it is the clients that saw it.
        let answer =
            node.map { "\($0) \(OperationWords.answer(of: culprit))" }
            ?? "client \(culprit.client) \(OperationWords.reply(to: culprit))"
        let write = OperationWords.object(of: missed)
        let promise =
            missedNode.map { "\($0) had acknowledged \(write)" }
            ?? "\(write) by client \(missed.client) had been acknowledged"
        return "\(answer) at \(time.fixed(4)) s, though \(promise) at \(acknowledged.fixed(4)) s, "
            + "\(behind.spanWords) before the \(culprit.function) began\(state)"
    }
}
