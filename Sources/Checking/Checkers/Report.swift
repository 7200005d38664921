public import Histories

/// What a check found out, key by key.
public struct Report: Sendable {
    /// The model's name.
    public let model: String
    /// How the operations were read.
    public let reading: String
    /// The keys that were checked, in the order of their first operation; one without a key for
    /// a single object.
    public let keys: [KeyReport]
    /// How many keys were left because another one is violated
    /// (``Checker/stopsAtFirstViolation``).
    public let skipped: Int

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
    /// The search's units of work (``Budget/steps``).
    public internal(set) var steps = 0
    /// The most bytes that the search took up at once.
    public internal(set) var bytes = 0
    /// Processor time until the verdict was known.
    public internal(set) var decided = Duration.zero
    /// Processor time, explaining the verdict included.
    public internal(set) var elapsed = Duration.zero
}
