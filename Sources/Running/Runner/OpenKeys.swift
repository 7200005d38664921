internal import Histories

/// The histories of the keys that a load works on, until it has left them.
///
/// A key is ready when the generator has retired it and everything that was given out on it has
/// come back. Pure: what happened goes in, finished histories come out.
struct OpenKeys: Sendable {
    /// The history of a key that nobody works on any more.
    struct Ready: Sendable {
        /// The key.
        var key: Value
        /// Its events, in the order in which they were recorded.
        var events: [Event]
    }

    /// A key with more operations than these is left to the judgement of the whole history: one
    /// object for all clients would hold all of it in memory a second time.
    static let mostOperations = 20_000

    private struct Open {
        var events: [Event] = []
        var out = 0
        var operations = 0
        var isRetired = false
    }

    private var open: [Value: Open] = [:]

    /// Notes that an operation on a key was given out.
    mutating func begin(_ key: Value?) {
        guard let key else { return }
        open[key, default: Open()].out += 1
    }

    /// Takes an operation that has come back, with its events.
    mutating func end(_ key: Value?, _ events: [Event]) -> [Ready] {
        guard let key, var entry = open.removeValue(forKey: key) else { return [] }
        entry.out -= 1
        entry.operations += 1
        if entry.operations <= Self.mostOperations {
            entry.events += events
        } else {
            entry.events = []
        }
        open[key] = entry
        return ready(key)
    }

    /// Notes that nothing more will be given out on these keys.
    mutating func retire(_ keys: [Value]) -> [Ready] {
        keys.flatMap { key in
            open[key]?.isRetired = true
            return ready(key)
        }
    }

    /// Notes that the load is over.
    mutating func retireAll() -> [Ready] { retire(Array(open.keys)) }

    private mutating func ready(_ key: Value) -> [Ready] {
        guard let entry = open[key], entry.isRetired, entry.out == 0 else { return [] }
        open[key] = nil
        guard !entry.events.isEmpty else { return [] }
        return [Ready(key: key, events: entry.events.sorted { $0.index < $1.index })]
    }
}
