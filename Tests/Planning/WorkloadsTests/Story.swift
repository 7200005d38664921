import Histories

/// Builds histories line by line, a millisecond apart unless a test says when.
struct Story {
    private(set) var events: [Event] = []
    private var now = 0

    /// A line at its time in milliseconds, or right after the last.
    mutating func line(
        _ kind: Event.Kind, _ process: Int, _ function: String, _ value: Value = .null,
        error: Value? = nil, at time: Int? = nil
    ) {
        now = time ?? now + 1
        events.append(
            Event(
                index: events.count, time: Timestamp(.milliseconds(now)), process: .client(process),
                kind: kind, function: function, key: 0, value: value, error: error, node: "n1"))
    }

    /// An operation that is answered before anything else happens.
    mutating func whole(
        _ process: Int, _ function: String, _ value: Value = .null, from start: Int? = nil,
        to end: Int? = nil
    ) {
        line(.invoke, process, function, at: start)
        line(.ok, process, function, value, at: end)
    }

    /// An operation with its argument and what it returned.
    mutating func done(_ process: Int, _ function: String, _ input: Value, _ output: Value) {
        line(.invoke, process, function, input)
        line(.ok, process, function, output)
    }

    /// The history.
    var history: History { get throws { try History(events) } }
}

extension Value {
    /// What a lock with a lease says when it is granted.
    static func granted(_ revision: Int, held: Bool = true) -> Value {
        .map(.init([.keyword("revision"): .int(revision), .keyword("held"): .bool(held)]))
    }

    /// What it says when it is given back.
    static func released(_ revision: Int) -> Value {
        .map(.init([.keyword("revision"): .int(revision)]))
    }
}
