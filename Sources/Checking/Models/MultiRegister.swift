public import Histories

/// Several registers read and written together.
///
/// The value of `read` and `write` is a map; that of `txn` is a vector of steps, as Knossos'
/// multi-register has them: `[[:r :x nil] [:w :y 1]]`. A transaction reads what there was before
/// it, but for registers that it has written itself.
public struct MultiRegister: Model {
    /// What each register holds; registers that were never written are absent.
    public typealias State = [Value: Value]

    /// An operation on some of the registers.
    public enum Call: Hashable, Sendable {
        /// A read that returned these values.
        case read([Value: Value])
        /// A write of these values, at once.
        case write([Value: Value])
        /// A read of these values and a write of those, at once.
        case transaction(reads: [Value: Value], writes: [Value: Value])
        /// A transaction that contradicts itself.
        case impossible([Value])
    }

    /// The model's name on a command line.
    public let name = "multi-register"
    /// What the registers hold at first.
    public let initialState: [Value: Value]
    /// What a read of nil says.
    public let nilReads: Semantics.NilReads

    /// Registers that hold nil at first, unless something else is said.
    public init(initial: [Value: Value] = [:], nilReads: Semantics.NilReads = .checked) {
        initialState = initial
        self.nilReads = nilReads
    }

    /// Registers, read by the given rules; the initial value is a map, or nil.
    ///
    /// - Throws: `InitialValueError` if it is something else.
    public init(semantics: Semantics) throws(InitialValueError) {
        self.init(
            initial: try InitialValue(semantics.initial, model: "multi-register").entries,
            nilReads: semantics.nilReads)
    }

    /// How operations were read, and what was there at first.
    public var reading: String {
        "reads of nil \(nilReads.rawValue), "
            + Self.reading(initial: initialState.isEmpty ? nil : .map(Value.Entries(initialState)))
    }

    /// What the operation says about the registers.
    ///
    /// - Throws: `ModelError` for an operation that is no read or write of a map, and no
    ///   transaction.
    public func call(for operation: Operation) throws(ModelError) -> Call? {
        switch (operation.function, operation.outcome) {
        case ("read", .ok(let value)): return .read(checked(try registers(value, operation)))
        case ("read", _), ("write", .failed), ("txn", .failed): return nil
        case ("write", _): return .write(try registers(operation.input, operation))
        case ("txn", .ok(let steps)): return try transaction(steps, operation)
        case ("txn", .unknown): return try transaction(operation.input, operation)
        default: throw refusal(of: operation)
        }
    }

    private func checked(_ reads: [Value: Value]) -> [Value: Value] {
        nilReads == .checked ? reads : reads.filter { $0.value != .null }
    }

    private func registers(
        _ value: Value, _ operation: Operation
    ) throws(ModelError) -> [Value: Value] {
        guard case .map(let entries) = value else { throw refusal(of: operation) }
        return entries.dictionary
    }

    /// Folds steps into what they read before they wrote, and what they left behind.
    private func transaction(
        _ value: Value, _ operation: Operation
    ) throws(ModelError) -> Call? {
        guard case .vector(let steps) = value else { throw refusal(of: operation) }
        var reads: [Value: Value] = [:]
        var writes: [Value: Value] = [:]
        for step in steps {
            guard let step = step.elements, step.count == 3 else { throw refusal(of: operation) }
            switch step[0] {
            case .keyword("w"), .keyword("write"), .string("w"), .string("write"):
                writes[step[1]] = step[2]
            case .keyword("r"), .keyword("read"), .string("r"), .string("read"):
                // Nobody saw what an operation of unknown outcome read.
                if operation.isUnknown || step[2] == .null && nilReads == .ignored { continue }
                let known = writes[step[1]] ?? reads[step[1]] ?? step[2]
                guard known == step[2] else { return .impossible(steps) }
                if writes[step[1]] == nil { reads[step[1]] = step[2] }
            default: throw refusal(of: operation)
            }
        }
        if writes.isEmpty { return .read(reads) }
        return reads.isEmpty ? .write(writes) : .transaction(reads: reads, writes: writes)
    }

    private func refusal(of operation: Operation) -> ModelError {
        ModelError(model: name, operation: operation, known: ["read", "write", "txn"])
    }

    /// The registers after the call.
    public func step(_ state: State, _ call: Call) -> State? {
        switch call {
        case .read(let values): holds(values, in: state) ? state : nil
        case .write(let values): state.merging(values) { _, new in new }
        case .transaction(let reads, let writes):
            holds(reads, in: state) ? state.merging(writes) { _, new in new } : nil
        case .impossible: nil
        }
    }

    private func holds(_ values: [Value: Value], in state: State) -> Bool {
        values.allSatisfy { state[$0.key] ?? .null == $0.value }
    }

    /// Reads change nothing.
    public func isPure(_ call: Call) -> Bool {
        switch call {
        case .read: true
        // It cannot happen at all; of unknown outcome it says nothing.
        case .impossible: true
        case .write, .transaction: false
        }
    }

    /// The registers that it reads and writes.
    public func parts(of call: Call) -> Parts? {
        switch call {
        case .read(let values): Parts(reads: values)
        case .write(let values): Parts(writes: values)
        case .transaction(let reads, let writes): Parts(reads: reads, writes: writes)
        case .impossible: nil
        }
    }

    /// What the register holds, nil at first.
    public func content(of part: Value, in state: State) -> Value { state[part] ?? .null }

    /// A value that was read must have been written to that register, or be nil.
    public func unwritten(
        among calls: [Call], isCertain: (Int) -> Bool
    ) -> Int? {
        var written: Set<[Value]> = []
        for (register, value) in initialState { written.insert([register, value]) }
        for call in calls {
            switch call {
            case .write(let values), .transaction(_, let values):
                for (register, value) in values { written.insert([register, value]) }
            case .read, .impossible: continue
            }
        }
        return calls.enumerated().first { place, call in
            let values: [Value: Value]
            switch call {
            case .read(let reads), .transaction(let reads, _): values = reads
            case .write, .impossible: return false
            }
            guard isCertain(place) else { return false }
            return values.contains { $0.value != .null && !written.contains([$0.key, $0.value]) }
        }?.offset
    }

    /// What each register holds.
    public func describe(_ state: State) -> String {
        guard !state.isEmpty else { return "nothing" }
        return state.map { "\($0.key) = \($0.value)" }.sorted().joined(separator: ", ")
    }

    /// The call in words.
    public func describe(_ call: Call) -> Words {
        func list(_ values: [Value: Value]) -> String {
            values.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
                .joined(separator: ", ")
        }
        return switch call {
        case .read(let values): Words("read " + list(values))
        case .write(let values):
            Words(past: "wrote " + list(values), participle: "written " + list(values))
        case .transaction(let reads, let writes):
            Words(
                past: "read \(list(reads)) and wrote \(list(writes)) at once",
                participle: "read \(list(reads)) and written \(list(writes)) at once")
        case .impossible(let steps):
            Words("did \(Value.vector(steps)), which contradicts itself")
        }
    }
}
