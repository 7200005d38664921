public import Histories

/// A list: `append` an element at its end, `read` all of it.
public struct ListAppend: Model {
    /// The elements, the oldest first.
    public typealias State = [Value]

    /// An operation with what it returned.
    public enum Call: Hashable, Sendable {
        /// This was appended.
        case append(Value)
        /// Exactly this was there.
        case read([Value])
    }

    /// The model's name on a command line.
    public let name = "list-append"
    /// What is in it at first.
    public let initialState: [Value]

    /// A list that is empty at first, unless something else is said.
    public init(initial: [Value] = []) { initialState = initial }

    /// How operations were read, and what was there at first.
    public var reading: String {
        Self.reading(initial: initialState.isEmpty ? nil : .vector(initialState))
    }

    /// What the operation says about the list.
    ///
    /// - Throws: `ModelError` for an operation other than `append` or a `read` of a list.
    public func call(for operation: Operation) throws(ModelError) -> Call? {
        switch (operation.function, operation.outcome) {
        case ("read", .ok(.vector(let elements))): return .read(elements)
        case ("read", .ok(.null)): return .read([])
        case ("read", .failed), ("read", .unknown), ("append", .failed): return nil
        case ("append", _): return .append(operation.input)
        default: throw ModelError(model: name, operation: operation, known: ["append", "read"])
        }
    }

    /// The list after the call.
    public func step(_ state: [Value], _ call: Call) -> [Value]? {
        switch call {
        case .append(let value): state + [value]
        case .read(let seen): seen == state ? state : nil
        }
    }

    /// Appends in place.
    public func advance(_ state: inout [Value], by call: Call) -> Bool {
        switch call {
        case .append(let value): state.append(value)
        case .read(let seen): return seen == state
        }
        return true
    }

    /// Reads change nothing.
    public func isPure(_ call: Call) -> Bool {
        if case .read = call { true } else { false }
    }

    /// A read is legal in one state only.
    public func observation(of call: Call) -> Observation<[Value]> {
        if case .read(let seen) = call { .only(seen) } else { .unsaid }
    }

    /// A list grows at its end.
    public var growth: (@Sendable ([Value], [Value]) -> Bool)? {
        { earlier, later in later.starts(with: earlier) }
    }

    /// An element that was seen must have been appended.
    public func unwritten(
        among calls: [Call], isCertain: (Int) -> Bool
    ) -> Int? {
        var appended = Elements(initialState)
        for call in calls { if case .append(let value) = call { appended.insert(value) } }
        return calls.enumerated().first { _, call in
            guard case .read(let seen) = call else { return false }
            return !seen.allSatisfy(appended.contains)
        }?.offset
    }

    /// The elements, the oldest first.
    public func describe(_ state: [Value]) -> String { Words.list(state, none: "an empty list") }

    /// The call in words.
    public func describe(_ call: Call) -> Words {
        switch call {
        case .append(let value): Words("appended \(value)")
        case .read(let seen):
            Words(
                "read a list of \(seen.count)" + (seen.count > 12 ? "" : ": \(Value.vector(seen))"))
        }
    }
}
