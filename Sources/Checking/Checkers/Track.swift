package import Histories
package import Models

/// One operation as a checker sees it: a call with its place in the order of one object.
package struct TrackEntry<Call: Hashable & Sendable>: Sendable {
    /// The operation's id in the whole history.
    package let id: Int
    /// What it said about the object.
    package let call: Call
    /// The place of its invocation among the object's events, from 0.
    package var invocation: Int
    /// The place of its completion; `Int.max` for an operation of unknown outcome.
    package var completion: Int

    package init(id: Int, call: Call, invocation: Int, completion: Int) {
        self.id = id
        self.call = call
        self.invocation = invocation
        self.completion = completion
    }

    /// Whether nobody knows if it took effect.
    package var isUnknown: Bool { completion == .max }
}

/// The operations of one object, read by a model and numbered densely.
package struct Track<M: Model>: Sendable {
    package let model: M
    package let entries: [TrackEntry<M.Call>]
    /// How many places there are: invocations and completions.
    package let length: Int

    /// Reads some operations of a history; their ids come by invocation.
    ///
    /// Linear, but for the sort of the completions.
    package init(_ operations: [Operation], ids: [Int32], model: M) throws(ModelError) {
        self.model = model
        var entries: [TrackEntry<M.Call>] = []
        entries.reserveCapacity(ids.count)
        for id in ids {
            let operation = operations[Int(id)]
            guard let call = try model.call(for: operation) else { continue }
            let isUnknown = operation.isUnknown
            // A crashed operation that changes nothing says nothing.
            if isUnknown, model.isPure(call) { continue }
            entries.append(
                TrackEntry(
                    id: Int(id), call: call, invocation: operation.invocation,
                    completion: isUnknown ? .max : operation.completion))
        }
        length = Self.makeDense(&entries)
        self.entries = entries
    }

    /// Reads all operations of a history of one object.
    package init(_ operations: [Operation], model: M) throws(ModelError) {
        try self.init(operations, ids: operations.indices.map(Int32.init), model: model)
    }

    package init(model: M, entries: [TrackEntry<M.Call>], length: Int) {
        self.model = model
        self.entries = entries
        self.length = length
    }

    /// The entry at each place, counted from one: invoked if positive, completed if negative;
    /// zero where an entry was left out.
    var events: [Int] {
        var events = [Int](repeating: 0, count: length)
        // By place, and not by entry: to copy one is to count references.
        for place in entries.indices {
            events[entries[place].invocation] = place + 1
            if !entries[place].isUnknown { events[entries[place].completion] = -place - 1 }
        }
        return events
    }

    /// An entry that returned what nobody may have put there.
    var unwritten: Conflict? {
        model.unwritten(among: entries.map { $0.call }) { !entries[$0].isUnknown }
            .map { Conflict(.unwritten, culprit: $0) }
    }

    /// Replaces places of the whole history by their ranks among the given ones: a merge of the
    /// invocations, which are in order, with the sorted completions.
    ///
    /// - Returns: how many places there are.
    private static func makeDense(_ entries: inout [TrackEntry<M.Call>]) -> Int {
        var completions: [(place: Int, entry: Int32)] = []
        completions.reserveCapacity(entries.count)
        for entry in entries.indices where !entries[entry].isUnknown {
            completions.append((entries[entry].completion, Int32(entry)))
        }
        completions.sort { $0.place < $1.place }
        var next = 0
        var rank = 0
        for entry in entries.indices {
            let invocation = entries[entry].invocation
            while next < completions.count, completions[next].place < invocation {
                entries[Int(completions[next].entry)].completion = rank
                next += 1
                rank += 1
            }
            entries[entry].invocation = rank
            rank += 1
        }
        while next < completions.count {
            entries[Int(completions[next].entry)].completion = rank
            next += 1
            rank += 1
        }
        return rank
    }

    /// Whether the order of the entries (places in ``entries``) is legal: the model accepts every
    /// call, none stands before one that had completed before it was invoked, and every entry of
    /// known outcome is there once.
    ///
    /// The independent check behind every "linearizable".
    package func accepts(_ order: [Int]) -> Bool {
        var seen = [Bool](repeating: false, count: entries.count)
        var states = PossibleStates(model)
        var latestInvocation = -1
        for place in order {
            let entry = entries[place]
            guard !seen[place], entry.completion > latestInvocation, states.advance(by: entry.call)
            else { return false }
            seen[place] = true
            latestInvocation = max(latestInvocation, entry.invocation)
        }
        return zip(seen, entries).allSatisfy { $0 || $1.isUnknown }
    }
}

/// The states that an object may be in behind some calls: mostly one, more where an unseen result
/// leaves a choice.
struct PossibleStates<M: Model> {
    private let model: M
    private(set) var states: [M.State]

    init(_ model: M) {
        self.model = model
        states = [model.initialState]
    }

    /// False if the call is legal in none of them.
    mutating func advance(by call: M.Call) -> Bool {
        guard states.count == 1, !model.isAmbiguous(call) else {
            var seen: Set<M.State> = []
            states = states.flatMap { model.outcomes($0, call) }
                .filter { seen.insert($0).inserted }
            return !states.isEmpty
        }
        return model.advance(&states[0], by: call)
    }
}
