/// An operation that a client is asked to perform.
public struct Invocation: Hashable, Sendable {
    /// Its name, `read` for example.
    public var function: String
    /// The independent key that it works on; nil where the workload has one object.
    public var key: Value?
    /// Its argument.
    public var value: Value

    /// An operation with its argument.
    public init(_ function: String, key: Value? = nil, _ value: Value = .null) {
        self.function = function
        self.key = key
        self.value = value
    }
}

/// How an operation ended, as its client saw it.
public enum Completion: Hashable, Sendable {
    /// It took effect and returned this.
    case ok(Value)
    /// The server compared and refused, and said so: certainly no effect, and an observation.
    case mismatch
    /// It certainly did not take effect; why.
    case fail(Value)
    /// Nobody knows; why.
    case info(Value)
    /// The reply makes no sense, so that nobody knows; quoted, for it is a finding by itself.
    case nonsense(String)

    /// Whether nobody knows if it took effect.
    public var isUnknown: Bool { kind == .info }

    /// The kind of the event that records it.
    public var kind: Event.Kind {
        switch self {
        case .ok: .ok
        case .fail, .mismatch: .fail
        case .info, .nonsense: .info
        }
    }
}
