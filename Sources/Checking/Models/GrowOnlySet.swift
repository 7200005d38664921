public import Histories

/// A set that only grows: `add` an element, `read` all of them.
public struct GrowOnlySet: Model {
    /// The elements.
    public typealias State = Elements

    /// An operation with what it returned.
    public enum Call: Hashable, Sendable {
        /// This was added.
        case add(Value)
        /// Exactly these were there.
        case read(Elements)
    }

    /// The model's name on a command line.
    public let name = "set"
    /// What is in it at first.
    public let initialState: Elements

    /// A set that is empty at first, unless something else is said.
    public init(initial: Elements = []) { initialState = initial }

    /// How operations were read, and what was there at first.
    public var reading: String {
        Self.reading(initial: initialState.isEmpty ? nil : .set(Value.Members(initialState.sorted)))
    }

    /// What the operation says about the set.
    ///
    /// - Throws: `ModelError` for an operation other than `add` or a `read` of a collection.
    public func call(for operation: Operation) throws(ModelError) -> Call? {
        switch (operation.function, operation.outcome) {
        case ("read", .ok(.set(let members))): return .read(Elements(members.elements))
        case ("read", .ok(.vector(let elements))): return .read(Elements(elements))
        case ("read", .ok(.null)): return .read([])
        case ("read", .failed), ("read", .unknown), ("add", .failed): return nil
        case ("add", _): return .add(operation.input)
        default: throw ModelError(model: name, operation: operation, known: ["add", "read"])
        }
    }

    /// The set after the call.
    public func step(_ state: Elements, _ call: Call) -> Elements? {
        switch call {
        case .add(let value): adding(value, to: state)
        case .read(let seen): seen == state ? state : nil
        }
    }

    /// Adds in place.
    public func advance(_ state: inout Elements, by call: Call) -> Bool {
        switch call {
        case .add(let value): state.insert(value)
        case .read(let seen): return seen == state
        }
        return true
    }

    /// Reads change nothing.
    public func isPure(_ call: Call) -> Bool {
        if case .read = call { true } else { false }
    }

    /// A read is legal in one state only.
    public func observation(of call: Call) -> Observation<Elements> {
        if case .read(let seen) = call { .only(seen) } else { .unsaid }
    }

    /// A set grows by elements only.
    public var growth: (@Sendable (Elements, Elements) -> Bool)? {
        { earlier, later in earlier.isSubset(of: later) }
    }

    /// An element that was seen must have been added.
    public func unwritten(
        among calls: [Call], isCertain: (Int) -> Bool
    ) -> Int? {
        var added = initialState
        for call in calls { if case .add(let value) = call { added.insert(value) } }
        return calls.enumerated().first { _, call in
            if case .read(let seen) = call { !seen.isSubset(of: added) } else { false }
        }?.offset
    }

    /// The elements.
    public func describe(_ state: Elements) -> String {
        Words.list(state.sorted, none: "no element")
    }

    /// A word for each of some neighbours, as if each stood alone.
    public func bytes(of state: Elements) -> Int { 64 + state.count * 32 }

    /// The call in words.
    public func describe(_ call: Call) -> Words {
        switch call {
        case .add(let value): Words("added \(value)")
        case .read(let seen):
            Words("read \(seen.count) elements" + (seen.count > 8 ? "" : ": \(list(seen))"))
        }
    }

    private func adding(_ value: Value, to state: Elements) -> Elements {
        var state = state
        state.insert(value)
        return state
    }

    private func list(_ elements: Elements) -> String {
        elements.sorted.map { "\($0)" }.joined(separator: " ")
    }
}
