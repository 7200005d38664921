public import Histories

/// A sequential specification: what an object does when operations come one at a time.
///
/// A model is pure. It first says what each operation of a history means (``call(for:)``), then
/// which calls are legal in which state and what they leave behind (``step(_:_:)``). What has a
/// default describes calls to the search, which prunes with it, and to a reader; leaving it out
/// costs time or words, never correctness. A whole model of one's own:
///
/// ```swift
/// struct Ticket: Model {
///     enum Call: Hashable, Sendable {
///         case take(Int)
///         case takeUnseen
///     }
///     let initialState = 0
///
///     func call(for operation: Operation) throws(ModelError) -> Call? {
///         switch operation.outcome {
///         case .ok(.int(let number)): .take(number)
///         case .ok, .failed: nil
///         case .unknown: .takeUnseen
///         }
///     }
///
///     func step(_ last: Int, _ call: Call) -> Int? {
///         switch call {
///         case .take(let number): number == last + 1 ? number : nil
///         case .takeUnseen: last + 1
///         }
///     }
/// }
///
/// let report = try Checker(model: Ticket()).check(history)
/// ```
public protocol Model: Sendable {
    /// What the object holds.
    associatedtype State: Hashable & Sendable
    /// An operation together with what it returned.
    associatedtype Call: Hashable & Sendable

    /// The model's name on a command line.
    var name: String { get }
    /// How operations were read where histories differ, for a verdict.
    var reading: String { get }
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

    /// Performs the call on a state in place; false, and the state anything, if it is not legal.
    ///
    /// The same as ``step(_:_:)``, for replays of long histories of large objects.
    func advance(_ state: inout State, by call: Call) -> Bool

    /// Whether the call may leave more than one state behind (``outcomes(_:_:)``).
    func isAmbiguous(_ call: Call) -> Bool

    /// Every state that the call may leave behind, where an unseen result leaves a choice.
    func outcomes(_ state: State, _ call: Call) -> [State]

    /// Whether the call leaves every state in which it is legal as it is.
    func isPure(_ call: Call) -> Bool

    /// Which states the call can tell from others.
    func observation(of call: Call) -> Observation<State>

    /// The values that the call ties together: a legal history without all calls of a value, and
    /// of the values tied to it, is legal. None if nothing like that holds.
    func values(of call: Call) -> [Value]

    /// Whether calls other than blind writes can lead from one state to a later one, for objects
    /// that only grow between two blind writes: a list, when it is a prefix of the later one.
    ///
    /// Nil where nothing is known. It may say yes too often, never no too often. An object that has
    /// one lets every call of which nothing is said (``Observation/unsaid``) be legal in all states.
    var growth: (@Sendable (_ earlier: State, _ later: State) -> Bool)? { get }

    /// What the call found in the object's parts, and what it left there, for an object whose parts
    /// are read and written on their own; nil where nothing is known.
    ///
    /// A part that is not written keeps what it holds.
    func parts(of call: Call) -> Parts?

    /// What a part holds in a state, for an object that has parts.
    func content(of part: Value, in state: State) -> Value

    /// The first certain call that returned what none of all calls may have put there, in
    /// whatever order they came.
    ///
    /// Linear, or nearly so; nil if there is none, or nothing is known. `isCertain` tells whether
    /// the call at a place took effect for certain.
    func unwritten(
        among calls: [Call], isCertain: (Int) -> Bool
    ) -> Int?

    /// About how many bytes a state takes up outside of its own value, for the memory limit.
    func bytes(of state: State) -> Int

    /// The call in words, for an explanation.
    func describe(_ call: Call) -> Words

    /// The state in words, for an explanation: short, and as a person writes it.
    func describe(_ state: State) -> String
}

/// What a call does with the parts of an object, such as the registers of several.
public struct Parts: Hashable, Sendable {
    /// What must be there for the call to be legal.
    public var reads: [Value: Value]
    /// What is there after it.
    public var writes: [Value: Value]

    /// Parts that are read, and parts that are written.
    public init(reads: [Value: Value] = [:], writes: [Value: Value] = [:]) {
        self.reads = reads
        self.writes = writes
    }
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
    /// The type's name.
    public var name: String { "\(Self.self)" }
    /// What holds for every model.
    public var reading: String { Self.reading(initial: nil) }
    /// What holds for every model, with what the object held at first where that is not its own.
    static func reading(initial: Value?) -> String {
        (initial.map { "initial \($0), " } ?? "")
            + "an operation without a known end may take effect at any later time or never"
    }
    /// Replaces the state.
    public func advance(_ state: inout State, by call: Call) -> Bool {
        guard let next = step(state, call) else { return false }
        state = next
        return true
    }
    /// The one state after the call, or none.
    public func outcomes(_ state: State, _ call: Call) -> [State] {
        step(state, call).map { [$0] } ?? []
    }
    /// No call is.
    public func isAmbiguous(_ call: Call) -> Bool { false }
    /// Nothing is known to be pure.
    public func isPure(_ call: Call) -> Bool { false }
    /// Nothing is said.
    public func observation(of call: Call) -> Observation<State> { .unsaid }
    /// Nothing is tied together.
    public func values(of call: Call) -> [Value] { [] }
    /// Nothing is known.
    public var growth: (@Sendable (_ earlier: State, _ later: State) -> Bool)? { nil }
    /// Nothing is known.
    public func parts(of call: Call) -> Parts? { nil }
    /// Nothing is there.
    public func content(of part: Value, in state: State) -> Value { .null }
    /// Nothing is known.
    public func unwritten(
        among calls: [Call], isCertain: (Int) -> Bool
    ) -> Int? { nil }
    /// What a collection's elements take up, or nothing.
    public func bytes(of state: State) -> Int {
        guard let elements = state as? any Collection else { return 0 }
        return 32 + elements.count * 48
    }
    /// The state as Swift spells it.
    public func describe(_ state: State) -> String { "\(state)" }
    /// The call as Swift spells it.
    public func describe(_ call: Call) -> Words { Words("did \(call)") }
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
