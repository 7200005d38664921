internal import Histories
internal import Models

/// What a client asked for at once, and what it was told.
///
/// `txn` takes steps, `[:r key nil]` and `[:w key value]`, the reads first. Its reply is a map: the
/// `:revision` of the store behind it, and the steps, each read with what it saw and the revision
/// that had put it there, `[:r key value revision]`, or `[:r key nil 0]`. A `read` asks for
/// all of the folder, and leaves out the keys that hold nothing.
struct Transaction {
    /// A key's value as a read saw it.
    struct Read: Hashable {
        let key: Value
        let value: Value
        /// The revision that put it there; 0 for nothing.
        let written: Int
    }

    /// A value that was put at a key.
    struct Write: Hashable {
        let key: Value
        let value: Value
    }

    let operation: Operation
    /// The store's revision behind it; nil if nobody was told.
    let revision: Int?
    let reads: [Read]
    let writes: [Write]

    /// The revision whose state its reads saw: they come before its own writes.
    var seen: Int? { revision.map { writes.isEmpty ? $0 : $0 - 1 } }

    /// Reads an operation.
    ///
    /// - Throws: `ModelError` for an operation of another workload.
    init(_ operation: Operation) throws(ModelError) {
        guard let asked = Self.steps(operation), ["txn", "read"].contains(operation.function) else {
            throw Self.refusal(of: operation)
        }
        self.operation = operation
        writes = try Self.writes(among: asked, of: operation)
        guard case .ok(let told) = operation.outcome else {
            (revision, reads) = (nil, [])
            return
        }
        guard let revision = told.entry("revision")?.int, let steps = told.entry("txn")?.elements
        else { throw Self.refusal(of: operation) }
        self.revision = revision
        reads = try Self.reads(among: steps, of: operation)
    }

    private static func steps(_ operation: Operation) -> [Value]? {
        operation.function == "read" ? [] : operation.input.elements
    }

    private static func writes(
        among steps: [Value], of operation: Operation
    ) throws(ModelError) -> [Write] {
        var writes: [Write] = []
        for step in steps {
            guard let parts = step.elements, parts.count >= 3 else {
                throw refusal(of: operation)
            }
            if parts[0] == .keyword("w") { writes.append(Write(key: parts[1], value: parts[2])) }
        }
        return writes
    }

    private static func reads(
        among steps: [Value], of operation: Operation
    ) throws(ModelError) -> [Read] {
        var reads: [Read] = []
        for step in steps where step.elements?.first == .keyword("r") {
            guard let parts = step.elements, parts.count == 4, let written = parts[3].int else {
                throw refusal(of: operation)
            }
            reads.append(Read(key: parts[1], value: parts[2], written: written))
        }
        return reads
    }

    private static func refusal(of operation: Operation) -> ModelError {
        ModelError(model: "transactions", operation: operation, known: ["txn", "read"])
    }
}
