import Checkers
import Generators
import Histories
import Models
import Testing

@Suite struct `Long histories with a known verdict` {
    private func verdict(
        _ operations: Int, processes: Int, crashed: Int, values: Int, _ mode: HardHistory.Mode,
        seed: UInt64
    ) throws -> String {
        var random = SplitMix64(seed: seed)
        let history = HardHistory(
            operations: operations, processes: processes, crashed: crashed, values: values,
            mode: mode)
        return try Checker().check(History(history.events(using: &random))).verdict.word
    }

    @Test(arguments: HardHistory.Mode.allCases, [1, 2, 3, 4, 5, 6] as [UInt64])
    func `the generator's modes`(mode: HardHistory.Mode, seed: UInt64) throws {
        let expected = mode == .ok ? "linearizable" : "violation"
        #expect(
            try verdict(3_000, processes: 8, crashed: 20, values: 4, mode, seed: seed) == expected)
        #expect(
            try verdict(200, processes: 20, crashed: 9, values: 3, mode, seed: seed) == expected)
    }

    @Test func `more than 64 open operations and more than 500 crashed ones`() throws {
        #expect(
            try verdict(2_000, processes: 90, crashed: 0, values: 40, .ok, seed: 1)
                == "linearizable")
        #expect(
            try verdict(4_000, processes: 4, crashed: 700, values: 3, .ok, seed: 1)
                == "linearizable")
        #expect(
            try verdict(2_000, processes: 90, crashed: 0, values: 40, .bad, seed: 1)
                == "violation")
    }

    /// A valid history of unique values, by one process after another.
    private func valid(_ rounds: Int) -> [String] {
        (1...rounds).flatMap { value in
            [
                "{:process 0 :type :invoke :f :write :value \(value)}",
                "{:process 1 :type :invoke :f :read :value nil}",
                "{:process 0 :type :ok :f :write :value \(value)}",
                "{:process 1 :type :ok :f :read :value \(value)}",
            ]
        }
    }

    @Test(arguments: [7, 100, 499])
    func `a mutated read is found wherever it is`(round: Int) throws {
        var lines = valid(500)
        #expect(
            try Checker().check(History(text: lines.joined(separator: "\n"))).verdict.word
                == "linearizable")
        lines[4 * round + 3] = "{:process 1 :type :ok :f :read :value \(round - 1)}"
        let report = try Checker().check(History(text: lines.joined(separator: "\n")))
        guard case .violation(let found) = report.verdict else {
            Issue.record("it said \(report.verdict)")
            return
        }
        #expect(found.culprit == 2 * round + 1)
        #expect(found.operations.count <= 6)
    }
}

@Suite struct `Models of collections and locks` {
    private func verdict(_ model: String, _ lines: [String]) throws -> String {
        let model = try #require(try ModelCatalog.model(model))
        return try check(model, History(text: lines.joined(separator: "\n"))).verdict.word
    }

    private func check(_ model: some Model, _ history: History) throws -> Report {
        try Checker(model: model).check(history)
    }

    private func done(_ process: Int, _ function: String, _ input: String, _ output: String)
        -> [String]
    {
        [
            "{:process \(process) :type :invoke :f :\(function) :value \(input)}",
            "{:process \(process) :type :ok :f :\(function) :value \(output)}",
        ]
    }

    @Test(arguments: [
        ("fifo-queue", ["enqueue 1 1", "enqueue 2 2", "dequeue nil 1", "dequeue nil 2"], true),
        ("fifo-queue", ["enqueue 1 1", "enqueue 2 2", "dequeue nil 2", "dequeue nil 1"], false),
        ("fifo-queue", ["enqueue 1 1", "dequeue nil nil"], false),
        (
            "unordered-queue", ["enqueue 1 1", "enqueue 2 2", "dequeue nil 2", "dequeue nil 1"],
            true
        ),
        ("unordered-queue", ["enqueue 1 1", "dequeue nil 1", "dequeue nil 1"], false),
        ("stack", ["push 1 1", "push 2 2", "pop nil 2", "pop nil 1", "pop nil nil"], true),
        ("stack", ["push 1 1", "push 2 2", "pop nil 1"], false),
        ("set", ["add 1 1", "read nil #{1}", "add 2 2", "read nil [2 1]"], true),
        ("set", ["add 1 1", "read nil #{}"], false),
        ("counter", ["add 1 1", "add 5 5", "read nil 6"], true),
        ("counter", ["add 1 1", "read nil 0"], false),
        ("list-append", ["append 1 1", "append 2 2", "read nil [1 2]"], true),
        ("list-append", ["append 1 1", "append 2 2", "read nil [2 1]"], false),
        ("mutex", ["acquire nil nil", "release nil nil", "acquire nil nil"], true),
        ("mutex", ["acquire nil nil", "acquire nil nil"], false),
        ("owned-mutex", ["acquire nil nil", "release nil nil", "acquire nil nil"], true),
        ("owned-mutex", ["release nil nil"], false),
        ("multi-register", ["write {:x+1,:y+2} {:x+1,:y+2}", "read {:x+nil} {:x+1}"], true),
        ("multi-register", ["write {:x+1,:y+2} {:x+1,:y+2}", "read {:y+nil} {:y+1}"], false),
        ("key-value", ["put \"a\" \"a\"", "append \"b\" \"b\"", "get nil \"ab\""], true),
        ("key-value", ["put \"a\" \"a\"", "append \"b\" \"b\"", "get nil \"ba\""], false),
    ])
    func `one operation after another`(
        model: String, operations: [String], isLegal: Bool
    ) throws {
        var lines: [String] = []
        for operation in operations {
            let parts = operation.split(separator: " ", maxSplits: 2).map {
                String($0).replacing("+", with: " ")
            }
            lines += done(0, parts[0], parts[1], parts[2])
        }
        #expect(try verdict(model, lines) == (isLegal ? "linearizable" : "violation"))
    }

    @Test func `a lock that two processes hold is named as such`() throws {
        let lines = done(0, "acquire", "nil", "nil") + done(1, "acquire", "nil", "nil")
        let history = try History(text: lines.joined(separator: "\n"))
        let report = try Checker(model: MutexModel()).check(history)
        guard case .violation(let found) = report.verdict else {
            Issue.record("it said \(report.verdict)")
            return
        }
        #expect(found.kind == .overlap)
        #expect(found.sentence.contains("process 1 acquired the lock"))
    }

    @Test func `a user's own model is a small type`() throws {
        struct Ticket: Model {
            enum Call: Hashable, Sendable {
                case take(Int)
                case takeUnseen
            }
            let initialState = 0

            func call(for operation: Operation) throws(ModelError) -> Call? {
                switch operation.outcome {
                case .ok(.int(let number)): .take(number)
                case .ok, .failed: nil
                case .unknown: .takeUnseen
                }
            }

            func step(_ last: Int, _ call: Call) -> Int? {
                switch call {
                case .take(let number): number == last + 1 ? number : nil
                case .takeUnseen: last + 1
                }
            }
        }
        let crashed = "{:process 9 :type :invoke :f :take}"
        let first = [crashed] + done(0, "take", "nil", "1") + done(0, "take", "nil", "3")
        let report = try Checker(model: Ticket()).check(
            History(text: first.joined(separator: "\n")))
        #expect(report.verdict.word == "linearizable")
        let twice = done(0, "take", "nil", "1") + done(1, "take", "nil", "1")
        let wrong = try Checker(model: Ticket()).check(
            History(text: twice.joined(separator: "\n")))
        #expect(wrong.verdict.word == "violation")
    }

    @Test func `the history of a contradiction is a contradiction by itself`() throws {
        var lines: [String] = []
        for value in 1...30 {
            lines += done(0, "write", "\(value)", "\(value)")
            lines += done(1, "read", "nil", "\(value == 20 ? 3 : value)")
        }
        let history = try History(text: lines.joined(separator: "\n"))
        guard case .violation(let found) = try Checker().check(history).verdict else {
            Issue.record("a stale read was not found")
            return
        }
        #expect(found.history.count <= 4)
        let excerpt = try History(
            text: String(decoding: history.edn(of: found.history), as: UTF8.self))
        #expect(try Checker().check(excerpt).verdict.word == "violation")
    }

    @Test func `an operation without a completion never happened, where that is said`() throws {
        let text = """
            {:process 0 :type :invoke :f :write :value 1}
            {:process 1 :type :invoke :f :read :value nil}
            {:process 1 :type :ok :f :read :value 1}
            """
        #expect(try Checker().check(History(text: text)).verdict.word == "linearizable")
        let strict = try History(text: text).reading(missing: .never)
        #expect(try Checker().check(strict).verdict.word == "violation")
    }
}
