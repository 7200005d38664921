public import Histories

/// A queue: `enqueue` at one end, `dequeue` at the other.
public struct FIFOQueue: Model {
    /// Its elements, the oldest first.
    public typealias State = ArraySlice<Value>
    /// An operation with what it returned.
    public typealias Call = QueueCall

    /// The model's name on a command line.
    public let name = "fifo-queue"
    /// What is in it at first.
    public let initialState: ArraySlice<Value>

    /// A queue that is empty at first, unless something else is said, the oldest first.
    public init(initial: [Value] = []) { initialState = initial[...] }

    /// How operations were read, and what was there at first.
    public var reading: String {
        Self.reading(initial: initialState.isEmpty ? nil : .vector(Array(initialState)))
    }

    /// What the operation says; a `dequeue` that returned nil found nothing.
    ///
    /// - Throws: `ModelError` for any other operation.
    public func call(for operation: Operation) throws(ModelError) -> QueueCall? {
        try QueueCall(operation, model: name, put: "enqueue", take: "dequeue")
    }

    /// The queue after the call.
    public func step(_ state: ArraySlice<Value>, _ call: QueueCall) -> ArraySlice<Value>? {
        switch call {
        case .put(let value): state + [value]
        case .take(let value): state.first == value ? state.dropFirst() : nil
        case .takeNothing: state.isEmpty ? state : nil
        case .takeUnseen: state.dropFirst()
        }
    }

    /// Puts and takes in place.
    public func advance(_ state: inout ArraySlice<Value>, by call: QueueCall) -> Bool {
        switch call {
        case .put(let value): state.append(value)
        case .take(let value): return state.popFirst() == value
        case .takeNothing: return state.isEmpty
        case .takeUnseen: _ = state.popFirst()
        }
        return true
    }

    /// Finding nothing changes nothing.
    public func isPure(_ call: QueueCall) -> Bool { call == .takeNothing }

    /// Finding nothing is legal on an empty queue only.
    public func observation(of call: QueueCall) -> Observation<ArraySlice<Value>> {
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

    /// The elements, the oldest first.
    public func describe(_ state: ArraySlice<Value>) -> String {
        Words.list(state, none: "nothing")
    }

    /// The call in words.
    public func describe(_ call: QueueCall) -> Words {
        call.words(put: "enqueued", take: "dequeued")
    }
}
