import Dispatch
internal import Histories
internal import Models
internal import Synchronization

/// The checks of all keys of a history, on all cores.
///
/// Where one violated key ends the others, keys are gone through in rounds of growing effort: the
/// linear-time deciders, short searches, longer ones, and searches with the whole budget. Within
/// a round the first violated key wins, and what later keys came to in that round is forgotten,
/// so that the threads' luck has no say.
struct KeyChecks<M: Model> {
    private let checker: Checker<M>
    private let groups: [(key: Value?, ids: [Int32])]
    private let operations: [Operation]
    private var reports: [KeyReport?]

    /// The searches' efforts in steps, round by round; the first round has none.
    private static var efforts: [Int] { [0, 200_000, 20_000_000, .max] }

    init(
        checker: Checker<M>, groups: [(key: Value?, ids: [Int32])], operations: [Operation]
    ) {
        self.checker = checker
        self.groups = groups
        self.operations = operations
        reports = Array(repeating: nil, count: groups.count)
    }

    /// The reports of the keys that were checked, in their order.
    mutating func run() throws(ModelError) -> [KeyReport] {
        for effort in checker.stopsAtFirstViolation ? Self.efforts : [.max] {
            let open = reports.indices.filter { reports[$0] == nil }
            guard !open.isEmpty else { break }
            // The last one has no others that its violation could end.
            if try round(open, effort: open.count == 1 ? .max : effort) { break }
        }
        return reports.compactMap(\.self)
    }

    /// Checks the keys that are open; true if one is violated and ends the check.
    private mutating func round(_ open: [Int], effort: Int) throws(ModelError) -> Bool {
        let results = Mutex([Result<KeyReport?, ModelError>?](repeating: nil, count: open.count))
        let firstViolated = Atomic(Int.max)
        let stops = checker.stopsAtFirstViolation
        let checks = self
        DispatchQueue.concurrentPerform(iterations: open.count) { number in
            guard firstViolated.load(ordering: .relaxed) > number else { return }
            let result = Result { () throws(ModelError) in
                try checks.check(open[number], effort: effort)
            }
            results.withLock { $0[number] = result }
            if stops, case .success(let report?) = result, report.isViolated {
                firstViolated.min(number, ordering: .relaxed)
            }
        }
        let end = firstViolated.load(ordering: .relaxed)
        for (number, result) in results.withLock({ $0 }).enumerated() where number <= end {
            reports[open[number]] = try result?.get()
        }
        guard end != .max else { return false }
        // The one that ends it is explained now; the others need not be.
        if let report = reports[open[end]] {
            reports[open[end]] = try explained(report, open[end])
        }
        return true
    }

    // MARK: One key

    /// The report of a key; nil if that takes more effort.
    private func check(_ number: Int, effort: Int) throws(ModelError) -> KeyReport? {
        let start = Meter.processorTime
        let track = try Track(operations, ids: groups[number].ids, model: checker.model)
        let decision = Decision(
            track, budget: checker.budget, effort: effort,
            recordsPaths: checker.yieldsWitnesses, cancellation: checker.cancellation)
        var report = KeyReport(key: groups[number].key, operations: track.entries.count)
        switch decision.outcome {
        case .open: return nil
        case .linearizable(let order):
            report.verdict = .linearizable(witness: order?.map { track.entries[$0].id })
        case .undecided(let limit, let frontier): report.verdict = .undecided(limit, frontier)
        case .conflict, .deadEnd: break
        }
        report.decider = decision.decider
        report.configurations = decision.cost.configurations
        report.steps = decision.cost.steps
        report.bytes = decision.cost.bytes
        report.decided = Meter.processorTime - start
        let explanation = Explanation(track: track, operations: operations)
        if let contradiction = explanation.sentence(for: decision) {
            report.verdict = .violation(contradiction)
            if !checker.stopsAtFirstViolation, checker.explanations == .smallest {
                report.verdict = .violation(
                    explanation.smallest(for: decision, checker.cancellation) ?? contradiction)
            }
        }
        report.elapsed = Meter.processorTime - start
        return report
    }

    /// The same report with the smallest contradiction, if that is asked for.
    private func explained(_ report: KeyReport, _ number: Int) throws(ModelError) -> KeyReport {
        guard checker.explanations == .smallest else { return report }
        let start = Meter.processorTime
        let track = try Track(operations, ids: groups[number].ids, model: checker.model)
        let decision = Decision(
            track, budget: checker.budget, effort: .max, recordsPaths: false,
            cancellation: checker.cancellation)
        var report = report
        let explanation = Explanation(track: track, operations: operations)
        if let found = explanation.smallest(for: decision, checker.cancellation) {
            report.verdict = .violation(found)
        }
        report.elapsed += Meter.processorTime - start
        return report
    }
}

extension KeyReport {
    /// Whether the key's history is a violation.
    var isViolated: Bool { if case .violation = verdict { true } else { false } }
}
