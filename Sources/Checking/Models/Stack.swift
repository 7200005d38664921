public import Histories

/// A stack: `push` and `pop` at the same end.
public struct Stack: Model {
    /// Its elements, the oldest first.
    public typealias State = [Value]
    /// An operation with what it returned.
    public typealias Call = QueueCall

    /// The model's name on a command line.
    public let name = "stack"
    /// What is on it at first.
    public let initialState: [Value]

    /// A stack that is empty at first, unless something else is said, the latest last.
    public init(initial: [Value] = []) { initialState = initial }

    /// How operations were read, and what was there at first.
    public var reading: String {
        Self.reading(initial: initialState.isEmpty ? nil : .vector(initialState))
    }

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

    /// An element's calls stand and fall together, unless some were there at first.
    public func values(of call: QueueCall) -> [Value] {
        initialState.isEmpty ? call.values : []
    }

    /// What was taken out must have been put in.
    public func unwritten(
        among calls: [QueueCall], isCertain: (Int) -> Bool
    ) -> Int? {
        QueueCall.unwritten(
            among: calls, isCertain: isCertain, initially: Array(initialState))
    }

    /// The elements, the latest first.
    public func describe(_ state: [Value]) -> String {
        Words.list(state.reversed(), none: "nothing") + (state.count > 1 ? " (latest first)" : "")
    }

    /// The call in words.
    public func describe(_ call: QueueCall) -> Words { call.words(put: "pushed", take: "popped") }
}
