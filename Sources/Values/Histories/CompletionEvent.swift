extension Event {
    /// How a history spells that the server compared and refused, and said so: `:error :mismatch`.
    static let mismatch = Value.keyword("mismatch")
}

extension Recorder {
    /// Writes how an operation ended, behind all earlier events, with the present time.
    ///
    /// - Returns: the event with its place and time.
    @discardableResult
    public func record(
        _ completion: Completion, of invocation: Invocation, by process: Event.Process,
        node: String? = nil
    ) -> Event {
        let (value, error): (Value, Value?) =
            switch completion {
            case .ok(let value): (value, nil)
            case .mismatch: (invocation.value, Event.mismatch)
            case .fail(let error), .info(let error): (invocation.value, error)
            case .nonsense(let quote): (invocation.value, .string(quote))
            }
        return record(
            completion.kind, by: process, invocation.function, key: invocation.key, value,
            error: error, node: node)
    }
}
