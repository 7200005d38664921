/// One operation of a client: its invocation, and what is known about its end.
public struct Operation: Hashable, Sendable {
    /// How an operation ended.
    public enum Outcome: Hashable, Sendable {
        /// It took effect and returned this.
        case ok(Value)
        /// It certainly did not take effect.
        case failed(Failure)
        /// It may have taken effect, may still, or never will.
        case unknown
    }

    /// What a failure tells about the state.
    public enum Failure: Hashable, Sendable {
        /// The server compared and refused, and said so: an observation of the state.
        case mismatch
        /// The operation did not happen; nothing is known about the state. Also what an
        /// imported history says by a bare `:fail`.
        case notExecuted
    }

    /// The operation's number in its history, by order of invocation, from 0.
    public var id: Int
    /// The process that invoked it; below 0 where the history names its processes instead of
    /// counting them (``History/name(ofProcess:)``).
    public var process: Int
    /// What the history calls the process: its number, or its name.
    public var client: Value {
        get { if case .parts(let client?, _)? = rare { client } else { .int(process) } }
        set { rare = Rare(client: newValue.int == nil ? newValue : nil, node: node) }
    }
    /// The node that the process talked to, where the history says so.
    public var node: String? {
        get { if case .parts(_, let node)? = rare { node } else { nil } }
        set {
            let client: Value? = if case .parts(let client, _)? = rare { client } else { nil }
            rare = Rare(client: client, node: newValue)
        }
    }

    // Few histories name their processes or nodes: eight bytes for those that do not.
    private indirect enum Rare: Hashable, Sendable {
        case parts(client: Value?, node: String?)

        init?(client: Value?, node: String?) {
            guard client != nil || node != nil else { return nil }
            self = .parts(client: client, node: node)
        }
    }
    private var rare: Rare?
    /// Its name, `read` for example.
    public var function: String
    /// The independent key that it works on.
    public var key: Value?
    /// Its argument.
    public var input: Value
    /// How it ended.
    public var outcome: Outcome
    /// The place of the invocation in the history's order: its `:index`, where the history has
    /// such, or how many events came before it.
    public var invocation: Int
    /// The place of the completion; `Int.max` where there is none or none is known to bound it.
    public var completion: Int
    /// The place of the completion of whatever kind; `Int.max` where none was recorded.
    public var recordedEnd: Int
    /// When it was invoked, where the history has times.
    public var invokedAt: Timestamp? {
        get { Timestamp(stored: invocationTime) }
        set { invocationTime = newValue.stored }
    }
    /// When its completion (of whatever kind) was recorded, where the history has times.
    public var completedAt: Timestamp? {
        get { Timestamp(stored: completionTime) }
        set { completionTime = newValue.stored }
    }

    // Histories are long: eight bytes each, not the sixteen of an optional.
    private var invocationTime: Int
    private var completionTime: Int

    /// Makes an operation from its parts.
    public init(
        id: Int, process: Int, function: String, key: Value? = nil, input: Value,
        outcome: Outcome, invocation: Int, completion: Int, recordedEnd: Int? = nil,
        invokedAt: Timestamp? = nil, completedAt: Timestamp? = nil, node: String? = nil
    ) {
        self.id = id
        self.process = process
        self.function = function
        self.key = key
        self.input = input
        self.outcome = outcome
        self.invocation = invocation
        self.completion = completion
        self.recordedEnd = recordedEnd ?? completion
        invocationTime = invokedAt.stored
        completionTime = completedAt.stored
        rare = Rare(client: nil, node: node)
    }

    /// Whether a completion of some kind was recorded.
    public var hasCompletion: Bool { recordedEnd != .max }

    /// Whether nobody knows if it took effect.
    public var isUnknown: Bool { outcome == .unknown }
}
