internal import Histories
internal import Models

/// One operation as a checker sees it: a call with its place in the order of one object.
struct Entry<Call: Hashable & Sendable>: Sendable {
    /// The operation's id in the whole history.
    let id: Int
    /// What it said about the object.
    let call: Call
    /// The place of its invocation among the object's events, from 0.
    let invocation: Int
    /// The place of its completion; `Entry.never` for an operation of unknown outcome.
    let completion: Int

    /// Whether nobody knows if it took effect.
    var isUnknown: Bool { completion == .max }
}

/// The operations of one object, read by a model and numbered densely.
struct Track<M: Model>: Sendable {
    let model: M
    let entries: [Entry<M.Call>]
    /// How many places there are: invocations and completions.
    let length: Int

    /// Reads the operations, which come by invocation.
    ///
    /// Linear, but for the sort of the completions.
    init(_ operations: [Operation], model: M) throws(ModelError) {
        self.model = model
        var read: [(operation: Operation, call: M.Call)] = []
        read.reserveCapacity(operations.count)
        for operation in operations {
            guard let call = try model.call(for: operation) else { continue }
            // A crashed operation that changes nothing says nothing.
            if operation.isUnknown, model.isPure(call) { continue }
            read.append((operation, call))
        }
        let places = Self.ranks(
            read.lazy.map { ($0.operation.invocation, $0.operation.completion) })
        length = places.length
        entries = zip(read, places.ranks).map { read, rank in
            Entry(
                id: read.operation.id, call: read.call, invocation: rank.0, completion: rank.1)
        }
    }

    init(model: M, entries: [Entry<M.Call>], length: Int) {
        self.model = model
        self.entries = entries
        self.length = length
    }

    /// The entry at each place, counted from one: invoked if positive, completed if negative;
    /// zero where an entry was left out.
    var events: [Int] {
        var events = [Int](repeating: 0, count: length)
        for (place, entry) in entries.enumerated() {
            events[entry.invocation] = place + 1
            if !entry.isUnknown { events[entry.completion] = -place - 1 }
        }
        return events
    }

    /// The part of the track that consists of some entries, at the places that they had.
    func part(_ places: [Int]) -> Track {
        Track(model: model, entries: places.map { entries[$0] }, length: length)
    }

    /// Replaces places of the whole history by their ranks among the given ones: a merge of the
    /// invocations, which are in order, with the sorted completions.
    private static func ranks(
        _ spans: some Collection<(Int, Int)>
    ) -> (ranks: [(Int, Int)], length: Int) {
        var ranks = spans.map { _ in (0, Int.max) }
        var completions: [(place: Int, entry: Int)] = []
        completions.reserveCapacity(ranks.count)
        for (entry, span) in spans.enumerated() where span.1 != .max {
            completions.append((span.1, entry))
        }
        completions.sort { $0.place < $1.place }
        var next = 0
        var rank = 0
        for (entry, span) in spans.enumerated() {
            while next < completions.count, completions[next].place < span.0 {
                ranks[completions[next].entry].1 = rank
                next += 1
                rank += 1
            }
            ranks[entry].0 = rank
            rank += 1
        }
        while next < completions.count {
            ranks[completions[next].entry].1 = rank
            next += 1
            rank += 1
        }
        return (ranks, rank)
    }

    /// Whether the order of the entries (places in ``entries``) is legal: the model accepts every
    /// call, none stands before one that had completed before it was invoked, and every entry of
    /// known outcome is there once.
    ///
    /// The independent check behind every "linearizable".
    func accepts(_ order: [Int]) -> Bool {
        var seen = [Bool](repeating: false, count: entries.count)
        var state = model.initialState
        var latestInvocation = -1
        for place in order {
            let entry = entries[place]
            guard !seen[place], entry.completion > latestInvocation,
                let next = model.step(state, entry.call)
            else { return false }
            seen[place] = true
            state = next
            latestInvocation = max(latestInvocation, entry.invocation)
        }
        return zip(seen, entries).allSatisfy { $0 || $1.isUnknown }
    }
}
