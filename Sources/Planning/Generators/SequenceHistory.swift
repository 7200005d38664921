public import Histories

/// A valid history of a stack or a FIFO queue that is hard to decide: few values, and processes
/// that are always busy.
///
/// At each step a random process goes on: an idle one invokes, one that has invoked takes effect,
/// one that took effect returns. Crashed operations occupy no process; half of them take effect at
/// a random later moment, the others never.
public struct SequenceHistory: Sendable {
    /// What is simulated.
    public enum Kind: String, Sendable, CaseIterable {
        /// `push` and `pop`.
        case stack
        /// `enqueue` and `dequeue`.
        case fifo = "fifo-queue"
    }

    private struct Pending {
        let process: Int
        let puts: Bool
        var result: Value
        var hasTakenEffect = false
    }

    /// What is simulated.
    public var kind: Kind
    /// Operations.
    public var operations: Int
    /// Processes that are busy at once.
    public var processes: Int
    /// Operations that crash, about.
    public var crashed: Int
    /// Different values.
    public var values: Int

    /// A history of so many operations.
    public init(
        _ kind: Kind, operations: Int, processes: Int, crashed: Int = 0, values: Int
    ) {
        self.kind = kind
        self.operations = operations
        self.processes = processes
        self.crashed = crashed
        self.values = values
    }

    /// Draws the history's events.
    public func events(using random: inout some RandomNumberGenerator) -> [Event] {
        var events: [Event] = []
        var object: [Value] = []
        var busy = [Pending?](repeating: nil, count: processes)
        var lost: [Pending] = []
        var invoked = 0
        while invoked < operations || busy.contains(where: { $0 != nil }) {
            if !lost.isEmpty, Int.random(in: 0..<(20 * processes), using: &random) == 0 {
                var late = lost.remove(at: Int.random(in: lost.indices, using: &random))
                takeEffect(&late, on: &object)
            }
            let place = Int.random(in: 0..<processes, using: &random)
            guard let pending = busy[place] else {
                guard invoked < operations else { continue }
                let crashes = Int.random(in: 0..<operations, using: &random) < crashed
                let process = crashes ? processes + invoked : place
                let pending = draw(process, using: &random)
                events.append(event(pending, .invoke, at: events.count))
                invoked += 1
                if !crashes {
                    busy[place] = pending
                } else if Bool.random(using: &random) {
                    lost.append(pending)
                }
                continue
            }
            if pending.hasTakenEffect {
                events.append(event(pending, .ok, at: events.count))
                busy[place] = nil
            } else {
                var taken = pending
                takeEffect(&taken, on: &object)
                busy[place] = taken
            }
        }
        return events
    }

    private func draw(_ process: Int, using random: inout some RandomNumberGenerator) -> Pending {
        let puts = Bool.random(using: &random)
        let value = Value.int(Int.random(in: 0..<values, using: &random))
        return Pending(process: process, puts: puts, result: puts ? value : .null)
    }

    private func takeEffect(_ pending: inout Pending, on object: inout [Value]) {
        pending.hasTakenEffect = true
        if pending.puts {
            object.append(pending.result)
        } else if !object.isEmpty {
            pending.result = kind == .stack ? object.removeLast() : object.removeFirst()
        }
    }

    private func event(_ pending: Pending, _ type: Event.Kind, at index: Int) -> Event {
        let names = kind == .stack ? ("push", "pop") : ("enqueue", "dequeue")
        return Event(
            index: index, process: .client(pending.process), kind: type,
            function: pending.puts ? names.0 : names.1, value: pending.result)
    }
}
