public import Histories

/// A stack: `push` and `pop` at the same end.
public struct Stack: Model {
    /// Its elements, the oldest first.
    public typealias State = [Value]
    /// An operation with what it returned.
    public typealias Call = QueueCall

    /// The model's name on a command line.
    public let name = "stack"
    /// It is empty.
    public let initialState: [Value] = []

    /// An empty one.
    public init() {}

    /// What the operation says; a `pop` that returned nil found nothing.
    ///
    /// - Throws: `ModelError` for any other operation.
    public func call(for operation: Operation) throws(ModelError) -> QueueCall? {
        try QueueCall(operation, model: name, put: "push", take: "pop")
    }

    /// The stack after the call.
    public func step(_ state: [Value], _ call: QueueCall) -> [Value]? {
        switch call {
        case .put(let value): state + [value]
        case .take(let value): state.last == value ? Array(state.dropLast()) : nil
        case .takeNothing: state.isEmpty ? state : nil
        case .takeUnseen: Array(state.dropLast())
        }
    }

    /// Finding nothing changes nothing.
    public func isPure(_ call: QueueCall) -> Bool { call == .takeNothing }

    /// Finding nothing is legal on an empty stack only.
    public func observation(of call: QueueCall) -> Observation<[Value]> {
        call == .takeNothing ? .only([]) : .unsaid
    }

    /// An element's calls stand and fall together.
    public func values(of call: QueueCall) -> [Value] { call.values }

    /// The call in words.
    public func describe(_ call: QueueCall) -> Words { call.words(put: "pushed", take: "popped") }
}
