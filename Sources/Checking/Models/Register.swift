public import Histories

/// A register: `read`, `write` and, where allowed, `cas` (compare-and-set).
public struct Register: Model {
    /// What the register holds.
    public typealias State = Value

    /// An operation on a register with what it returned.
    public enum Call: Hashable, Sendable {
        /// A read that returned this.
        case read(Value)
        /// A write of this.
        case write(Value)
        /// A compare-and-set that took effect.
        case compareAndSet(expected: Value, new: Value)
        /// A compare-and-set that the server refused: the register held something else.
        case refused(expected: Value)
    }

    /// How operations are read.
    public let semantics: Semantics
    /// Whether `cas` is known.
    public let hasCompareAndSet: Bool

    /// A register, read by the given rules.
    public init(semantics: Semantics = Semantics(), hasCompareAndSet: Bool = true) {
        self.semantics = semantics
        self.hasCompareAndSet = hasCompareAndSet
    }

    /// The initial value.
    public var initialState: Value { semantics.initial }

    /// How operations were read.
    public var reading: String { semantics.description }

    /// The model's name on a command line.
    public var name: String { hasCompareAndSet ? "cas-register" : "register" }

    /// What the operation says about the register.
    ///
    /// - Throws: `ModelError` for an operation that is not one of a register.
    public func call(for operation: Operation) throws(ModelError) -> Call? {
        switch operation.function {
        case "read":
            guard case .ok(let value) = operation.outcome else { return nil }
            return value == .null && semantics.nilReads == .ignored ? nil : .read(value)
        case "write":
            if case .failed = operation.outcome { return nil }
            return .write(operation.input)
        case "cas" where hasCompareAndSet:
            guard let (expected, new) = operation.input.pair else { throw refusal(of: operation) }
            guard case .failed(let failure) = operation.outcome else {
                return .compareAndSet(expected: expected, new: new)
            }
            return isObservation(failure) ? .refused(expected: expected) : nil
        default: throw refusal(of: operation)
        }
    }

    private func isObservation(_ failure: Operation.Failure) -> Bool {
        switch semantics.failedCAS {
        case .mismatches: failure == .mismatch
        case .all: true
        case .dropped: false
        }
    }

    private func refusal(of operation: Operation) -> ModelError {
        ModelError(
            model: name, operation: operation,
            known: hasCompareAndSet ? ["read", "write", "cas"] : ["read", "write"])
    }

    /// The register after the call.
    public func step(_ state: Value, _ call: Call) -> Value? {
        switch call {
        case .read(let value): state == value ? state : nil
        case .write(let value): value
        case .compareAndSet(let expected, let new): state == expected ? new : nil
        case .refused(let expected): state == expected ? nil : state
        }
    }

    /// Reads and refused compare-and-sets change nothing.
    public func isPure(_ call: Call) -> Bool {
        switch call {
        case .read, .refused: true
        case .write, .compareAndSet: false
        }
    }

    /// What the call can tell.
    public func observation(of call: Call) -> Observation<Value> {
        switch call {
        case .read(let value): .only(value)
        case .write: .nothing
        case .compareAndSet(let expected, _): .only(expected)
        case .refused(let expected): .anythingBut(expected)
        }
    }

    /// A compare-and-set ties the value that it expects to the one that it writes.
    public func values(of call: Call) -> [Value] {
        switch call {
        case .read(let value), .write(let value): [value]
        case .compareAndSet(let expected, let new): [expected, new]
        case .refused: []
        }
    }

    /// A value that was found must have been written, or be the initial one.
    public func unwritten(
        among calls: [Call], isCertain: (Int) -> Bool
    ) -> Int? {
        Supply.firstUnmet(calls, isCertain: isCertain, initially: [initialState]) {
            call -> Value? in
            switch call {
            case .write(let value), .compareAndSet(_, let value): value
            case .read, .refused: nil
            }
        } needs: { call -> Value? in
            switch call {
            case .read(let value), .compareAndSet(let value, _): value
            case .write, .refused: nil
            }
        }
    }

    /// The value.
    public func describe(_ state: Value) -> String { "\(state)" }

    /// The call in words.
    public func describe(_ call: Call) -> Words {
        switch call {
        case .read(let value): Words("read \(value)")
        case .write(let value): Words(past: "wrote \(value)", participle: "written \(value)")
        case .compareAndSet(let expected, let new): Words("replaced \(expected) by \(new) (cas)")
        case .refused(let expected): Words("found something else than \(expected)")
        }
    }
}
