public import Histories

/// Several registers read and written together: the value of `read` and `write` is a map.
public struct MultiRegister: Model {
    /// What each register holds; registers that were never written are absent.
    public typealias State = [Value: Value]

    /// An operation on some of the registers.
    public enum Call: Hashable, Sendable {
        /// A read that returned these values.
        case read([Value: Value])
        /// A write of these values, at once.
        case write([Value: Value])
    }

    /// The model's name on a command line.
    public let name = "multi-register"
    /// Nothing has been written.
    public let initialState: [Value: Value] = [:]

    /// Registers that hold nil at first.
    public init() {}

    /// What the operation says about the registers.
    ///
    /// - Throws: `ModelError` for an operation that is no read or write of a map.
    public func call(for operation: Operation) throws(ModelError) -> Call? {
        switch (operation.function, operation.outcome) {
        case ("read", .ok(let value)): return .read(try registers(value, operation))
        case ("read", _), ("write", .failed): return nil
        case ("write", _): return .write(try registers(operation.input, operation))
        default: throw refusal(of: operation)
        }
    }

    private func registers(
        _ value: Value, _ operation: Operation
    ) throws(ModelError) -> [Value: Value] {
        guard case .map(let entries) = value else { throw refusal(of: operation) }
        return Dictionary(entries.map { ($0.key, $0.value) }) { _, last in last }
    }

    private func refusal(of operation: Operation) -> ModelError {
        ModelError(model: name, operation: operation, known: ["read", "write"])
    }

    /// The registers after the call.
    public func step(_ state: State, _ call: Call) -> State? {
        switch call {
        case .read(let values):
            values.allSatisfy { state[$0.key] ?? .null == $0.value } ? state : nil
        case .write(let values): state.merging(values) { _, new in new }
        }
    }

    /// Reads change nothing.
    public func isPure(_ call: Call) -> Bool {
        if case .read = call { true } else { false }
    }

    /// The call in words.
    public func describe(_ call: Call) -> Words {
        func list(_ values: [Value: Value]) -> String {
            values.map { "\($0.key) = \($0.value)" }.sorted().joined(separator: ", ")
        }
        return switch call {
        case .read(let values): Words("read " + list(values))
        case .write(let values):
            Words(past: "wrote " + list(values), participle: "written " + list(values))
        }
    }
}
