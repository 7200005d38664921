import Dispatch
public import Histories
public import Models
internal import Synchronization

/// Decides whether a history is linearizable, key by key, on all cores.
///
/// Each key goes to the linear-time decider of its model first, if it has one, and to the exact
/// search where that does not apply or leaves something open. "Linearizable" is said only of an
/// order that a replay of the model accepts, or after the whole search.
public struct Checker<M: Model>: Sendable {
    /// The model.
    public var model: M
    /// What one key may cost.
    public var budget: Budget

    /// A checker with a model and a budget.
    public init(model: M, budget: Budget = Budget()) {
        self.model = model
        self.budget = budget
    }

    /// Checks a history whose keys have been told apart (``Histories/History/keyed(_:)``).
    ///
    /// - Throws: `ModelError` if the model does not know an operation.
    public func check(_ history: History) throws(ModelError) -> Report {
        let groups = history.idsByKey
        let results = Mutex<[Result<KeyReport, ModelError>?]>(
            Array(repeating: nil, count: groups.count))
        DispatchQueue.concurrentPerform(iterations: groups.count) { place in
            let group = groups[place]
            let report = Result { () throws(ModelError) in
                try specialised(group.ids, key: group.key, history: history.operations)
            }
            results.withLock { $0[place] = report }
        }
        var keys: [KeyReport] = []
        for result in results.withLock({ $0.compactMap(\.self) }) { keys.append(try result.get()) }
        return Report(model: model.name, reading: model.reading, keys: keys)
    }

    /// The same as ``check(_:key:history:)``; for the models of this package the compiler sees the
    /// concrete type here, and leaves no generic code in the search.
    private func specialised(
        _ ids: [Int32], key: Value?, history: [Operation]
    ) throws(ModelError) -> KeyReport {
        switch self {
        case let checker as Checker<Register>:
            try checker.check(ids, key: key, history: history)
        case let checker as Checker<KeyValue>:
            try checker.check(ids, key: key, history: history)
        case let checker as Checker<ListAppend>:
            try checker.check(ids, key: key, history: history)
        case let checker as Checker<GrowOnlySet>:
            try checker.check(ids, key: key, history: history)
        case let checker as Checker<Counter>:
            try checker.check(ids, key: key, history: history)
        case let checker as Checker<FIFOQueue>:
            try checker.check(ids, key: key, history: history)
        case let checker as Checker<MutexModel>:
            try checker.check(ids, key: key, history: history)
        default: try check(ids, key: key, history: history)
        }
    }

    private func check(
        _ ids: [Int32], key: Value?, history: [Operation]
    ) throws(ModelError) -> KeyReport {
        let start = ContinuousClock.now
        let track = try Track(history, ids: ids, model: model)
        var report = KeyReport(key: key, operations: track.entries.count)
        let verdict = decide(track, operations: history, report: &report)
        report.decided = .now - start
        report.verdict = verdict(report.decided)
        report.elapsed = ContinuousClock.now - start
        return report
    }

    /// Decides a track; the verdict is worded afterwards, for a contradiction takes time to
    /// explain, which should not be much more than finding it took.
    private func decide(
        _ track: Track<M>, operations: [Operation], report: inout KeyReport
    ) -> (Duration) -> Verdict {
        let explanation = Explanation(track: track, operations: operations)
        switch LinearTime.decide(track) {
        case .contradiction(let conflict):
            return { spent in
                let history = Minimiser.minimise(track, conflict: conflict, spent: spent)
                return .violation(explanation.contradiction(from: conflict, history: history))
            }
        case .order(let order) where track.accepts(order):
            return { _ in .linearizable(witness: order.map { track.entries[$0].id }) }
        case .order, .notApplicable: break
        }
        report.decider = .search
        let (finding, cost) = Frontier.search(track, budget: budget)
        report.configurations = cost.configurations
        report.bytes = cost.bytes
        switch finding {
        case .linearizable: return { _ in .linearizable(witness: nil) }
        case .undecided(let limit, let frontier): return { _ in .undecided(limit, frontier) }
        case .violation(let dead):
            return { spent in
                let smaller = Minimiser.minimise(track, dead: dead, spent: spent)
                return .violation(explanation.contradiction(from: dead, among: smaller))
            }
        }
    }
}

extension Checker where M == Register {
    /// A checker of registers with compare-and-set, read as Whitewater's own runs are.
    public init(budget: Budget = Budget()) { self.init(model: Register(), budget: budget) }
}

/// What a check found out, key by key.
public struct Report: Sendable {
    /// The model's name.
    public let model: String
    /// How the operations were read.
    public let reading: String
    /// The keys, in the order of their first operation; one without a key for a single object.
    public let keys: [KeyReport]

    /// The worst verdict of all keys; a history without operations is linearizable.
    public var verdict: Verdict {
        keys.map(\.verdict).max { $0.severity < $1.severity } ?? .linearizable(witness: [])
    }

    /// The keys whose history is a violation.
    public var violations: [KeyReport] {
        keys.filter { if case .violation = $0.verdict { true } else { false } }
    }
}

/// What a check found out about one key.
public struct KeyReport: Sendable {
    /// Which algorithm gave the verdict.
    public enum Decider: String, Sendable {
        /// The linear-time decider of the model.
        case linearTime = "linear-time"
        /// The exact search.
        case search
    }

    /// The key; nil where the history is about one object.
    public let key: Value?
    /// How many operations said something about the object.
    public let operations: Int
    /// The verdict.
    public internal(set) var verdict = Verdict.linearizable(witness: [])
    /// Which algorithm gave it.
    public internal(set) var decider = Decider.linearTime
    /// How many configurations the search visited.
    public internal(set) var configurations = 0
    /// The most bytes that the search took up at once.
    public internal(set) var bytes = 0
    /// Wall-clock time until the verdict was known.
    public internal(set) var decided = Duration.zero
    /// Wall-clock time, explaining the verdict included.
    public internal(set) var elapsed = Duration.zero
}
