public import Checkers

/// The verdict on one key's history.
public struct KeyResult: Codable, Sendable {
    /// What a checker can say.
    public enum Verdict: String, Codable, Sendable {
        case linearizable
        case violation
        case undecided
    }

    /// The key; nil where there is one object.
    public var key: String?
    /// What the checker said.
    public var verdict: Verdict
    /// The limit that stopped an undecided search.
    public var limit: String?
    /// The algorithm that gave the verdict.
    public var decider: String
    /// Operations of the key.
    public var operations: Int
    /// Configurations that the search visited.
    public var configurations: Int
    /// Wall-clock seconds.
    public var seconds: Double
    /// Why it is a violation.
    public var contradiction: ContradictionResult?

    /// What a checker found out about a key.
    public init(_ report: KeyReport) {
        key = report.key.map { "\($0)" }
        decider = report.decider.rawValue
        operations = report.operations
        configurations = report.configurations
        seconds = report.elapsed / .seconds(1)
        switch report.verdict {
        case .linearizable: verdict = .linearizable
        case .undecided(let found, _):
            verdict = .undecided
            // How to raise it depends on who has set it: a plan, or an option of `check`.
            limit = String(found.description.prefix { $0 != ";" })
        case .violation(let found):
            verdict = .violation
            contradiction = ContradictionResult(found)
        }
    }

    /// The key as a sentence begins with it: `key 24: `, or nothing.
    public var prefix: String { key.map { "key \($0): " } ?? "" }
}

/// Operations that contradict each other.
public struct ContradictionResult: Codable, Sendable {
    /// The rule that they break.
    public var kind: Contradiction.Kind
    /// The contradiction in words.
    public var sentence: String
    /// The operations by their number in the history, from 0.
    public var operations: [Int]
    /// The operation to look at first.
    public var culprit: Int
    /// What it missed.
    public var missed: Int?
    /// After an exhaustive search: states that the object may have been in.
    public var states: [String]?
    /// Operations that contradict each other by themselves, by number.
    public var history: [Int]?
    /// The longest order of them that is legal.
    public var order: [Step]?
    /// After an exhaustive search: ways in which all before the culprit may have gone, each to
    /// another state; nil in older runs.
    public var ways: [[Step]]?

    /// The rule's name as files keep it.
    public var kindName: String { kind.rawValue }

    /// Whether the checker has confirmed that nothing of it can go; nil in older runs.
    public var isMinimal: Bool?
    /// For each operation the states that are possible behind it; nil in older runs, and where there
    /// are too many orders to try all.
    public var possible: [Possibility]?

    /// States that are possible behind an operation.
    public struct Possibility: Codable, Hashable, Sendable {
        /// The operation's number in the history.
        public var operation: Int
        /// What the object may have held; nothing if no legal order leads there.
        public var states: [String]
        /// How many states there are beside those.
        public var others: Int
    }

    /// One step of an order.
    public struct Step: Codable, Hashable, Sendable {
        /// The operation's number in the history.
        public var operation: Int
        /// What the object held after it.
        public var state: String

        init(_ step: Contradiction.Step) {
            operation = step.operation
            state = step.state
        }
    }

    init(_ found: Contradiction) {
        kind = found.kind
        sentence = found.sentence
        operations = found.operations
        culprit = found.culprit
        missed = found.missed
        states = found.states
        history = found.history
        order = found.order.map(Step.init)
        isMinimal = found.history.isEmpty ? nil : found.isMinimal
        possible =
            found.possible.isEmpty
            ? nil
            : found.possible.map {
                Possibility(operation: $0.operation, states: $0.states, others: $0.others)
            }
        ways = found.lastOrders.isEmpty ? nil : found.lastOrders.map { $0.map(Step.init) }
    }
}

extension Contradiction.Kind: Codable {}
