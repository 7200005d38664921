internal import Histories
internal import Models

/// Words for a contradiction.
///
/// All sentences of the checker stand here.
struct Explanation {
    private let track: Track<Register>
    private let operations: [Operation]

    init(track: Track<Register>, operations: [Operation]) {
        self.track = track
        self.operations = operations
    }

    /// Words for what the decider of unique values found.
    func contradiction(from conflict: UniqueValues.Conflict) -> Contradiction {
        Contradiction(
            kind: conflict.kind, operations: ids(conflict.entries),
            culprit: track.entries[conflict.culprit].id,
            missed: conflict.missed.map { track.entries[$0].id }, sentence: sentence(conflict))
    }

    /// Words for a dead end of the search.
    func contradiction(
        from dead: Frontier<Register>.Dead, among places: [Int]
    ) -> Contradiction {
        let states = dead.states.prefix(5).map { "\($0)" }.joined(separator: " or ")
        return Contradiction(
            kind: .exhausted, operations: ids(places), culprit: track.entries[dead.entry].id,
            sentence: "\(clause(dead.entry)), which fits nowhere: in every order that explains "
                + "what had completed before, the register held \(states), and nothing that was "
                + "open could change that in time")
    }

    private func ids(_ places: [Int]) -> [Int] {
        Set(places.map { track.entries[$0].id }).sorted()
    }

    private func sentence(_ conflict: UniqueValues.Conflict) -> String {
        let culprit = clause(conflict.culprit)
        let missed = conflict.missed.map { clause($0, .perfect) } ?? "another had come between"
        switch conflict.kind {
        case .unwritten: return "\(culprit), but nobody ever wrote that value"
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
        case .exhausted: return culprit
        }
    }

    /// The stale operation, what it should have seen, and who had seen that before.
    private func stale(_ conflict: UniqueValues.Conflict, culprit: String) -> String {
        guard let missed = conflict.missed else { return culprit }
        let value = observed(by: conflict.culprit)
        let never =
            value == track.model.initialState
            ? "and nobody ever wrote \(value)" : "and nobody wrote \(value) again"
        let start = track.entries[conflict.culprit].invocation
        guard track.entries[missed].completion > start else {
            return "\(culprit), but \(clause(missed, .perfect)) before that began, \(never)"
        }
        let witness = conflict.entries.first {
            $0 != missed && track.entries[$0].completion < start
                && observed(by: $0) == observed(by: missed)
        }
        return "\(culprit), but \(clause(missed, .past))"
            + (witness.map { " and \(clause($0, .perfect)) before that began" } ?? "")
            + ", \(never)"
    }

    /// The value that an operation leaves or finds in the register.
    private func observed(by place: Int) -> Value {
        switch track.entries[place].call {
        case .read(let value), .write(let value), .refused(let value): value
        case .compareAndSet(_, let new): new
        }
    }

    private enum Tense { case past, perfect }

    /// `process 3 read 5 (1.204 to 1.207 s)`, or with `had` before the verb.
    private func clause(_ place: Int, _ tense: Tense = .past) -> String {
        let operation = operations[track.entries[place].id]
        let isPast = tense == .past
        let action =
            switch track.entries[place].call {
            case .read(let value): (isPast ? "read " : "had read ") + "\(value)"
            case .write(let value): (isPast ? "wrote " : "had written ") + "\(value)"
            case .compareAndSet(let expected, let new):
                (isPast ? "replaced " : "had replaced ") + "\(expected) by \(new)"
            case .refused(let expected):
                (isPast ? "found " : "had found ") + "something else than \(expected)"
            }
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
