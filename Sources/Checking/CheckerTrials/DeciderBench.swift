internal import Checkers
internal import Histories
internal import Models

/// Times the linear-time deciders on long valid histories.
public struct DeciderBench: Sendable {
    /// The decider's name.
    public let name: String
    private let time: @Sendable (Int) throws -> Duration

    /// Every linear-time decider.
    public static let subjects: [DeciderBench] = [
        DeciderBench("register", Register(), ["write", "read", "cas"]),
        DeciderBench("counter", Counter(), ["add", "read"]),
        DeciderBench("fifo-queue", FIFOQueue(), ["enqueue", "dequeue"]),
        DeciderBench("owned-mutex", MutexModel(), ["acquire", "release"]),
        DeciderBench("set", GrowOnlySet(), ["add"], readsAtEnd: true),
        DeciderBench("list-append", ListAppend(), ["append"], readsAtEnd: true),
    ]

    private init(
        _ name: String, _ model: some Model, _ functions: [String], readsAtEnd: Bool = false
    ) {
        self.name = name
        time = { operations in
            let track = try Track(
                LongHistory(functions, readsAtEnd: readsAtEnd).operations(operations),
                model: model)
            return ContinuousClock().measure {
                guard Method.linearTime.decide(track) == .linearizable else {
                    preconditionFailure("a valid history of \(name) was refused")
                }
            }
        }
    }

    /// Seconds to decide and to verify a history of so many operations.
    ///
    /// - Throws: `ModelError` if the history is not one of the model's.
    public func seconds(operations: Int) throws -> Double { try time(operations) / .seconds(1) }
}

/// A valid history of any length: four processes, each operation overlapping the three next ones,
/// every value new.
private struct LongHistory {
    private let functions: [String]
    private let readsAtEnd: Bool

    init(_ functions: [String], readsAtEnd: Bool) {
        self.functions = functions
        self.readsAtEnd = readsAtEnd
    }

    /// Operation n is invoked at 2n and completes at 2n + 7, so that four are open; a lock's are
    /// one after another.
    func operations(_ count: Int) -> [Operation] {
        let overlap = functions.contains("acquire") ? 1 : 7
        var operations: [Operation] = []
        operations.reserveCapacity(count + 1)
        for number in 0..<count {
            let (function, input, output) = step(number)
            operations.append(
                Operation(
                    id: number, process: overlap == 1 ? number / 2 % 4 : number % 4,
                    function: function, input: input, outcome: .ok(output),
                    invocation: 2 * number, completion: 2 * number + overlap))
        }
        if readsAtEnd {
            let all = Value.vector((0..<count).map { .int($0) })
            operations.append(
                Operation(
                    id: count, process: 4, function: "read", input: .null, outcome: .ok(all),
                    invocation: 2 * count + 8, completion: 2 * count + 9))
        }
        return operations
    }

    private func step(_ number: Int) -> (String, Value, Value) {
        let round = number / functions.count
        let function = functions[number % functions.count]
        return switch function {
        case "read" where functions.contains("add"): (function, .null, .int(round + 1))
        case "read": (function, .null, .int(2 * round + 1))
        case "write": (function, .int(2 * round + 1), .int(2 * round + 1))
        case "cas":
            (
                function, [.int(2 * round + 1), .int(2 * round + 2)],
                [.int(2 * round + 1), .int(2 * round + 2)]
            )
        case "add" where !readsAtEnd: (function, 1, 1)
        case "enqueue", "dequeue": (function, .int(round), .int(round))
        case "acquire", "release": (function, .null, .null)
        default: (function, .int(number), .int(number))
        }
    }
}
