public import Histories

/// A string that `put` replaces, `append` extends and `get` reads.
///
/// A store of many keys is many of these: histories name the key of each operation.
public struct KeyValue: Model {
    /// The string.
    public typealias State = Text

    /// An operation with what it returned.
    public enum Call: Hashable, Sendable {
        /// This was there.
        case get(Text)
        /// This replaced what was there.
        case put(Text)
        /// This was added at the end.
        case append(Text)
    }

    /// The model's name on a command line.
    public let name = "key-value"
    /// What it holds at first.
    public let initialState: Text

    /// A string that is empty at first, unless something else is said.
    public init(initial: Text = "") { initialState = initial }

    /// How operations were read, and what was there at first.
    public var reading: String {
        Self.reading(initial: initialState.isEmpty ? nil : .string(initialState))
    }

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
    public func step(_ state: Text, _ call: Call) -> Text? {
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
    public func observation(of call: Call) -> Observation<Text> {
        switch call {
        case .get(let seen): .only(seen)
        case .put: .nothing
        case .append: .unsaid
        }
    }

    /// Between two `put` the string grows at its end.
    public var growth: (@Sendable (Text, Text) -> Bool)? {
        { earlier, later in later.hasPrefix(earlier) }
    }

    /// What was read must be pieces that were put or appended, one behind the other.
    ///
    /// Linear in the length of what was read, for pieces of a few different lengths.
    public func unwritten(
        among calls: [Call], isCertain: (Int) -> Bool
    ) -> Int? {
        var pieces = [initialState.bytes]
        for call in calls {
            switch call {
            case .put(let text), .append(let text): pieces.append(text.bytes)
            case .get: continue
            }
        }
        var spelling = Spelling(pieces: pieces)
        for (place, call) in calls.enumerated() {
            guard isCertain(place), case .get(let seen) = call else { continue }
            if !spelling.canSpell(seen.bytes) { return place }
        }
        return nil
    }

    /// The string in quotes, in short if it is long.
    public func describe(_ state: Text) -> String {
        guard state.count > 80 else { return "\(Value.string(state))" }
        let (first, last) = (state.bytes.prefix(40), state.bytes.suffix(40))
        return "\(Value.string(Text(bytes: Array(first)))) … "
            + "\(Value.string(Text(bytes: Array(last)))) (\(state.count) bytes)"
    }

    /// The bytes of the text.
    public func bytes(of state: Text) -> Int { state.count > 15 ? state.count + 32 : 0 }

    /// The call in words.
    public func describe(_ call: Call) -> Words {
        switch call {
        case .get(let seen): Words("got \(Value.string(seen))")
        case .put(let text): Words("put \(Value.string(text))")
        case .append(let text): Words("appended \(Value.string(text))")
        }
    }
}
