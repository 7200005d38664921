extension History {
    /// How independent keys are told from values.
    public enum Keying: String, Sendable, CaseIterable {
        /// Keyed if every operation's value is a pair and one of them cannot be anything but a key
        /// with a value; refused if they may be both.
        case automatic = "auto"
        /// Every value is `[key value]`.
        case independent
        /// The history is about one object.
        case single
    }

    /// The history with `[key value]` values split into the operations' keys.
    ///
    /// Consumes the history, so that ten million operations need not be there twice.
    ///
    /// - Throws: `HistoryError` if keys were asked for and a value is not a pair, if an operation
    ///   ends on another key than it began on, and if nothing tells keys from values.
    public consuming func keyed(_ keying: Keying) throws(HistoryError) -> History {
        switch keying {
        case .single: return self
        case .automatic:
            let looksKeyed = try looksKeyed()
            if !looksKeyed { return self }
        case .independent: break
        }
        try splitKeys()
        return self
    }

    private mutating func splitKeys() throws(HistoryError) {
        for place in operations.indices where operations[place].key == nil {
            guard let (key, input) = operations[place].input.pair else {
                throw HistoryError(.notKeyed("\(operations[place].input)"))
            }
            if case .ok(let output) = operations[place].outcome {
                guard let (other, result) = output.pair else {
                    throw HistoryError(.notKeyed("\(output)"))
                }
                guard other == key else {
                    throw HistoryError(
                        .keyOfAnother(
                            process: "\(name(ofProcess: operations[place].process))",
                            invoked: "\(key)", completed: "\(other)"))
                }
                operations[place].outcome = .ok(result)
            }
            operations[place].key = key
            operations[place].input = input
        }
    }

    /// Whether values are keys with values; a single operation that cannot be both tells.
    private func looksKeyed() throws(HistoryError) -> Bool {
        var pair: Value?
        for operation in operations where operation.key == nil {
            switch KeyEvidence(operation) {
            case .single: return false
            case .keyed, .either: pair = operation.input
            }
        }
        guard let pair else { return false }
        let isTold = operations.contains { $0.key == nil && KeyEvidence($0) == .keyed }
        guard isTold else { throw HistoryError(.ambiguousKeys("\(pair)")) }
        return true
    }
}

/// What one operation tells about the values of its history.
private enum KeyEvidence {
    /// Its value has no key.
    case single
    /// Its value has a key.
    case keyed
    /// Its value is a pair, which may be both.
    case either

    /// Operations that have no argument of their own: a value of theirs is a key with nil.
    private static let withoutArgument: Set<String> = [
        "read", "get", "dequeue", "pop", "acquire", "release",
    ]

    init(_ operation: Operation) {
        guard let (first, second) = operation.input.pair else {
            self = .single
            return
        }
        switch operation.function {
        // A transaction is a vector of steps, which are vectors: [[:r :x nil] [:w :y 1]].
        case "txn": self = first.elements == nil ? .keyed : .single
        // With a key it would be [key [expected new]].
        case "cas": self = second.pair == nil ? .single : .either
        case let name where Self.withoutArgument.contains(name) && second == .null:
            self = .keyed
        default: self = .either
        }
    }
}
