import Histories
import Models

@testable import Checkers

/// A small seeded generator (SplitMix64), so that a failing test can be run again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Random register histories, linearizable about half of the time.
struct RandomHistories {
    var operations: Int
    var processes = 4
    var values = 3
    var unique = false
    /// The share of operations whose end nobody sees.
    var crashRate = 0.15
    /// The chance that a result is a guess and not what the simulated register says.
    var lieRate = 0.05

    /// A register that obeys, but for lies: each operation takes effect somewhere between its
    /// two events, or never, if it crashed.
    func track(using random: inout some RandomNumberGenerator) -> Track<Register> {
        var simulation = Simulation(histories: self)
        while simulation.advance(using: &random) {}
        return Track(
            model: Register(), entries: simulation.entries, length: simulation.place)
    }

    private struct Simulation {
        let histories: RandomHistories
        var entries: [Entry<Register.Call>] = []
        var place = 0
        var state = Value.null
        var idle: [Int]
        var open: [(entry: Int, process: Int, effective: Bool, crashed: Bool)] = []
        var invoked = 0
        var fresh = 0

        init(histories: RandomHistories) {
            self.histories = histories
            idle = Array(0..<histories.processes)
        }

        mutating func advance(using random: inout some RandomNumberGenerator) -> Bool {
            let mayInvoke = !idle.isEmpty && invoked < histories.operations
            guard mayInvoke || open.contains(where: { !$0.crashed }) else { return false }
            if mayInvoke, Bool.random(using: &random) || open.isEmpty {
                invoke(using: &random)
            } else if !open.isEmpty {
                proceed(Int.random(in: open.indices, using: &random), using: &random)
            }
            return true
        }

        private mutating func value(using random: inout some RandomNumberGenerator) -> Value {
            .int(Int.random(in: 0..<histories.values, using: &random))
        }

        private mutating func new(using random: inout some RandomNumberGenerator) -> Value {
            guard histories.unique else { return value(using: &random) }
            fresh += 1
            return .int(fresh)
        }

        private mutating func expected(using random: inout some RandomNumberGenerator) -> Value {
            if Int.random(in: 0..<2, using: &random) == 0 { return state }
            return histories.unique
                ? .int(Int.random(in: 0...max(1, fresh), using: &random)) : value(using: &random)
        }

        private mutating func invoke(using random: inout some RandomNumberGenerator) {
            let process = idle.removeLast()
            let crashed = Double.random(in: 0..<1, using: &random) < histories.crashRate
            let call: Register.Call =
                switch Int.random(in: 0..<3, using: &random) {
                case 0 where !crashed: .read(.null)
                case 1:
                    .compareAndSet(
                        expected: expected(using: &random), new: new(using: &random))
                default: .write(new(using: &random))
                }
            open.append((entries.count, process, false, crashed))
            entries.append(
                Entry(id: entries.count, call: call, invocation: place, completion: .max))
            place += 1
            invoked += 1
            if crashed { idle.append(process) }
        }

        private mutating func proceed(
            _ index: Int, using random: inout some RandomNumberGenerator
        ) {
            let (entry, process, effective, crashed) = open[index]
            guard !effective else {
                if !crashed {
                    complete(entry)
                    idle.append(process)
                }
                open.remove(at: index)
                return
            }
            open[index].effective = true
            takeEffect(entry, crashed: crashed, using: &random)
        }

        private mutating func takeEffect(
            _ entry: Int, crashed: Bool, using random: inout some RandomNumberGenerator
        ) {
            let lies = Double.random(in: 0..<1, using: &random) < histories.lieRate
            var call = entries[entry].call
            switch call {
            case .read: call = .read(lies ? expected(using: &random) : state)
            case .write(let value): state = value
            case .compareAndSet(let expected, let new):
                if state == expected || (lies && !crashed) {
                    state = new
                } else if !crashed {
                    call = .refused(expected: expected)
                }
            case .refused: break
            }
            replace(entry, with: call, completion: .max)
        }

        private mutating func complete(_ entry: Int) {
            replace(entry, with: entries[entry].call, completion: place)
            place += 1
        }

        private mutating func replace(_ entry: Int, with call: Register.Call, completion: Int) {
            entries[entry] = Entry(
                id: entry, call: call, invocation: entries[entry].invocation,
                completion: completion)
        }
    }
}
