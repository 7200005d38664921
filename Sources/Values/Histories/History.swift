/// What every client saw: operations in the order of their invocation, validated.
///
/// The order of the events is the history's order; times are for plots (many histories have
/// none). An operation with an `info` completion, or none, stays open to the end.
public struct History: Sendable {
    /// The clients' operations, by order of invocation.
    public private(set) var operations: [Operation] = []
    /// What the nemesis wrote.
    public private(set) var nemesis: [Event] = []
    /// How many events there were.
    public private(set) var eventCount = 0

    private var open: [Int: Int] = [:]

    /// A history without events.
    public init() {}

    /// Pairs invocations with completions.
    ///
    /// - Throws: `HistoryError` for the first event that cannot follow its predecessors.
    public init(_ events: some Sequence<Event>) throws(HistoryError) {
        for event in events { try append(event) }
    }

    /// Takes the next event, in amortised constant time.
    ///
    /// - Throws: `HistoryError` if the event cannot follow its predecessors.
    public mutating func append(_ event: Event) throws(HistoryError) {
        let place = eventCount
        eventCount += 1
        guard case .client(let process) = event.process else {
            nemesis.append(event)
            return
        }
        if event.kind == .invoke {
            try invoke(event, by: process, at: place)
        } else {
            try complete(event, by: process, at: place)
        }
    }

    private mutating func invoke(
        _ event: Event, by process: Int, at place: Int
    ) throws(HistoryError) {
        guard open.updateValue(operations.count, forKey: process) == nil else {
            throw HistoryError(.invokedTwice(process: process))
        }
        operations.append(
            Operation(
                id: operations.count, process: process, function: event.function, key: event.key,
                input: event.value, outcome: .unknown, invocation: place, completion: .max,
                hasCompletion: false, invokedAt: event.time))
    }

    private mutating func complete(
        _ event: Event, by process: Int, at place: Int
    ) throws(HistoryError) {
        guard let id = open.removeValue(forKey: process) else {
            throw HistoryError(.completionWithoutInvocation(process: process))
        }
        guard operations[id].function == event.function else {
            throw HistoryError(
                .completionOfAnother(
                    process: process, invoked: operations[id].function, completed: event.function))
        }
        operations[id].hasCompletion = true
        operations[id].completedAt = event.time
        switch event.kind {
        case .ok:
            operations[id].outcome = .ok(event.value)
            operations[id].completion = place
        case .fail:
            let refused = event.error == Event.mismatch
            operations[id].outcome = .failed(refused ? .mismatch : .notExecuted)
            operations[id].completion = place
        case .info, .invoke: break
        }
    }
}

extension History {
    /// How independent keys are told from values.
    public enum Keying: String, Sendable, CaseIterable {
        /// Keyed if every operation's value is a pair and one of them is no compare-and-set.
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
    /// - Throws: `HistoryError` if keys were asked for and a value is not a pair.
    public consuming func keyed(_ keying: Keying) throws(HistoryError) -> History {
        switch keying {
        case .single: return self
        case .automatic:
            let looksKeyed = looksKeyed
            if !looksKeyed { return self }
        case .independent: break
        }
        for place in operations.indices where operations[place].key == nil {
            guard let (key, input) = operations[place].input.pair else {
                throw HistoryError(.notKeyed("\(operations[place].input)"))
            }
            operations[place].key = key
            operations[place].input = input
            guard case .ok(let output) = operations[place].outcome else { continue }
            guard let (_, result) = output.pair else {
                throw HistoryError(.notKeyed("\(output)"))
            }
            operations[place].outcome = .ok(result)
        }
        return self
    }

    /// What it means that an operation has no completion at all.
    public enum MissingCompletion: String, Sendable, CaseIterable {
        /// Nobody knows: the same as an `info` completion.
        case unknown
        /// It never happened: for recorders that write both lines or none.
        case never
    }

    /// The history with that rule applied to operations without a completion.
    public consuming func reading(missing rule: MissingCompletion) -> History {
        guard rule == .never else { return self }
        for place in operations.indices where !operations[place].hasCompletion {
            operations[place].outcome = .failed(.notExecuted)
        }
        return self
    }

    /// A read's argument is nil unless it carries a key, so one keyed read tells.
    private var looksKeyed: Bool {
        operations.contains { $0.function == "read" && $0.key == nil && $0.input.pair != nil }
            && operations.allSatisfy { $0.key != nil || $0.input.pair != nil }
    }

    /// The ids of the operations of each key, in the order of the keys' first appearance.
    ///
    /// Linearizability is local: a history is linearizable if and only if it is so for every
    /// object (Herlihy & Wing 1990, theorem 1).
    public var idsByKey: [(key: Value?, ids: [Int32])] {
        var places: [Value?: Int] = [:]
        var groups: [(key: Value?, ids: [Int32])] = []
        for operation in operations {
            if let place = places[operation.key] {
                groups[place].ids.append(Int32(operation.id))
            } else {
                places[operation.key] = groups.count
                groups.append((operation.key, [Int32(operation.id)]))
            }
        }
        return groups.isEmpty ? [(nil, [])] : groups
    }

    /// Makes room for so many operations.
    mutating func reserve(_ count: Int) { operations.reserveCapacity(count) }
}
