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
}
