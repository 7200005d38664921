public import Histories

/// A history of a store of strings whose clients are always busy: `put`, `append` and `get` of a few
/// keys, each piece of text its own.
///
/// At each step a random process goes on: an idle one invokes, one that has invoked takes effect,
/// one that took effect returns. Of a hundred operations about 48 are `get`, 47 `append` and 5
/// `put`, as in the histories that Porcupine is tested with.
public struct KeyValueHistory: Sendable {
    private struct Pending {
        let function: String
        let key: Int
        var text: String
        var hasTakenEffect = false
    }

    /// Operations.
    public var operations: Int
    /// Processes that are busy at once.
    public var processes: Int
    /// Keys.
    public var keys: Int
    /// Whether one `get` near the end misses the last twelve writes of its key.
    public var isBad: Bool

    /// A kind of histories.
    public init(operations: Int, processes: Int, keys: Int = 10, isBad: Bool = false) {
        self.operations = operations
        self.processes = processes
        self.keys = keys
        self.isBad = isBad
    }

    /// Draws the history's events.
    public func events(using random: inout some RandomNumberGenerator) -> [Event] {
        var events: [Event] = []
        // What each key has held, the last of it last.
        var held = [[String]](repeating: [""], count: keys)
        var busy = [Pending?](repeating: nil, count: processes)
        var invoked = 0
        var isSpoiled = !isBad
        while invoked < operations || busy.contains(where: { $0 != nil }) {
            let process = Int.random(in: 0..<processes, using: &random)
            guard var pending = busy[process] else {
                guard invoked < operations else { continue }
                let pending = draw(text: "x \(process) \(invoked) y", using: &random)
                events.append(event(pending, .invoke, by: process, at: events.count))
                busy[process] = pending
                invoked += 1
                continue
            }
            if pending.hasTakenEffect {
                events.append(event(pending, .ok, by: process, at: events.count))
                busy[process] = nil
                continue
            }
            let now = held[pending.key][held[pending.key].count - 1]
            switch pending.function {
            case "get":
                pending.text = now
                let missed = held[pending.key].count - 13
                if !isSpoiled, invoked * 10 > operations * 9, missed >= 0 {
                    pending.text = held[pending.key][missed]
                    isSpoiled = true
                }
            case "put": held[pending.key].append(pending.text)
            default: held[pending.key].append(now + pending.text)
            }
            pending.hasTakenEffect = true
            busy[process] = pending
        }
        return events
    }

    private func draw(text: String, using random: inout some RandomNumberGenerator) -> Pending {
        let function =
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<48: "get"
            case 48..<95: "append"
            default: "put"
            }
        return Pending(
            function: function, key: Int.random(in: 0..<keys, using: &random), text: text)
    }

    private func event(
        _ pending: Pending, _ kind: Event.Kind, by process: Int, at index: Int
    ) -> Event {
        let isAsked = kind == .invoke && pending.function == "get"
        return Event(
            index: index, process: .client(process), kind: kind, function: pending.function,
            key: .string("\(pending.key)"), value: isAsked ? .null : .string(pending.text))
    }
}
