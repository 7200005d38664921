import Histories
import Testing

@Suite struct `Keys are told from values` {
    /// A history of operations that all end well, each with what it was asked and what it said.
    private func history(_ operations: [(String, String, String)]) throws -> History {
        var lines: [String] = []
        for (function, input, output) in operations {
            lines.append("{:process 0, :type :invoke, :f :\(function), :value \(input)}")
            lines.append("{:process 0, :type :ok, :f :\(function), :value \(output)}")
        }
        return try History(text: lines.joined(separator: "\n"))
    }

    @Test func `a keyed read tells`() throws {
        let history = try history([("read", "[3 nil]", "[3 5]"), ("cas", "[3 [5 6]]", "[3 [5 6]]")])
            .keyed(.automatic)
        #expect(history.operations.map(\.key) == [3, 3])
        #expect(history.operations.map(\.input) == [.null, [5, 6]])
        #expect(history.idsByKey.map(\.ids) == [[0, 1]])
    }

    @Test(arguments: [
        [
            ("enqueue", "[1 :a]", "[1 :a]"), ("enqueue", "[2 :b]", "[2 :b]"),
            ("dequeue", "[2 nil]", "[2 :b]"),
        ],
        [("acquire", "[1 nil]", "[1 nil]"), ("acquire", "[2 nil]", "[2 nil]")],
        [("push", "[1 5]", "[1 5]"), ("pop", "[2 nil]", "[2 nil]")],
        [("put", "[1 \"x\"]", "[1 \"x\"]"), ("get", "[2 nil]", "[2 \"\"]")],
        [
            ("txn", "[1 [[:r :x nil]]]", "[1 [[:r :x 3]]]"),
            ("txn", "[2 [[:w :x 1] [:w :y 2]]]", "[2 [[:w :x 1] [:w :y 2]]]"),
        ],
    ])
    func `so does every operation without an argument of its own`(
        operations: [(String, String, String)]
    ) throws {
        let history = try history(operations).keyed(.automatic)
        #expect(history.operations.map(\.key).contains(1))
        #expect(history.operations.map(\.key).contains(2))
    }

    @Test(arguments: [
        [("cas", "[3 4]", "[3 4]")],
        [("write", "[3 4]", "[3 4]"), ("read", "nil", "[3 4]")],
        [("enqueue", "[1 :a]", "[1 :a]"), ("dequeue", "nil", "[1 :a]")],
        [("txn", "[[:r :x nil] [:w :y 1]]", "[[:r :x nil] [:w :y 1]]")],
    ])
    func `pairs that can only be values are values`(
        operations: [(String, String, String)]
    ) throws {
        let history = try history(operations).keyed(.automatic)
        #expect(history.operations.allSatisfy { $0.key == nil })
    }

    @Test(arguments: [
        [("write", "[3 4]", "[3 4]")],
        [("cas", "[3 [4 5]]", "[3 [4 5]]")],
        [("enqueue", "[1 :a]", "[1 :a]"), ("enqueue", "[2 :b]", "[2 :b]")],
        [("read", "[3 5]", "[3 5]")],
    ])
    func `what may be both is refused with advice`(
        operations: [(String, String, String)]
    ) throws {
        let history = try history(operations)
        let error = #expect(throws: HistoryError.self) { try history.keyed(.automatic) }
        #expect(error?.description.contains("--keys independent") == true)
        #expect(try history.keyed(.independent).operations.allSatisfy { $0.key != nil })
        #expect(try history.keyed(.single).operations.allSatisfy { $0.key == nil })
    }

    @Test func `an operation that ends on another key is refused`() throws {
        let history = try history([("read", "[3 nil]", "[4 5]")])
        let error = #expect(throws: HistoryError.self) { try history.keyed(.automatic) }
        #expect(error?.description.contains("invoked an operation on key 3") == true)
    }

    @Test func `keys are told apart byte by byte`() throws {
        let history = try history([
            ("read", "[\"\u{e1}\" nil]", "[\"\u{e1}\" 1]"),
            ("read", "[\"a\u{301}\" nil]", "[\"a\u{301}\" 2]"),
        ]).keyed(.automatic)
        #expect(history.idsByKey.count == 2)
    }
}
