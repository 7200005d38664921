public import Checkers
public import Histories
public import Models

/// One thing that a history is judged by.
public protocol Check: Sendable {
    /// Its name, as results keep it: `linearizable` for example.
    var name: String { get }
    /// Judges a history whose keys have been told apart.
    ///
    /// - Throws: `ModelError` for operations that it does not understand.
    func judge(_ history: History) throws(ModelError) -> CheckOutcome
    /// Judges one key's history while the run goes on, on this thread; nil where keys cannot be
    /// judged each for itself, or where that costs more than a run can spare.
    ///
    /// - Throws: `ModelError` for operations that it does not understand.
    func decide(
        key: Value, of operations: [Operation], until cancellation: Cancellation
    ) throws(ModelError) -> KeyReport?
}

extension Check {
    /// Judges the whole history only.
    public func decide(
        key: Value, of operations: [Operation], until cancellation: Cancellation
    ) throws(ModelError) -> KeyReport? { nil }
}

/// What a check has found.
public enum CheckOutcome: Sendable {
    /// Each key decided for itself.
    case keys(Report)
    /// Whatever is wrong, one by one; nothing if all is well.
    case findings([CheckFinding])
}

/// Something that is wrong with a history, found by a check that does not decide keys.
public struct CheckFinding: Hashable, Sendable {
    /// The check.
    public let check: String
    /// What is wrong, in a sentence.
    public let sentence: String
    /// The independent key, where it is about one.
    public let key: Value?
    /// The operations that show it, by number.
    public let operations: [Int]

    /// A finding of a check.
    public init(check: String, sentence: String, key: Value? = nil, operations: [Int] = []) {
        self.check = check
        self.sentence = sentence
        self.key = key
        self.operations = operations
    }
}

/// Whether the history of each key is linearizable.
public struct LinearizabilityCheck<M: Model>: Check {
    /// The name in results.
    public let name = "linearizable"
    private let checker: Checker<M>

    /// A check against a model, with what one key may cost.
    public init(_ model: M, budget: Budget) {
        checker = Checker(model: model, budget: budget)
    }

    /// Decides each key.
    public func judge(_ history: History) throws(ModelError) -> CheckOutcome {
        .keys(try checker.check(history))
    }

    /// What one key may cost while the run goes on, beside a load that must not wait.
    private static var earlyBudget: Budget {
        Budget(
            time: .seconds(2), configurations: 1_000_000, steps: 40_000_000, memory: 128 << 20)
    }

    /// Decides one key, and says a violation in a sentence.
    public func decide(
        key: Value, of operations: [Operation], until cancellation: Cancellation
    ) throws(ModelError) -> KeyReport? {
        var early = checker
        early.budget = Self.earlyBudget
        early.explanations = .sentence
        early.cancellation = cancellation
        let report = try early.check(key: key, of: operations)
        if case .undecided = report.verdict { return nil }
        return report
    }
}
