import Foundation
import Histories
import Testing

@Suite struct `Reading histories` {
    private let read = Operation.Outcome.ok(.int(1))

    @Test func `a map a line`() throws {
        let history = try History(
            text: """
                ; what a client saw
                {:process 0, :type :invoke, :f :write, :value 1, :time 5, :index 0}
                {:process 0, :type :ok, :f :write, :value 1, :time 9, :index 1}
                """)
        let operation = try #require(history.operations.first)
        #expect(operation.outcome == .ok(1))
        #expect(operation.invokedAt == Timestamp(nanoseconds: 5))
        #expect(operation.completedAt == Timestamp(nanoseconds: 9))
    }

    @Test(arguments: [
        "[{:process 0 :type :invoke :f :read :value nil} {:process 0 :type :ok :f :read :value 1}]",
        "({:process 0 :type :invoke :f :read :value nil}\n{:process 0 :type :ok :f :read :value 1})",
        """
        {"process": 0, "type": "invoke", "f": "read", "value": null}
        {"process": 0, "type": "ok", "f": "read", "value": 1}
        """,
        """
        [{"process":0,"type":"invoke","f":"read","value":null},
        {"process":0,"type":"ok","f":"read","value":1}]
        """,
        "INFO  jepsen.util - 0\t:invoke\t:read\tnil\nINFO  jepsen.core - Run complete\n"
            + "INFO  jepsen.util - 0   :ok  :read  1\n",
        "#jepsen.history.Op{:process 0, :type :invoke, :f :read, :value nil, :extra {:a [1 2]}}\n"
            + "#jepsen.history.Op{:process 0, :type :ok, :f :read, :value 1}",
    ])
    func `every spelling of one read says the same`(text: String) throws {
        let history = try History(text: text)
        #expect(history.operations.map(\.outcome) == [read])
        #expect(history.operations.map(\.function) == ["read"])
    }

    @Test func `an operation that times out in a text log is of unknown outcome`() throws {
        let history = try History(
            text: "INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]\n"
                + "INFO  jepsen.util - 0\t:info\t:cas\t:timed-out\n")
        #expect(history.operations.map(\.outcome) == [.unknown])
        #expect(history.operations.map(\.input) == [[1, 2]])
    }

    @Test func `an info completion keeps the invocation's value`() throws {
        let history = try History(
            text: """
                {:process 0, :type :invoke, :f :write, :value 7}
                {:process 0, :type :info, :f :write, :value 0}
                """)
        #expect(history.operations.map(\.input) == [7])
        #expect(history.operations.map(\.completion) == [.max])
    }

    @Test func `a mismatch is told from other failures`() throws {
        let history = try History(
            text: """
                {:process 0, :type :invoke, :f :cas, :value [1 2]}
                {:process 0, :type :fail, :f :cas, :value [1 2], :error :mismatch}
                {:process 0, :type :invoke, :f :cas, :value [1 2]}
                {:process 0, :type :fail, :f :cas, :value [1 2], :error :connection-refused}
                """)
        #expect(history.operations.map(\.outcome) == [.failed(.mismatch), .failed(.notExecuted)])
    }

    @Test(arguments: [
        ("", "is empty"),
        ("{:process 0", "breaks off"),
        ("{:process 0, :type :invoke, :f :read, :value [1", "breaks off"),
        ("{:process 0, :type :invoke, :f :read, :value \"abc", "breaks off"),
        ("{:type :invoke, :f :read, :value nil}", "1:1: an event without :process"),
        ("{:process 0, :f :read, :value nil}", "1:1: an event without :type"),
        ("{:process 0, :type :invoke}", "1:1: an event without :f"),
        ("{:process -1, :type :invoke, :f :read}", "1:11: :process should be a number from 0"),
        ("{:process 0, :type :maybe, :f :read}", "1:20: :type should be :invoke"),
        ("{:process 0, :type :invoke, :f 3}", "1:32: :f should be a keyword"),
        ("{:process 0, :type :invoke, :f :read, :time :now}", "1:45: :time should be an integer"),
        ("{:process 0, :type :ok, :f :read, :value 1}", "1:1: process 0 completes an operation"),
        (
            "{:process 0 :type :invoke :f :read}\n{:process 0 :type :invoke :f :read}",
            "2:1: process 0 invokes an operation while"
        ),
        (
            "{:process 0 :type :invoke :f :read}\n\n{:process 0 :type :ok :f :write :value 1}",
            "3:1: process 0 invoked read, but completes write"
        ),
        (
            "{:index 4 :process 0 :type :invoke :f :read}\n{:index 4 :process 1 :type :invoke "
                + ":f :read}", "2:1: the index 4 follows 4"
        ),
        ("[{:process 0 :type :invoke :f :read}", "breaks off"),
        ("[{:process 0 :type :invoke :f :read}] {}", "1:39: found '{' where the end"),
        ("[3]", "1:2: found '3' where an event"),
        ("\u{1}\u{2}junk", "found byte 1"),
        ("Lorem ipsum", "1:1: found 'L' where a log line"),
        ("{:process 0, :process 1, :type :invoke, :f :read}", "1:22: the key :process stands"),
        ("{:process 0, :type :invoke, :f :add, :value {:a 1, :a 2}}", "1:45: the key :a stands"),
        (
            "{\"process\": 0, \"type\": \"invoke\", \"f\": \"add\",\n"
                + "\"value\": {\"a\": 1, \"a\": 1}}", "2:10: the key \"a\" stands twice"
        ),
        ("{:process 0, :type :invoke, :f :add, :value #{1 2 1}}", "1:45: the member 1 stands"),
        ("{:process 0, :type :invoke, :f :add, :value 017}", "1:45: the number 017 begins"),
        ("{:process 0, :type :invoke, :f :add, :value null}", "1:45: found null"),
        ("{:process 0, :type :invoke, :f :add, :value \"\\x41\"}", "1:47: found 'x'"),
        (
            "{:process 0 :type :invoke :f :read :value "
                + String(repeating: "[", count: 100_000), "nest more than"
        ),
    ])
    func `what is no history is refused with its line`(text: String, message: String) {
        let error = #expect(throws: HistoryError.self) { try History(text: text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func `a torn last line is dropped where that is asked for`() throws {
        let whole = "{:process 0, :type :invoke, :f :read, :value nil}\n"
        let file = try TemporaryFile(whole + "{:process 0, :type :o")
        #expect(throws: HistoryError.self) { try History(contentsOf: file.path) }
        #expect(try History(contentsOf: file.path, tail: .maybeTorn).operations.count == 1)
    }

    @Test func `a file that was torn before its first line ended has no operations`() throws {
        for text in ["", "{:process 0, :ty"] {
            let file = try TemporaryFile(text)
            #expect(throws: HistoryError.self) { try History(contentsOf: file.path) }
            #expect(try History(contentsOf: file.path, tail: .maybeTorn).operations.isEmpty)
        }
    }

    @Test func `a folder and a missing file are no histories`() {
        let folder = #expect(throws: HistoryError.self) { try History(contentsOf: "/") }
        #expect(folder?.description.contains("it is a folder") == true)
        let missing = #expect(throws: HistoryError.self) { try History(contentsOf: "/none.edn") }
        #expect(missing?.description.contains("no such file") == true)
    }

    @Test func `a line of 100 MB of junk is refused at its start`() throws {
        let file = try TemporaryFile()
        try Data(repeating: UInt8(ascii: "x"), count: 100_000_000)
            .write(to: URL(filePath: file.path))
        let error = #expect(throws: HistoryError.self) { try History(contentsOf: file.path) }
        #expect(error?.description.hasPrefix("\(file.path):1:1: found 'x'") == true)
        var junk = Data("{:process 0 :type :invoke :f :read :value \"".utf8)
        junk.append(Data(repeating: UInt8(ascii: "y"), count: 100_000_000))
        try junk.write(to: URL(filePath: file.path))
        let torn = #expect(throws: HistoryError.self) { try History(contentsOf: file.path) }
        #expect(
            torn?.description.contains(":1:43: breaks off") == true, "\(torn?.description ?? "")")
    }

    @Test func `a valid vector of 100 MB in one line is read`() throws {
        let file = try TemporaryFile()
        let pair =
            "{:process 0, :type :invoke, :f :read, :value nil, :time 123456789012} "
            + "{:process 0, :type :ok, :f :read, :value 1, :time 123456789013} "
        let count = 100_000_000 / pair.utf8.count + 1
        var text = Data("[".utf8)
        text.reserveCapacity(101_000_000)
        for _ in 0..<count { text.append(contentsOf: pair.utf8) }
        text.append(contentsOf: "]".utf8)
        try text.write(to: URL(filePath: file.path))
        #expect(text.count > 100_000_000)
        #expect(try History(contentsOf: file.path).operations.count == count)
    }
}
