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
    /// What is said of a violation.
    public enum Explanations: Sendable {
        /// One sentence, which costs nothing.
        case sentence
        /// The smallest contradiction, with orders and states, which costs several searches.
        case smallest
    }

    /// The model.
    public var model: M
    /// What one key may cost.
    public var budget: Budget
    /// What is said of a violation.
    public var explanations = Explanations.smallest
    /// Whether one violated key ends the check of the others.
    ///
    /// The verdicts that are given are the same every time: the keys are gone through in rounds
    /// of growing effort, and the first key of a round that is violated ends it.
    public var stopsAtFirstViolation = false
    /// Whether the order of a linearizable history is given also where the search found it, which
    /// takes the search a fifth longer and memory for its steps.
    public var yieldsWitnesses = false
    /// Stops the check from another thread; what is not known by then is undecided.
    public var cancellation: Cancellation?

    /// A checker with a model and a budget.
    public init(model: M, budget: Budget = Budget()) {
        self.model = model
        self.budget = budget
    }

    /// Checks a history whose keys have been told apart (`History.keyed(_:)`).
    ///
    /// - Throws: `ModelError` if the model does not know an operation.
    public func check(_ history: History) throws(ModelError) -> Report {
        let groups = history.idsByKey
        let checks = try specialised(groups, history.operations)
        return Report(
            model: model.name, reading: model.reading, keys: checks,
            skipped: groups.count - checks.count)
    }

    /// Checks operations that are all about one object, whatever their keys are, on this thread.
    ///
    /// For a key of a test that still runs, say, once no client works on it any more. The key is
    /// what the report calls the object; operations have the ids of their places.
    ///
    /// - Throws: `ModelError` if the model does not know an operation.
    public func check(
        key: Value?, of operations: [Operation]
    ) throws(ModelError) -> KeyReport {
        let ids = operations.indices.map { Int32($0) }
        var single = self
        single.stopsAtFirstViolation = false
        return try single.specialised([(key, ids)], operations)[0]
    }

    /// The same as ``checkKeys(_:_:)``; for the models of this package the compiler sees the
    /// concrete type here, and leaves no generic code in the search.
    private func specialised(
        _ groups: [(key: Value?, ids: [Int32])], _ operations: [Operation]
    ) throws(ModelError) -> [KeyReport] {
        switch self {
        case let checker as Checker<Register>: try checker.checkKeys(groups, operations)
        case let checker as Checker<KeyValue>: try checker.checkKeys(groups, operations)
        case let checker as Checker<ListAppend>: try checker.checkKeys(groups, operations)
        case let checker as Checker<GrowOnlySet>: try checker.checkKeys(groups, operations)
        case let checker as Checker<Counter>: try checker.checkKeys(groups, operations)
        case let checker as Checker<FIFOQueue>: try checker.checkKeys(groups, operations)
        case let checker as Checker<UnorderedQueue>: try checker.checkKeys(groups, operations)
        case let checker as Checker<Stack>: try checker.checkKeys(groups, operations)
        case let checker as Checker<MutexModel>: try checker.checkKeys(groups, operations)
        case let checker as Checker<MultiRegister>: try checker.checkKeys(groups, operations)
        default: try checkKeys(groups, operations)
        }
    }

    private func checkKeys(
        _ groups: [(key: Value?, ids: [Int32])], _ operations: [Operation]
    ) throws(ModelError) -> [KeyReport] {
        var keys = KeyChecks(checker: self, groups: groups, operations: operations)
        return try keys.run()
    }
}

extension Checker where M == Register {
    /// A checker of registers with compare-and-set, read as Whitewater's own runs are.
    public init(budget: Budget = Budget()) { self.init(model: Register(), budget: budget) }
}
