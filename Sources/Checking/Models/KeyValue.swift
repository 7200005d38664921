public import Histories

/// A string that `put` replaces, `append` extends and `get` reads.
///
/// A store of many keys is many of these: histories name the key of each operation.
public struct KeyValue: Model {
    /// The string.
    public typealias State = String

    /// An operation with what it returned.
    public enum Call: Hashable, Sendable {
        /// This was there.
        case get(String)
        /// This replaced what was there.
        case put(String)
        /// This was added at the end.
        case append(String)
    }

    /// The model's name on a command line.
    public let name = "key-value"
    /// It is empty.
    public let initialState = ""

    /// An empty string.
    public init() {}

    /// What the operation says about the string.
    ///
    /// - Throws: `ModelError` for an operation other than `get`, `put` or `append` of text.
    public func call(for operation: Operation) throws(ModelError) -> Call? {
        switch (operation.function, operation.outcome, operation.input) {
        case ("get", .ok(.string(let seen)), _): return .get(seen)
        case ("get", .ok(.null), _): return .get("")
        case ("get", .failed, _), ("get", .unknown, _): return nil
        case ("put", .failed, _), ("append", .failed, _): return nil
        case ("put", _, .string(let text)): return .put(text)
        case ("append", _, .string(let text)): return .append(text)
        default:
            throw ModelError(model: name, operation: operation, known: ["get", "put", "append"])
        }
    }

    /// The string after the call.
    public func step(_ state: String, _ call: Call) -> String? {
        switch call {
        case .get(let seen): seen == state ? state : nil
        case .put(let text): text
        case .append(let text): state + text
        }
    }

    /// Reads change nothing.
    public func isPure(_ call: Call) -> Bool {
        if case .get = call { true } else { false }
    }

    /// A `get` is legal in one state only; a `put` leaves one state, wherever it comes.
    public func observation(of call: Call) -> Observation<String> {
        switch call {
        case .get(let seen): .only(seen)
        case .put: .nothing
        case .append: .unsaid
        }
    }

    /// The call in words.
    public func describe(_ call: Call) -> Words {
        switch call {
        case .get(let seen): Words("got \(Value.string(seen))")
        case .put(let text): Words("put \(Value.string(text))")
        case .append(let text): Words("appended \(Value.string(text))")
        }
    }
}
