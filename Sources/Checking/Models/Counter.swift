public import Histories

/// A counter: `add` a number, `read` the sum.
public struct Counter: Model {
    /// The sum: of so many numbers as a history can hold it does not overflow.
    public typealias State = Int128

    /// An operation with what it returned.
    public enum Call: Hashable, Sendable {
        /// This was added.
        case add(Int)
        /// This was the sum.
        case read(Int)
    }

    /// The model's name on a command line.
    public let name = "counter"
    /// What it counts from.
    public let initialState: Int128

    /// A counter that starts at 0, unless something else is said.
    public init(initial: Int = 0) { initialState = Int128(initial) }

    /// How operations were read, and what was there at first.
    public var reading: String {
        Self.reading(initial: initialState == 0 ? nil : .int(Int(initialState)))
    }

    /// What the operation says about the counter; an `add` without a number adds 1.
    ///
    /// - Throws: `ModelError` for an operation other than `add` or `read` of an integer.
    public func call(for operation: Operation) throws(ModelError) -> Call? {
        switch (operation.function, operation.outcome, operation.input) {
        case ("read", .ok(.int(let sum)), _): return .read(sum)
        case ("read", .failed, _), ("read", .unknown, _), ("add", .failed, _): return nil
        case ("add", _, .int(let number)): return .add(number)
        case ("add", _, .null): return .add(1)
        default: throw ModelError(model: name, operation: operation, known: ["add", "read"])
        }
    }

    /// The counter after the call.
    public func step(_ state: Int128, _ call: Call) -> Int128? {
        switch call {
        case .add(let number): state + Int128(number)
        case .read(let sum): Int128(sum) == state ? state : nil
        }
    }

    /// Reads change nothing.
    public func isPure(_ call: Call) -> Bool {
        if case .read = call { true } else { false }
    }

    /// A read is legal in one state only.
    public func observation(of call: Call) -> Observation<Int128> {
        if case .read(let sum) = call { .only(Int128(sum)) } else { .unsaid }
    }

    /// The sum.
    public func describe(_ state: Int128) -> String { "\(state)" }

    /// The call in words.
    public func describe(_ call: Call) -> Words {
        switch call {
        case .add(let number): Words("added \(number)")
        case .read(let sum): Words("read \(sum)")
        }
    }
}
