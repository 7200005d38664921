import Checkers
import Histories
import Models
import Testing

/// A history of operations one after another, each with what it was asked and what it said.
private func history(_ operations: [(String, String, String)], json: Bool = false) throws
    -> History
{
    var lines: [String] = []
    for (function, input, output) in operations {
        for (kind, value) in [("invoke", input), ("ok", output)] {
            lines.append(
                json
                    ? "{\"process\":0,\"type\":\"\(kind)\",\"f\":\"\(function)\",\"value\":\(value)}"
                    : "{:process 0, :type :\(kind), :f :\(function), :value \(value)}")
        }
    }
    return try History(text: lines.joined(separator: "\n"))
}

private func verdict(
    _ name: String, _ history: History, initial: Value = .null,
    nilReads: Semantics.NilReads = .checked
) throws -> String {
    let semantics = Semantics(initial: initial, nilReads: nilReads)
    let model = try #require(try ModelCatalog.model(name, semantics: semantics))
    return try check(model, history)
}

private func check(_ model: some Model, _ history: History) throws -> String {
    try Checker(model: model).check(history).verdict.word
}

@Suite struct `Verdicts depend on what values are` {
    @Test(arguments: [("{:b 1 :a 2}", "{:a 2 :b 1}"), ("#{1 2}", "#{2 1}")])
    func `a map or set that is read in another order is the one that was written`(
        written: String, read: String
    ) throws {
        let register = try history([("write", written, written), ("read", "nil", read)])
        #expect(try verdict("register", register) == "linearizable")
        let set = try history([("add", written, written), ("read", "nil", "[\(read)]")])
        #expect(try verdict("set", set) == "linearizable")
    }

    @Test func `sums do not wrap around, and may leave the range of what is added`() throws {
        func verdict(_ additions: [String], sum: String) throws -> String {
            let operations = additions.map { ("add", $0, $0) } + [("read", "nil", sum)]
            return try check(Counter(), try history(operations))
        }
        let most = "9223372036854775807"
        #expect(try verdict([most, "5"], sum: "-9223372036854775804") == "violation")
        #expect(try verdict([most, "5", "-10"], sum: "9223372036854775802") == "linearizable")
    }

    @Test func `what an unseen dequeue may have left comes in the same order in every process`() {
        let state = Dictionary(uniqueKeysWithValues: (1...9).map { (Value.int($0), 1) })
        let left = UnorderedQueue().outcomes(state, .takeUnseen)
        let missing = left.map { kept in (1...9).first { kept[.int($0)] == nil } }
        #expect(missing == Array(1...9))
    }

    @Test func `so it is in JSON`() throws {
        let text = try history(
            [
                ("write", "{\"b\":1,\"a\":2}", "{\"b\":1,\"a\":2}"),
                ("read", "null", "{\"a\":2,\"b\":1}"),
            ],
            json: true)
        #expect(try verdict("register", text) == "linearizable")
    }

    @Test func `text that only looks like what was written is a violation`() throws {
        let text = try history([
            ("write", "\"a\\u0301\"", "\"a\\u0301\""), ("read", "nil", "\"\\u00e1\""),
        ])
        #expect(try verdict("register", text) == "violation")
        let put = try history([
            ("put", "\"a\\u0301\"", "\"a\\u0301\""), ("get", "nil", "\"\\u00e1\""),
        ])
        #expect(try verdict("key-value", put) == "violation")
    }

    @Test func `other bytes than those that were written are a violation`() throws {
        func line(_ kind: String, _ function: String, _ byte: UInt8?) -> [UInt8] {
            Array("{:process 0, :type :\(kind), :f :\(function), :value ".utf8)
                + (byte.map { [34, $0, 34] } ?? Array("nil".utf8)) + Array("}\n".utf8)
        }
        for (read, word) in [(UInt8(0xfe), "violation"), (0xff, "linearizable")] {
            let text =
                line("invoke", "write", 0xff) + line("ok", "write", 0xff)
                + line("invoke", "read", nil) + line("ok", "read", read)
            #expect(try verdict("register", try History(bytes: text)) == word)
        }
    }

    @Test func `a sentence calls a process what its history calls it`() throws {
        let history = try History(
            text: """
                {"process": "reader-a", "type": "invoke", "f": "read", "value": null}
                {"process": "reader-a", "type": "ok", "f": "read", "value": 5}
                """)
        let report = try Checker().check(history)
        guard case .violation(let found) = report.verdict else {
            Issue.record("it said \(report.verdict)")
            return
        }
        #expect(found.sentence.contains("process \"reader-a\" read 5"), "\(found.sentence)")
    }

    @Test func `two keys that look alike are two keys`() throws {
        let text = try history([
            ("write", "[\"a\\u0301\" 1]", "[\"a\\u0301\" 1]"),
            ("read", "[\"\\u00e1\" nil]", "[\"\\u00e1\" nil]"),
        ]).keyed(.automatic)
        #expect(try verdict("register", text) == "linearizable")
    }

    @Test func `keyed queues and locks are judged key by key`() throws {
        let queue = try history([
            ("enqueue", "[1 :a]", "[1 :a]"), ("enqueue", "[2 :b]", "[2 :b]"),
            ("dequeue", "[2 nil]", "[2 :b]"),
        ]).keyed(.automatic)
        #expect(try verdict("fifo-queue", queue) == "linearizable")
        let locks = try history([
            ("acquire", "[1 nil]", "[1 nil]"), ("acquire", "[2 nil]", "[2 nil]"),
        ]).keyed(.automatic)
        #expect(try verdict("mutex", locks) == "linearizable")
    }
}

@Suite struct `A model begins with the initial value` {
    @Test(arguments: [
        ("register", "read", "nil", "{:a 1}", "{:a 1}"),
        ("cas-register", "cas", "[\"x\" 2]", "[\"x\" 2]", "\"x\""),
        ("multi-register", "read", "nil", "{:x 3}", "{:x 3, :y 4}"),
        ("fifo-queue", "dequeue", "nil", "1", "[1 2]"),
        ("unordered-queue", "dequeue", "nil", "2", "[1 2]"),
        ("stack", "pop", "nil", "2", "[1 2]"),
        ("set", "read", "nil", "[2 1]", "#{1 2}"),
        ("counter", "read", "nil", "7", "7"),
        ("list-append", "read", "nil", "[1 2]", "[1 2]"),
        ("key-value", "get", "nil", "\"x\"", "\"x\""),
    ])
    func `every model that has one`(
        model: String, function: String, input: String, output: String, initial: String
    ) throws {
        let history = try history([(function, input, output)])
        #expect(try verdict(model, history, initial: Value(edn: initial)) == "linearizable")
        #expect(try verdict(model, history) == "violation")
    }

    @Test(arguments: [
        ("mutex", "5"), ("owned-mutex", "{:a 1}"), ("counter", "\"x\""), ("set", "3"),
        ("key-value", "5"), ("multi-register", "[1]"), ("fifo-queue", "{:a 1}"),
    ])
    func `others refuse it in words`(model: String, initial: String) throws {
        let error = #expect(throws: InitialValueError.self) {
            try ModelCatalog.model(model, semantics: Semantics(initial: Value(edn: initial)))
        }
        #expect(error?.description.contains(model) == true)
        #expect(error?.description.contains("begins") == true)
    }
}

@Suite struct `Transactions of several registers` {
    private func word(
        _ steps: [(String, String)], nilReads: Semantics.NilReads = .checked
    ) throws -> String {
        let history = try history(steps.map { ("txn", $0.0, $0.1) })
        return try verdict("multi-register", history, nilReads: nilReads)
    }

    @Test func `reads see what earlier transactions wrote`() throws {
        let write = "[[:w :x 1] [:w :y 2]]"
        #expect(try word([(write, write), ("[[:r :x nil]]", "[[:r :x 1]]")]) == "linearizable")
        #expect(try word([(write, write), ("[[:r :x nil]]", "[[:r :x 2]]")]) == "violation")
    }

    @Test func `a transaction reads what was there before it, but for its own writes`() throws {
        let first = "[[:write :x 1]]"
        let swap = ("[[:r :x nil] [:w :x 2] [:r :x nil]]", "[[:r :x 1] [:w :x 2] [:r :x 2]]")
        #expect(try word([(first, first), swap]) == "linearizable")
        let own = ("[[:w :x 2] [:read :x nil]]", "[[:w :x 2] [:read :x 1]]")
        #expect(try word([(first, first), own]) == "violation")
        let torn = ("[[:r :x nil] [:r :x nil]]", "[[:r :x 1] [:r :x nil]]")
        #expect(try word([(first, first), torn]) == "violation")
    }

    @Test func `a read of nil passes where Knossos' rule is asked for`() throws {
        let first = "[[:w :x 1]]"
        let steps = [(first, first), ("[[:r :x nil]]", "[[:r :x nil]]")]
        #expect(try word(steps) == "violation")
        #expect(try word(steps, nilReads: .ignored) == "linearizable")
    }
}
