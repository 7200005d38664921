import Checkers
import Generators
import Histories
import Models
import Testing

/// A stack that no decider and no structured search knows.
private struct Pile: Model {
    private let stack = Stack()
    let name = "pile"
    var initialState: [Value] { stack.initialState }

    func call(for operation: Histories.Operation) throws(ModelError) -> QueueCall? {
        try stack.call(for: operation)
    }

    func step(_ state: [Value], _ call: QueueCall) -> [Value]? { stack.step(state, call) }
}

@Suite struct `What a check costs` {
    /// A stack on which four processes push and pop two values, so that nothing but the search
    /// decides it; the last pop returns what nobody can have left there.
    private func crowded(_ rounds: Int, processes: Int) throws -> History {
        var lines: [String] = []
        for round in 0..<rounds {
            for process in 0..<processes {
                lines.append("{:process \(process) :type :invoke :f :push :value \(round % 2)}")
            }
            for process in 0..<processes {
                lines.append("{:process \(process) :type :ok :f :push :value \(round % 2)}")
            }
            lines.append("{:process 90 :type :invoke :f :push :value \(process(round))}")
            lines.append("{:process 91 :type :invoke :f :push :value \(1 - process(round))}")
            lines.append("{:process 90 :type :ok :f :push :value \(process(round))}")
            lines.append("{:process 91 :type :ok :f :push :value \(1 - process(round))}")
        }
        for _ in 0..<3 {
            lines.append("{:process 0 :type :invoke :f :pop :value nil}")
            lines.append("{:process 0 :type :ok :f :pop :value nil}")
        }
        return try History(text: lines.joined(separator: "\n"))
    }

    private func process(_ round: Int) -> Int { round % 2 }

    @Test func `the same budget gives the same report, every time`() throws {
        let history = try crowded(30, processes: 3)
        let checker = Checker(model: Pile(), budget: Budget(steps: 200_000))
        let reports = try (0..<3).map { _ in try checker.check(history).keys[0] }
        #expect(Set(reports.map(\.verdict)).count == 1)
        #expect(Set(reports.map(\.configurations)).count == 1)
        #expect(Set(reports.map(\.bytes)).count == 1)
    }

    @Test func `states count against the memory limit`() throws {
        let limit = 16 * 1_048_576
        let checker = Checker(model: Pile(), budget: Budget(memory: limit))
        let report = try checker.check(crowded(40, processes: 4)).keys[0]
        guard case .undecided(let reached, _) = report.verdict else {
            Issue.record("it said \(report.verdict)")
            return
        }
        #expect(reached == .memory(limit))
        #expect(report.bytes < limit * 11 / 10)
    }

    @Test func `a cancelled check is undecided`() throws {
        var checker = Checker(model: Stack())
        let cancellation = Cancellation()
        cancellation.cancel()
        checker.cancellation = cancellation
        let report = try checker.check(crowded(40, processes: 4))
        guard case .undecided(let limit, _) = report.verdict else {
            Issue.record("it said \(report.verdict)")
            return
        }
        #expect(limit == .cancelled)
    }

    @Test func `the first violated key ends the others, always the same one`() throws {
        var lines: [String] = []
        for key in 0..<40 {
            let seen = key % 7 == 3 ? 99 : key
            lines.append("{:process 0 :type :invoke :f :write :value [\(key) \(key)]}")
            lines.append("{:process 0 :type :ok :f :write :value [\(key) \(key)]}")
            lines.append("{:process 0 :type :invoke :f :read :value [\(key) nil]}")
            lines.append("{:process 0 :type :ok :f :read :value [\(key) \(seen)]}")
        }
        let history = try History(text: lines.joined(separator: "\n")).keyed(.independent)
        var checker = Checker()
        checker.stopsAtFirstViolation = true
        for _ in 0..<5 {
            let report = try checker.check(history)
            #expect(report.keys.map(\.key) == [0, 1, 2, 3].map(Value.int))
            #expect(report.violations.map(\.key) == [3])
            #expect(report.skipped == 36)
        }
        checker.stopsAtFirstViolation = false
        #expect(try checker.check(history).violations.count == 6)
    }

    @Test func `a sentence alone names the culprit without a smaller history`() throws {
        var checker = Checker()
        checker.explanations = .sentence
        let history = try History(
            text: """
                {:process 0 :type :invoke :f :read}
                {:process 0 :type :ok :f :read :value 9}
                """)
        guard case .violation(let found) = try checker.check(history).verdict else {
            Issue.record("a value that nobody wrote was not found")
            return
        }
        #expect(found.culprit == 0)
        #expect(found.history == [])
    }
}

@Suite struct `A witness from the search` {
    @Test(arguments: UInt64(1)...8)
    func `is an order of all operations that took effect`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let history = try History(
            HardHistory(operations: 800, processes: 9, crashed: 20, values: 3, mode: .ok)
                .events(using: &random))
        var checker = Checker()
        checker.yieldsWitnesses = true
        let report = try checker.check(history)
        #expect(report.keys[0].decider == .search)
        guard case .linearizable(let witness?) = report.verdict else {
            Issue.record("it said \(report.verdict)")
            return
        }
        var value = Value.null
        let model = Register()
        for id in witness {
            let call = try #require(try model.call(for: history.operations[id]))
            value = try #require(model.step(value, call), "operation \(id) is not legal there")
        }
        let known = history.operations.filter { operation in
            !operation.isUnknown && (try? model.call(for: operation)) ?? nil != nil
        }
        #expect(Set(known.map(\.id)).isSubset(of: witness))
        #expect(Set(witness).count == witness.count)
        // None stands before one that had completed before it began.
        var latest = -1
        for id in witness {
            #expect(history.operations[id].completion > latest)
            latest = max(latest, history.operations[id].invocation)
        }
    }
}

@Suite struct `A value that nobody may have written` {
    @Test(arguments: [
        ("cas-register", "read", "nil", "9"), ("cas-register", "cas", "[8 9]", "[8 9]"),
        ("fifo-queue", "dequeue", "nil", "9"), ("unordered-queue", "dequeue", "nil", "9"),
        ("stack", "pop", "nil", "9"), ("set", "read", "nil", "#{9}"),
        ("list-append", "read", "nil", "[9]"), ("key-value", "get", "nil", "\"9\""),
        ("multi-register", "read", "{:x nil}", "{:x 9}"),
    ])
    func `is one operation, in every model`(
        name: String, function: String, input: String, output: String
    ) throws {
        let model = try #require(try ModelCatalog.model(name))
        let history = try History(
            text: """
                {:process 0 :type :invoke :f :\(function) :value \(input)}
                {:process 0 :type :ok :f :\(function) :value \(output)}
                """)
        let verdict = try check(model, history).verdict
        guard case .violation(let found) = verdict else {
            Issue.record("it said \(verdict)")
            return
        }
        #expect(found.kind == .unwritten)
        #expect(found.operations == [0])
        #expect(found.sentence.contains("nobody wrote that value"))
    }

    private func check(_ model: some Model, _ history: History) throws -> Report {
        try Checker(model: model).check(history)
    }

    @Test func `is not written by a crashed operation that needs another such value`() throws {
        let history = try History(
            text: """
                {:process 0 :type :invoke :f :cas :value [7 8]}
                {:process 1 :type :invoke :f :read :value nil}
                {:process 1 :type :ok :f :read :value 8}
                """)
        guard case .violation(let found) = try Checker().check(history).verdict else {
            Issue.record("a value that nobody can have written was not found")
            return
        }
        #expect(found.operations == [1])
    }
}
