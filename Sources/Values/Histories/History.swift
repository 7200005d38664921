/// What every client saw: operations in the order of their invocation, validated.
///
/// The order of the events is the history's order; times are for plots (many histories have
/// none). An operation with an `info` completion, or none, stays open to the end.
public struct History: Sendable {
    /// The clients' operations, by order of invocation.
    public internal(set) var operations: [Operation] = []
    /// What the nemesis wrote.
    public private(set) var nemesis: [Event] = []
    /// How many events there were.
    public private(set) var eventCount = 0
    /// How many bytes of a last, unfinished line were dropped (``Tail/maybeTorn``).
    public internal(set) var droppedBytes = 0

    private var open: [Int: Int] = [:]
    private var nextPlace = 0
    /// The names of processes -1, -2 and so on.
    private var names: [Value] = []
    private var numbers: [Value: Int] = [:]

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
        let place = place(of: event)
        eventCount += 1
        let process: Int
        switch event.process {
        case .client(let number): process = number
        case .named(let name): process = number(of: name)
        case .nemesis:
            nemesis.append(event)
            return
        }
        if event.kind == .invoke {
            try invoke(event, by: process, at: place)
        } else {
            try complete(event, by: process, at: place)
        }
    }

    /// The event's own index where indexes grow, its number among the events otherwise; never so
    /// high that it could be taken for "no completion".
    private mutating func place(of event: Event) -> Int {
        let place = event.index < 1 << 62 ? max(event.index, nextPlace) : nextPlace
        nextPlace = place + 1
        return place
    }

    private mutating func number(of name: Value) -> Int {
        if let number = numbers[name] { return number }
        names.append(name)
        numbers[name] = -names.count
        return -names.count
    }

    /// What the history calls a process: its number, or its name.
    public func name(ofProcess process: Int) -> Value {
        names.indices.contains(-process - 1) ? names[-process - 1] : .int(process)
    }

    private mutating func invoke(
        _ event: Event, by process: Int, at place: Int
    ) throws(HistoryError) {
        guard open.updateValue(operations.count, forKey: process) == nil else {
            throw HistoryError(.invokedTwice(process: "\(name(ofProcess: process))"))
        }
        operations.append(
            Operation(
                id: operations.count, process: process, function: event.function, key: event.key,
                input: event.value, outcome: .unknown, invocation: place, completion: .max,
                invokedAt: event.time, node: event.node))
        if process < 0 { operations[operations.count - 1].client = name(ofProcess: process) }
    }

    private mutating func complete(
        _ event: Event, by process: Int, at place: Int
    ) throws(HistoryError) {
        guard let id = open.removeValue(forKey: process) else {
            throw HistoryError(
                .completionWithoutInvocation(process: "\(name(ofProcess: process))"))
        }
        guard operations[id].function == event.function else {
            throw HistoryError(
                .completionOfAnother(
                    process: "\(name(ofProcess: process))", invoked: operations[id].function,
                    completed: event.function))
        }
        operations[id].recordedEnd = place
        operations[id].completedAt = event.time
        if operations[id].node == nil, let node = event.node { operations[id].node = node }
        switch event.kind {
        case .ok:
            operations[id].outcome = .ok(event.value)
            operations[id].completion = place
        case .fail:
            // JSON has no keywords.
            let refused = event.error == Event.mismatch || event.error == .string("mismatch")
            operations[id].outcome = .failed(refused ? .mismatch : .notExecuted)
            operations[id].completion = place
        case .info, .invoke: break
        }
    }
}

extension History {
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

    /// The history with its times counted from its first one, where they are times of day: longer
    /// than a day after the beginning, or before it.
    ///
    /// Other tools record seconds since 1970, which no axis can show.
    public consuming func countingFromStart() -> History {
        let times = operations.lazy.compactMap { $0.invokedAt?.nanoseconds }
        guard let first = times.min(), !(0..<86_400_000_000_000).contains(first) else {
            return self
        }
        func since(_ time: Timestamp?) -> Timestamp? {
            time.map { time in
                let (since, isTooLong) = time.nanoseconds.subtractingReportingOverflow(first)
                return Timestamp(nanoseconds: isTooLong ? .max : since)
            }
        }
        for place in operations.indices {
            operations[place].invokedAt = since(operations[place].invokedAt)
            operations[place].completedAt = since(operations[place].completedAt)
        }
        return self
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
