import Dispatch
public import Histories
public import Models
internal import Synchronization

/// Decides whether the history of a register is linearizable, key by key, on all cores.
///
/// Each key goes to the linear-time decider of unique values first, and to the exact search
/// where that does not apply or leaves refused compare-and-sets open.
public struct Checker: Sendable {
    /// The model.
    public var model: Register
    /// What one key may cost.
    public var budget: Budget

    /// A checker with a model and a budget.
    public init(model: Register = Register(), budget: Budget = Budget()) {
        self.model = model
        self.budget = budget
    }

    /// Checks a history whose keys have been told apart (``Histories/History/keyed(_:)``).
    ///
    /// - Throws: `ModelError` if the model does not know an operation.
    public func check(_ history: History) throws(ModelError) -> Report {
        let groups = history.byKey
        var tracks: [Track<Register>] = []
        for group in groups { tracks.append(try Track(group.operations, model: model)) }
        let tracksOfKeys = tracks
        let results = Mutex<[KeyReport?]>(Array(repeating: nil, count: groups.count))
        DispatchQueue.concurrentPerform(iterations: groups.count) { place in
            let report = check(
                tracksOfKeys[place], key: groups[place].key, operations: history.operations)
            results.withLock { $0[place] = report }
        }
        return Report(
            model: model.name, semantics: model.semantics,
            keys: results.withLock { $0.compactMap(\.self) })
    }

    private func check(
        _ track: Track<Register>, key: Value?, operations: [Operation]
    ) -> KeyReport {
        let clock = ContinuousClock()
        var report = KeyReport(key: key, operations: track.entries.count)
        report.elapsed = clock.measure {
            report.verdict = decide(track, operations: operations, report: &report)
        }
        return report
    }

    private func decide(
        _ track: Track<Register>, operations: [Operation], report: inout KeyReport
    ) -> Verdict {
        switch UniqueValues.decide(track) {
        case .contradiction(let conflict):
            return .violation(
                Explanation(track: track, operations: operations).contradiction(from: conflict))
        case .order(let order) where track.accepts(order):
            return .linearizable(witness: order.map { track.entries[$0].id })
        case .order, .notUnique: break
        }
        report.decider = .search
        let (finding, cost) = Frontier.search(track, budget: budget)
        report.configurations = cost.configurations
        report.bytes = cost.bytes
        switch finding {
        case .linearizable: return .linearizable(witness: nil)
        case .undecided(let limit, let frontier): return .undecided(limit, frontier)
        case .violation(let dead):
            let smaller = Minimiser.minimise(track, dead: dead)
            return .violation(
                Explanation(track: track, operations: operations)
                    .contradiction(from: dead, among: smaller))
        }
    }
}

/// What a check found out, key by key.
public struct Report: Sendable {
    /// The model's name.
    public let model: String
    /// How the operations were read.
    public let semantics: Semantics
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
        /// The linear-time decider of unique values.
        case uniqueValues = "unique-values"
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
    public internal(set) var decider = Decider.uniqueValues
    /// How many configurations the search visited.
    public internal(set) var configurations = 0
    /// The most bytes that the search took up at once.
    public internal(set) var bytes = 0
    /// Wall-clock time.
    public internal(set) var elapsed = Duration.zero
}
