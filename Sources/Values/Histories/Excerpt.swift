extension History {
    /// Some of the operations as a history of their own, in EDN: the same order, the same times.
    public func edn(of ids: [Int]) -> [UInt8] {
        let chosen = ids.map { operations[$0] }
        var events: [(place: Int, event: Event)] = []
        for operation in chosen {
            events.append((operation.invocation, invocation(of: operation)))
            let isBounded = operation.completion != .max
            events.append(
                (
                    isBounded ? operation.completion : eventCount + operation.id,
                    completion(of: operation)
                ))
        }
        var text: [UInt8] = []
        for (index, entry) in events.sorted(by: { $0.place < $1.place }).enumerated() {
            var event = entry.event
            event.index = index
            text.append(edn: event)
        }
        return text
    }

    private func invocation(of operation: Operation) -> Event {
        Event(
            index: 0, time: operation.invokedAt, process: .client(operation.process),
            kind: .invoke, function: operation.function, value: operation.input)
    }

    private func completion(of operation: Operation) -> Event {
        var event = invocation(of: operation)
        event.time = operation.completedAt
        switch operation.outcome {
        case .ok(let value): (event.kind, event.value) = (.ok, value)
        case .failed(.mismatch): (event.kind, event.error) = (.fail, .keyword("mismatch"))
        case .failed(.notExecuted): event.kind = .fail
        case .unknown: event.kind = .info
        }
        return event
    }
}
