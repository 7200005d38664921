public import Histories

/// A bag: `enqueue` puts an element in, `dequeue` takes any element out.
public struct UnorderedQueue: Model {
    /// How often each element is there.
    public typealias State = [Value: Int]
    /// An operation with what it returned.
    public typealias Call = QueueCall

    /// The model's name on a command line.
    public let name = "unordered-queue"
    /// What is in it at first.
    public let initialState: [Value: Int]

    /// A bag that is empty at first, unless something else is said.
    public init(initial: [Value] = []) {
        initialState = Dictionary(initial.map { ($0, 1) }) { $0 + $1 }
    }

    /// How operations were read, and what was there at first.
    public var reading: String {
        let values = initialState.flatMap { Array(repeating: $0.key, count: $0.value) }
        return Self.reading(initial: values.isEmpty ? nil : .vector(values.sorted()))
    }

    /// What the operation says; a `dequeue` that returned nil found nothing.
    ///
    /// - Throws: `ModelError` for any other operation.
    public func call(for operation: Operation) throws(ModelError) -> QueueCall? {
        try QueueCall(operation, model: name, put: "enqueue", take: "dequeue")
    }

    /// The bag after the call; what an unseen `dequeue` took is one of several (``outcomes(_:_:)``).
    public func step(_ state: [Value: Int], _ call: QueueCall) -> [Value: Int]? {
        switch call {
        case .put(let value): state.merging([value: 1]) { $0 + $1 }
        case .take(let value): without(value, state)
        case .takeNothing: state.isEmpty ? state : nil
        case .takeUnseen: outcomes(state, call).first
        }
    }

    private func without(_ value: Value, _ state: [Value: Int]) -> [Value: Int]? {
        guard let count = state[value] else { return nil }
        var state = state
        state[value] = count > 1 ? count - 1 : nil
        return state
    }

    /// An unseen `dequeue` is.
    public func isAmbiguous(_ call: QueueCall) -> Bool { call == .takeUnseen }

    /// Any element may be the one that an unseen `dequeue` took.
    public func outcomes(_ state: [Value: Int], _ call: QueueCall) -> [[Value: Int]] {
        guard call == .takeUnseen else { return step(state, call).map { [$0] } ?? [] }
        // In an order of their own, for the same search goes the same way in every process.
        return state.isEmpty ? [state] : state.keys.sorted().compactMap { without($0, state) }
    }

    /// Finding nothing changes nothing.
    public func isPure(_ call: QueueCall) -> Bool { call == .takeNothing }

    /// Finding nothing is legal on an empty bag only.
    public func observation(of call: QueueCall) -> Observation<[Value: Int]> {
        call == .takeNothing ? .only([:]) : .unsaid
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
            among: calls, isCertain: isCertain, initially: Array(initialState.keys))
    }

    /// The elements, each as often as it is there.
    public func describe(_ state: [Value: Int]) -> String {
        let elements = state.flatMap { Array(repeating: $0.key, count: $0.value) }
        return Words.list(elements.sorted { "\($0)" < "\($1)" }, none: "nothing")
    }

    /// The call in words.
    public func describe(_ call: QueueCall) -> Words {
        call.words(put: "enqueued", take: "dequeued")
    }
}
