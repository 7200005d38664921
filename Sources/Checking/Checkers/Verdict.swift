/// What a checker found out about one object's history.
public enum Verdict: Hashable, Sendable {
    /// There is a legal order; where the decider yields it, the order of the operations' ids
    /// with which a replay of the model was made before this was said.
    case linearizable(witness: [Int]?)
    /// There is none.
    case violation(Contradiction)
    /// The search met a limit before it knew. Never a yes.
    case undecided(Limit, DeepestFrontier)

    /// Violation outranks undecided outranks linearizable.
    public var severity: Int {
        switch self {
        case .linearizable: 0
        case .undecided: 1
        case .violation: 2
        }
    }

    /// The verdict in one word, as reports and the command line print it.
    public var word: String {
        switch self {
        case .linearizable: "linearizable"
        case .violation: "violation"
        case .undecided: "undecided"
        }
    }
}

/// The limit that stopped a search.
public enum Limit: Hashable, Sendable, CustomStringConvertible {
    /// So much processor time had been used.
    case time(Duration)
    /// So much work had been done.
    case steps(Int)
    /// Somebody cancelled the check.
    case cancelled
    /// So many configurations had been visited.
    case configurations(Int)
    /// So many bytes were in use for configurations, states and what is remembered of them.
    case memory(Int)
    /// More crashed operations of one kind than can be counted.
    case crashedOperations(Int)

    /// The limit and how to raise it.
    public var description: String {
        switch self {
        case .time(let time):
            "limit of \(time) of processor time reached; raise --budget-time, or "
                + "checker.time of a plan"
        case .steps(let count):
            "limit of \(count) steps of work reached; raise --budget-steps, or checker.steps of a "
                + "plan"
        case .cancelled: "the check was cancelled"
        case .configurations(let count):
            "limit of \(count) configurations reached; raise --budget-configurations, or "
                + "checker.configurations of a plan"
        case .memory(let bytes):
            "limit of \(bytes / 1_048_576) MiB of memory reached; raise --budget-memory, or "
                + "checker.memory of a plan"
        case .crashedOperations(let count): "more than \(count) crashed operations of one kind"
        }
    }
}

/// How much a search may cost before it gives up with ``Verdict/undecided(_:_:)``.
///
/// Configurations, steps and bytes are counted: what they allow is the same on any machine. The
/// time is an outer limit, and of the processor, so that other programs do not shorten it.
public struct Budget: Hashable, Sendable {
    /// Processor time for one object.
    public var time: Duration
    /// Configurations visited for one object.
    public var configurations: Int
    /// Units of work for one object: configurations visited and compared, some nanoseconds each.
    public var steps: Int
    /// Bytes for one object: configurations, the states that they hold, and what is remembered.
    public var memory: Int

    /// The defaults suit an ordinary machine: a minute, a hundred million configurations, four
    /// billion steps, two gibibytes.
    public init(
        time: Duration = .seconds(60), configurations: Int = 100_000_000,
        steps: Int = 4_000_000_000, memory: Int = 2_147_483_648
    ) {
        self.time = time
        self.configurations = configurations
        self.steps = steps
        self.memory = memory
    }
}

/// Why a history is not linearizable: operations that cannot all have happened as they say.
public struct Contradiction: Hashable, Sendable {
    /// Which rule the operations break.
    public enum Kind: String, Hashable, Sendable {
        /// A value was returned that nobody had written.
        case unwritten
        /// A value was returned by an operation that ended before the value's writer began.
        case future
        /// A value was returned after another one had replaced it.
        case stale
        /// Two values each had to be there before the other.
        case interleaved
        /// Two compare-and-sets both found the same value in place.
        case doubleSwap
        /// Compare-and-sets that need each other's results.
        case cycle
        /// More was seen than had been put there.
        case excess
        /// Less was seen than had been put there.
        case undercount
        /// Two reads saw what cannot both have been there.
        case diverged
        /// An operation that must have come first began only after a later one had ended.
        case outOfOrder
        /// One element was taken twice.
        case takenTwice
        /// An element was taken before one that had been put in front of it.
        case overtaken
        /// Elements of a stack were each there before and after one that came later.
        case crossed
        /// Nothing was found although something was there.
        case notEmpty
        /// Two processes held a lock at once.
        case overlap
        /// A process acquired a lock that it had not released.
        case notReleased
        /// A process released a lock that it did not hold.
        case notHeld
        /// An exhaustive search found no order; the operation is the first that fits nowhere.
        case exhausted
    }

    /// Which rule is broken.
    public var kind: Kind
    /// The ids of the operations that contradict each other, by invocation.
    public var operations: [Int]
    /// The operation that a reader should look at first: the stale read, for example.
    public var culprit: Int
    /// The operation that the culprit missed or that stands against it, where there is one.
    public var missed: Int?
    /// The contradiction in words.
    public var sentence: String
    /// After an exhaustive search: states that the object may have been in before the culprit; at
    /// most three.
    public var states: [String]
    /// The ids of operations that are a violation as a history of their own, by invocation.
    ///
    /// The same as ``operations``; empty where nobody asked for the smallest one.
    public var history: [Int]
    /// Those of ``history`` whose end is not part of the contradiction: it stands whether they
    /// took effect then, later or never (in a history of their own they end with `:info`).
    public var openEnded: [Int]

    /// Whether the checker has confirmed that nothing of ``history`` can go: without any one
    /// observation, or with the end of any one other operation forgotten, a legal order explains
    /// the rest.
    public var isMinimal = false

    /// The longest legal order of some of ``history``, with what the object held after each.
    public var order: [Step]
    /// After an exhaustive search: ways in which all may have gone before the culprit, at most
    /// three, each to another state.
    public var lastOrders: [[Step]]

    /// For each of ``history``, what the object may have held right behind it in any legal order of
    /// operations before and it; empty where there are too many orders to try all.
    public var possible: [Possibility] = []

    /// States that are possible behind an operation.
    public struct Possibility: Hashable, Sendable {
        /// The operation's id.
        public let operation: Int
        /// The states, at most twenty; none if no legal order leads to the operation.
        public let states: [String]
        /// How many there are beside those.
        public let others: Int
    }

    /// A step of an order.
    public struct Step: Hashable, Sendable {
        /// The operation's id.
        public let operation: Int
        /// What the object held after it.
        public let state: String

        /// An operation and the state behind it.
        public init(operation: Int, state: String) {
            self.operation = operation
            self.state = state
        }
    }

    /// Makes a contradiction from its parts.
    public init(
        kind: Kind, operations: [Int], culprit: Int, missed: Int? = nil, sentence: String,
        states: [String] = [], history: [Int] = [], openEnded: [Int] = [], order: [Step] = [],
        lastOrders: [[Step]] = []
    ) {
        self.kind = kind
        self.operations = operations
        self.culprit = culprit
        self.missed = missed
        self.sentence = sentence
        self.states = states
        self.history = history
        self.openEnded = openEnded
        self.order = order
        self.lastOrders = lastOrders
    }
}
