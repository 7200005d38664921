/// One line of a history: something that a process did, at the moment it was recorded.
///
/// The vocabulary is Jepsen's: a client process *invokes* an operation and later *completes* it
/// with `ok`, `fail` (it certainly did not happen) or `info` (nobody knows); the nemesis, which
/// injects faults, writes `info` lines only.
public struct Event: Hashable, Sendable {
    /// What happened to the operation.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The request is about to leave.
        case invoke
        /// The operation took effect and its reply was read.
        case ok
        /// The operation certainly did not take effect.
        case fail
        /// Unknown: the operation may have taken effect, may do so later, or never.
        case info
    }

    /// Who did it.
    public enum Process: Hashable, Sendable {
        /// A logical client process: one operation at a time, retired after an `info`.
        case client(Int)
        /// The same, in histories that name their processes instead of counting them.
        indirect case named(Value)
        /// The injector of faults.
        case nemesis
    }

    /// The line's place in the history, from 0; histories without indexes are numbered by line.
    public var index: Int
    /// Monotonic time since the start of the run; many imported histories have none.
    public var time: Timestamp? {
        get { Timestamp(stored: nanoseconds) }
        set { nanoseconds = newValue.stored }
    }
    private var nanoseconds: Int
    /// Who did it.
    public var process: Process
    /// What happened.
    public var kind: Kind
    /// The operation's name, `read` for example, or the fault's.
    public var function: String
    /// The independent key, where the history writes one apart from the value.
    public var key: Value?
    /// The operation's argument or result.
    public var value: Value
    /// Why it failed or is unknown.
    public var error: Value? {
        get { if case .parts(let error, _)? = rare { error } else { nil } }
        set { rare = Rare(error: newValue, node: node) }
    }
    /// The node that the process talks to, where the history says so (`:node`).
    public var node: String? {
        get { if case .parts(_, let node)? = rare { node } else { nil } }
        set { rare = Rare(error: error, node: newValue) }
    }

    // Few events have either, and reading a history moves every event several times: up to 128
    // bytes without a call.
    private indirect enum Rare: Hashable, Sendable {
        case parts(error: Value?, node: String?)

        init?(error: Value?, node: String?) {
            guard error != nil || node != nil else { return nil }
            self = .parts(error: error, node: node)
        }
    }
    private var rare: Rare?

    /// Makes an event from its parts.
    public init(
        index: Int, time: Timestamp? = nil, process: Process, kind: Kind, function: String,
        key: Value? = nil, value: Value = .null, error: Value? = nil,
        node: String? = nil
    ) {
        self.index = index
        nanoseconds = time.stored
        self.process = process
        self.kind = kind
        self.function = function
        self.key = key
        self.value = value
        rare = Rare(error: error, node: node)
    }
}
