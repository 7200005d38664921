extension History {
    /// Some of the operations as a history of their own, in EDN.
    ///
    /// Order, indexes, times, processes and nodes are what they were; keys are left out.
    public func edn(of ids: [Int]) -> [UInt8] {
        var events: [Event] = []
        for id in ids {
            events.append(invocation(of: operations[id]))
            if operations[id].hasCompletion { events.append(completion(of: operations[id])) }
        }
        var text: [UInt8] = []
        for event in events.sorted(by: { $0.index < $1.index }) { text.append(edn: event) }
        return text
    }

    private func invocation(of operation: Operation) -> Event {
        let name = name(ofProcess: operation.process)
        return Event(
            index: operation.invocation, time: operation.invokedAt,
            process: name.int.map(Event.Process.client) ?? .named(name), kind: .invoke,
            function: operation.function, value: operation.input, node: operation.node)
    }

    private func completion(of operation: Operation) -> Event {
        var event = invocation(of: operation)
        event.index = operation.recordedEnd
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
