internal import Histories
internal import Models

/// Words for a contradiction.
///
/// All sentences of the checker stand here.
struct Explanation<M: Model> {
    private let track: Track<M>
    private let operations: [Operation]

    init(track: Track<M>, operations: [Operation]) {
        self.track = track
        self.operations = operations
    }

    /// What a decision that is a violation says at once.
    func sentence(for decision: Decision<M>) -> Contradiction? {
        switch decision.outcome {
        case .conflict(let conflict):
            Contradiction(
                kind: conflict.kind, operations: ids(conflict.entries),
                culprit: id(conflict.culprit), missed: conflict.missed.map(id),
                sentence: sentence(conflict))
        case .deadEnd(let dead): contradiction(from: dead)
        case .linearizable, .undecided, .open: nil
        }
    }

    /// The smallest contradiction that a decision which is a violation can be brought down to.
    func smallest(
        for decision: Decision<M>, _ cancellation: Cancellation?
    ) -> Contradiction? {
        switch decision.outcome {
        case .conflict(let conflict): smallest(conflict, cancellation)
        case .deadEnd(let dead): smallest(dead, cancellation)
        case .linearizable, .undecided, .open: nil
        }
    }

    private func smallest(
        _ conflict: Conflict, _ cancellation: Cancellation?
    ) -> Contradiction {
        let excerpt = Minimiser.minimise(
            track, conflict: conflict, forgetting: { track.forgotten($0, operations) },
            cancellation: cancellation)
        let part = track.excerpt(excerpt) { track.forgotten($0, operations) }
        var found = Contradiction(
            kind: conflict.kind, operations: ids(excerpt.places), culprit: id(conflict.culprit),
            missed: conflict.missed.map(id), sentence: sentence(conflict))
        complete(&found, with: excerpt, part)
        guard Set(conflict.entries).isSubset(of: excerpt.places) else {
            // What is left contradicts itself without all of what the decider saw.
            return decided(part, excerpt, found) ?? searched(part, excerpt, found)
        }
        let named = conflict.named
        let others = excerpt.places.filter { !named.contains($0) }
        found.sentence += naming(others)
        return found
    }

    private func smallest(_ dead: DeadEnd<M>, _ cancellation: Cancellation?) -> Contradiction {
        let excerpt = Minimiser.minimise(
            track, deadEnd: dead, forgetting: { track.forgotten($0, operations) },
            cancellation: cancellation)
        let part = track.excerpt(excerpt) { track.forgotten($0, operations) }
        var found = contradiction(from: dead)
        complete(&found, with: excerpt, part)
        return searched(part, excerpt, found)
    }

    /// The same contradiction in the words of a linear-time decider that sees only what is left; nil
    /// if none can decide that.
    private func decided(
        _ part: Track<M>, _ excerpt: Excerpt, _ found: Contradiction
    ) -> Contradiction? {
        guard case .contradiction(let conflict) = LinearTime.decide(part) else { return nil }
        let explanation = Explanation(track: part, operations: operations)
        var words = found
        words.kind = conflict.kind
        words.culprit = explanation.id(conflict.culprit)
        words.missed = conflict.missed.map(explanation.id)
        let named = explanation.ids(conflict.named.sorted())
        words.sentence =
            explanation.sentence(conflict)
            + naming(excerpt.places.filter { !named.contains(id($0)) })
        return words
    }

    /// The same contradiction in the words of a search of what is left, which records its paths.
    private func searched(
        _ part: Track<M>, _ excerpt: Excerpt, _ found: Contradiction
    ) -> Contradiction {
        let budget = Budget(steps: 20_000_000, memory: 268_435_456)
        let (finding, _, space) = Search.run(
            part, budget: budget, recordsPaths: true, looksAhead: false, order: .breadthFirst)
        guard case .violation(let end) = finding else { return found }
        let explanation = Explanation(track: part, operations: operations)
        var words = explanation.contradiction(from: end)
        words.operations = found.operations
        words.history = found.history
        words.openEnded = found.openEnded
        words.isMinimal = found.isMinimal
        words.order = found.order
        words.possible = found.possible
        words.lastOrders = end.last.map { last in
            explanation.steps(of: WitnessOrder.entries(of: last.steps, in: space))
        }
        words.sentence += naming(excerpt.places.filter { id($0) != words.culprit })
        return words
    }

    /// Words for a dead end of the search.
    private func contradiction(from dead: DeadEnd<M>) -> Contradiction {
        if let demanded = dead.demanded { return nowhere(demanded) }
        guard !dead.states.isEmpty else { return nowhere(dead.entry) }
        let states = dead.states.prefix(DeepestFrontier.mostStates).map(describe(_:))
        let left = dead.states.count - states.count
        let more = left > 0 ? " or one of \(left) others" : ""
        let open = dead.open.filter { $0 != dead.entry }
        let others =
            open.isEmpty
            ? "nothing else was open"
            : "none of the \(open.count) other open operations could "
                + "change that in time"
        return Contradiction(
            kind: .exhausted, operations: [id(dead.entry)], culprit: id(dead.entry),
            sentence: "\(clause(dead.entry)), which fits nowhere: in every order that explains "
                + "what had completed before, the object held "
                + "\(states.joined(separator: " or "))\(more), and \(others)",
            states: states)
    }

    /// Words where all that is known is which operation has no place.
    private func nowhere(_ entry: Int) -> Contradiction {
        Contradiction(
            kind: .exhausted, operations: [id(entry)], culprit: id(entry),
            sentence: "\(clause(entry)), which fits nowhere: no order of what had begun by "
                + "then leads there")
    }

    /// Names the operations that a sentence has not.
    private func naming(_ places: [Int]) -> String {
        guard !places.isEmpty else { return "" }
        let list = ids(places).map { "\($0)" }
        let names =
            list.count == 1
            ? list[0] : list.dropLast().joined(separator: ", ") + " and \(list[list.count - 1])"
        return " (with operation\(list.count == 1 ? "" : "s") \(names))"
    }

    /// What can be said of the smallest contradiction as a history of its own.
    private func complete(
        _ found: inout Contradiction, with excerpt: Excerpt, _ part: Track<M>
    ) {
        found.operations = ids(excerpt.places)
        found.history = found.operations
        found.openEnded = ids(Array(excerpt.openEnded))
        found.isMinimal = excerpt.isConfirmed
        let orders = LongestOrder.find(in: part)
        found.order = orders.order.map {
            Contradiction.Step(
                operation: part.entries[$0.place].id, state: describe($0.state))
        }
        found.possible = zip(part.entries, orders.possible).map { entry, states in
            Contradiction.Possibility(
                operation: entry.id,
                states: states.prefix(Self.mostPossible).map(describe),
                others: max(0, states.count - Self.mostPossible))
        }
    }

    /// More states that are possible behind an operation are counted, not told.
    private static var mostPossible: Int { 20 }

    /// An order of entries with the state behind each.
    private func steps(of order: [Int]) -> [Contradiction.Step] {
        var state = track.model.initialState
        return order.compactMap { place in
            guard track.model.advance(&state, by: track.entries[place].call) else { return nil }
            return Contradiction.Step(operation: id(place), state: describe(state))
        }
    }

    private func id(_ place: Int) -> Int { track.entries[place].id }

    private func ids(_ places: [Int]) -> [Int] { Set(places.map(id)).sorted() }

    private func describe(_ state: M.State) -> String {
        let text = track.model.describe(state)
        return text.count > 200 ? text.prefix(200) + "…" : text
    }

    // MARK: Sentences

    private func sentence(_ conflict: Conflict) -> String {
        let culprit = clause(conflict.culprit)
        let missed = conflict.missed.map { clause($0, .perfect) } ?? "another had come between"
        switch conflict.kind {
        case .unwritten: return "\(culprit), but nobody wrote that value"
        case .future: return "\(culprit), but that was before \(missed)"
        case .stale: return stale(conflict, culprit: culprit)
        case .interleaved:
            return "\(culprit), and \(missed): each value was there before, and again after, the "
                + "other one, but each was written only once"
        case .doubleSwap:
            return "\(culprit), but \(missed) already, and the value that each cas expected was "
                + "written only once"
        case .cycle:
            return "\(culprit), but that and \(conflict.entries.count - 1) other cas each need the "
                + "result of another one of them"
        case .excess: return "\(culprit), but not so much had been added by then"
        case .undercount: return "\(culprit), but more had been added before that began"
        case .diverged:
            return "\(culprit), but \(missed), and neither holds all that the other does, in the "
                + "same order"
        case .outOfOrder:
            return "\(culprit) and must have come first, but \(missed) before that began"
        case .takenTwice: return "\(culprit), but \(missed) already"
        case .overtaken: return "\(culprit), but \(missed), and it was put in front"
        case .crossed:
            return "\(culprit), but in every order some element must leave the stack from under "
                + "another one that was pushed later and popped later"
        case .notEmpty where conflict.missed == nil:
            return "\(culprit), but something was there all the time"
        case .notEmpty: return "\(culprit), but \(missed), and nobody had taken that out"
        case .overlap:
            return "\(culprit), but \(missed), and each holds the lock at a moment when the "
                + "other does"
        case .notReleased: return "\(culprit), but \(missed) and not released it"
        case .notHeld: return "\(culprit), but did not hold it"
        case .exhausted: return culprit
        }
    }

    /// The stale operation, what it should have seen, and who had seen that before.
    private func stale(_ conflict: Conflict, culprit: String) -> String {
        guard let missed = conflict.missed else { return culprit + ", but more was there already" }
        let start = track.entries[conflict.culprit].invocation
        let never = never(conflict.culprit)
        guard track.entries[missed].completion > start else {
            return "\(culprit), but \(clause(missed, .perfect)) before that began\(never)"
        }
        let witness = conflict.entries.first {
            $0 != missed && track.entries[$0].completion < start && left(by: $0) != nil
                && left(by: $0) == left(by: missed)
        }
        return "\(culprit), but \(clause(missed, .past))"
            + (witness.map { " and \(clause($0, .perfect)) before that began" } ?? "") + never
    }

    private func never(_ culprit: Int) -> String {
        guard let value = left(by: culprit) else { return "" }
        return value == track.model.initialState as? Value
            ? ", and nobody ever wrote \(value)" : ", and nobody wrote \(value) again"
    }

    /// The value that an operation leaves or finds in a register.
    private func left(by place: Int) -> Value? {
        switch track.entries[place].call as? Register.Call {
        case .read(let value)?, .write(let value)?, .refused(let value)?: value
        case .compareAndSet(_, let new)?: new
        case nil: nil
        }
    }

    // MARK: Clauses

    private enum Tense { case past, perfect }

    /// `process 3 read 5 (1.204 to 1.207 s)`, or with `had` before the verb.
    private func clause(_ place: Int, _ tense: Tense = .past) -> String {
        let operation = operations[track.entries[place].id]
        let words = track.model.describe(track.entries[place].call)
        let action = tense == .past ? words.past : "had " + words.participle
        return "process \(operation.client) \(action) \(span(of: operation))"
    }

    private func span(of operation: Operation) -> String {
        guard let start = operation.invokedAt else {
            return operation.completion == .max
                ? "(event \(operation.invocation), never completed)"
                : "(events \(operation.invocation) to \(operation.completion))"
        }
        guard operation.completion != .max else {
            return "(from \(seconds(start)) s, outcome unknown)"
        }
        guard let end = operation.completedAt else {
            return "(from \(seconds(start)) s to event \(operation.completion))"
        }
        return "(\(seconds(start)) to \(seconds(end)) s)"
    }

    /// To the millisecond where that is all of it, else to a tenth of one: what lies between two
    /// times of one millisecond has an order too.
    private func seconds(_ time: Timestamp) -> String {
        let isWhole = time.nanoseconds.isMultiple(of: 1_000_000)
        let (digits, unit) = isWhole ? (3, 1_000_000) : (4, 100_000)
        let (whole, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: unit)
        let units = whole + (2 * rest >= unit ? 1 : 0)
        let perSecond = 1_000_000_000 / unit
        let fraction = String((units % perSecond).magnitude)
        return "\(units / perSecond)." + String(repeating: "0", count: digits - fraction.count)
            + fraction
    }
}
