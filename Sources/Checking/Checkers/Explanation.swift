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

    /// Words for what a linear-time decider found.
    func contradiction(from conflict: Conflict, history: [Int]) -> Contradiction {
        Contradiction(
            kind: conflict.kind, operations: ids(conflict.entries),
            culprit: track.entries[conflict.culprit].id,
            missed: conflict.missed.map { track.entries[$0].id }, sentence: sentence(conflict),
            history: ids(history),
            order: order(of: Set(history + conflict.entries).sorted()))
    }

    /// Words for a dead end of the search.
    func contradiction(from dead: Frontier<M>.Dead, among places: [Int]) -> Contradiction {
        let states = dead.states.prefix(5).map(describe(_:))
        let more = dead.states.count > 5 ? " or one of \(dead.states.count - 5) others" : ""
        let open = dead.open.filter { $0 != dead.entry }
        let others =
            open.isEmpty
            ? "nothing else was open"
            : "none of the \(open.count) other open operations could "
                + "change that in time"
        return Contradiction(
            kind: .exhausted, operations: ids(places), culprit: track.entries[dead.entry].id,
            sentence: "\(clause(dead.entry)), which fits nowhere: in every order that explains "
                + "what had completed before, the object held "
                + "\(states.joined(separator: " or "))\(more), and \(others)",
            states: dead.states.prefix(100).map(describe(_:)), history: ids(places),
            order: order(of: places))
    }

    private func order(of places: [Int]) -> [Contradiction.Step] {
        LongestOrder.find(in: track, among: places).map {
            Contradiction.Step(operation: track.entries[$0.place].id, state: describe($0.state))
        }
    }

    private func ids(_ places: [Int]) -> [Int] {
        Set(places.map { track.entries[$0].id }).sorted()
    }

    private func describe(_ state: M.State) -> String {
        let text =
            switch state {
            case let elements as [Value]: "\(Value.vector(elements))"
            case let elements as ArraySlice<Value>: "\(Value.vector(Array(elements)))"
            case let elements as Elements:
                "#{" + elements.sorted.map { "\($0)" }.joined(separator: " ") + "}"
            case let text as Text: "\(Value.string(text))"
            default: "\(state)"
            }
        return text.count > 200 ? text.prefix(200) + "…" : text
    }

    // MARK: Sentences

    private func sentence(_ conflict: Conflict) -> String {
        let culprit = clause(conflict.culprit)
        let missed = conflict.missed.map { clause($0, .perfect) } ?? "another had come between"
        switch conflict.kind {
        case .unwritten: return "\(culprit), but nobody ever put that there"
        case .future: return "\(culprit), but that was before \(missed)"
        case .stale: return stale(conflict, culprit: culprit)
        case .interleaved:
            return "\(culprit), and \(missed): each value was there before, and again after, the "
                + "other one, but each was written only once"
        case .doubleSwap:
            return "\(culprit), but \(missed) already, and the value that both replaced was "
                + "written only once"
        case .cycle:
            return "\(culprit), but that and \(conflict.entries.count - 1) other "
                + "compare-and-sets each need the result of another one of them"
        case .excess: return "\(culprit), but not so much had been added by then"
        case .diverged:
            return "\(culprit), but \(missed), and neither holds all that the other does, in the "
                + "same order"
        case .outOfOrder:
            return "\(culprit) and must have come first, but \(missed) before that began"
        case .takenTwice: return "\(culprit), but \(missed) already"
        case .overtaken: return "\(culprit), but \(missed), and it was put in front"
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
        return "process \(operation.process) \(action) \(span(of: operation))"
    }

    private func span(of operation: Operation) -> String {
        guard let start = operation.invokedAt else {
            return operation.completion == .max
                ? "(event \(operation.invocation), never completed)"
                : "(events \(operation.invocation) to \(operation.completion))"
        }
        guard operation.completion != .max, let end = operation.completedAt else {
            return "(from \(seconds(start)) s, outcome unknown)"
        }
        return "(\(seconds(start)) to \(seconds(end)) s)"
    }

    private func seconds(_ time: Timestamp) -> String {
        let milliseconds = time.nanoseconds / 1_000_000
        let fraction = String(milliseconds % 1_000)
        return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count)
            + fraction
    }
}
