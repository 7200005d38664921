import Foundation
import Histories
import Synchronization
import Testing

@Suite struct `Writing histories` {
    @Test func `an event is a line of Jepsen's format`() {
        var text: [UInt8] = []
        text.append(
            edn: Event(
                index: 3, time: Timestamp(nanoseconds: 12), process: .client(4), kind: .fail,
                function: "cas", key: 7, value: [1, 2], error: .keyword("mismatch"),
                node: "n2"))
        #expect(
            String(decoding: text, as: UTF8.self)
                == "{:index 3, :time 12, :type :fail, :process 4, :node \"n2\", :f :cas, :value [7 [1 2]], "
                + ":error :mismatch}\n")
    }

    @Test(arguments: [
        Value.null, .bool(true), .int(-5), .int(.min), .double(1.5),
        .string("a \"b\"\n\\ \u{1} é 🚣"),
        .keyword("timeout"), .symbol("sym"), [1, [2, "three"], []], .set([1, 2]),
        .map([.keyword("a"): [1]]), .map(["b": 1, "a": .set([3, 1, .null])]),
        .number("123456789012345678901234567890"), .number("15e-1M"),
        .number("1000000000000000000001e-21"), .double(-0.0), .double(.nan), .double(1e-7),
        .tagged("inst", "2024-01-01"), .tagged("a/b", .tagged("c", [1])), .symbol("\\\""),
        .string("e\u{301}"), .string("\u{10fe41}\u{10ffff}"),
    ])
    func `a value reads back as it was written`(value: Value) throws {
        var text = Array("{:process 0, :type :invoke, :f :write, :value ".utf8)
        text.append(edn: value)
        let history = try History(bytes: text + Array("}".utf8))
        #expect(history.operations.map(\.input) == [value])
    }

    @Test func `the recorder's lines are in order and read back`() throws {
        let file = try TemporaryFile()
        let ticks = Mutex(0)
        let recorder = try Recorder(file: file.path) {
            ticks.withLock { ticks in
                ticks += 1
                return Timestamp(nanoseconds: ticks)
            }
        }
        DispatchQueue.concurrentPerform(iterations: 8) { process in
            for number in 0..<500 {
                recorder.record(.invoke, by: .client(process), "write", key: 1, .int(number))
                recorder.record(.ok, by: .client(process), "write", key: 1, .int(number))
            }
        }
        try recorder.finish()
        let history = try History(contentsOf: file.path).keyed(.independent)
        #expect(history.operations.count == 4_000)
        #expect(history.operations.allSatisfy { $0.outcome == .ok($0.input) })
        let times = history.operations.compactMap(\.invokedAt)
        #expect(times == times.sorted())
    }

    @Test func `a line is on disk soon after it was recorded, without an end`() async throws {
        let file = try TemporaryFile()
        let recorder = try Recorder(file: file.path) { Timestamp(nanoseconds: 0) }
        recorder.record(.invoke, by: .client(0), "read", .null)
        let deadline = ContinuousClock.now + .seconds(10)
        while try file.text.isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try file.text.contains(":f :read"))
        try recorder.finish()
    }

    @Test func `a full disk is an error that says so`() throws {
        let recorder = try Recorder(file: "/dev/full") { Timestamp(nanoseconds: 0) }
        recorder.record(.invoke, by: .client(0), "read", .null)
        let error = #expect(throws: RecorderError.self) { try recorder.finish() }
        #expect(error?.description.contains("free some space") == true)
    }
}
