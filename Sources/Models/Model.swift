public import Histories

/// A sequential specification: what an object does when operations come one at a time.
///
/// A model is pure. It first says what each operation of a history means (``call(for:)``), then
/// which calls are legal in which state and what they leave behind (``step(_:_:)``). The two
/// properties with defaults describe calls to the search, which prunes with them; leaving them
/// at their defaults costs time, never correctness.
public protocol Model: Sendable {
    /// What the object holds.
    associatedtype State: Hashable & Sendable
    /// An operation together with what it returned.
    associatedtype Call: Hashable & Sendable

    /// What the object holds before the first operation.
    var initialState: State { get }

    /// What an operation says about the object; nil if it says nothing and may be ignored.
    ///
    /// An operation of unknown outcome must be read as a call that would be legal whatever it
    /// returned.
    ///
    /// - Throws: `ModelError` if the model has no such operation.
    func call(for operation: Operation) throws(ModelError) -> Call?

    /// The state after the call, nil if the call is not legal in this state.
    func step(_ state: State, _ call: Call) -> State?

    /// Whether the call leaves every state in which it is legal as it is.
    func isPure(_ call: Call) -> Bool

    /// Which states the call can tell from others.
    func observation(of call: Call) -> Observation<State>

    /// The call in words, for an explanation: `read 5` for example.
    func describe(_ call: Call) -> String
}

/// Which states a call can tell from others.
public enum Observation<State: Hashable & Sendable>: Hashable, Sendable {
    /// None: it is legal everywhere and leaves the same state behind, a *blind write*.
    case nothing
    /// It is legal in one state only.
    case only(State)
    /// It is legal in all states but one.
    case anythingBut(State)
    /// Nothing is said.
    case unsaid
}

extension Model {
    /// Nothing is known to be pure.
    public func isPure(_ call: Call) -> Bool { false }
    /// Nothing is said.
    public func observation(of call: Call) -> Observation<State> { .unsaid }
    /// The call as Swift spells it.
    public func describe(_ call: Call) -> String { "\(call)" }
}

/// Why an operation means nothing to a model.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The model's name.
    public let model: String
    /// The operation's name.
    public let function: String
    /// Its argument or result.
    public let value: Value
    /// The names that the model knows.
    public let known: [String]

    /// Refuses an operation.
    public init(model: String, operation: Operation, known: [String]) {
        self.model = model
        function = operation.function
        value = operation.input
        self.known = known
    }

    /// What is wrong and which operations there are.
    public var description: String {
        known.contains(function)
            ? "the model \(model) cannot read the value \(value) of \(function)"
            : "the model \(model) has no operation \(function); it has "
                + known.joined(separator: ", ")
    }
}
