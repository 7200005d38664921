import Histories
import Testing

@testable import Systems

@Suite struct `Maelstrom's protocol` {
    private func completion(_ function: String, _ body: String) throws -> Completion {
        let value = try Value(json: Array(body.utf8))
        return MaelstromClient.completion(of: value, Invocation(function, key: 1, [1, 2]))
    }

    @Test(arguments: [1, 10, 11, 12, 14, 21, 30])
    func `knows errors that are certain`(code: Int) throws {
        #expect(try completion("write", #"{"type":"error","code":\#(code)}"#).kind == .fail)
    }

    @Test(arguments: [0, 13, 99, 1_000])
    func `takes all other errors for unknown outcomes`(code: Int) throws {
        #expect(try completion("write", #"{"type":"error","code":\#(code)}"#).kind == .info)
        #expect(try completion("write", #"{"type":"error"}"#).kind == .info)
    }

    @Test func `tells a missing key from a refused comparison`() throws {
        #expect(try completion("read", #"{"type":"error","code":20}"#) == .ok(.null))
        #expect(try completion("cas", #"{"type":"error","code":20}"#) == .mismatch)
        #expect(try completion("cas", #"{"type":"error","code":22}"#) == .mismatch)
        #expect(try completion("write", #"{"type":"error","code":20}"#).kind == .fail)
    }

    @Test func `takes whatever was read for what was read`() throws {
        #expect(try completion("read", #"{"type":"read_ok","value":5}"#) == .ok(5))
        #expect(try completion("read", #"{"type":"read_ok","value":"x"}"#) == .ok("x"))
        #expect(try completion("cas", #"{"type":"cas_ok"}"#) == .ok([1, 2]))
    }

    @Test(arguments: [#"{"type":"write_ok"}"#, #"{"type":"read_ok"}"#, "5"])
    func `quotes an answer that makes no sense`(body: String) throws {
        guard case .nonsense = try completion("read", body) else {
            Issue.record("\(try completion("read", body))")
            return
        }
    }
}

@Suite struct `Messages in datagrams` {
    private func message(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    }

    @Test(arguments: [0, 1, 1_400, 1_401, 5_000, 100_000])
    func `arrive whole, in whatever order their parts come`(count: Int) {
        var chunks = MessageChunks()
        let parts = MessageChunks.datagrams(of: message(count), number: 7)
        #expect(parts.allSatisfy { $0.count <= MessageChunks.mostPayload + 16 })
        var seen: [[UInt8]] = []
        for part in parts.reversed() {
            if let whole = chunks.take(part, from: 1) { seen.append(whole) }
        }
        #expect(seen == [message(count)])
    }

    @Test func `are lost with any of their parts, and counted`() {
        var chunks = MessageChunks()
        for number in 0...UInt64(MessageChunks.mostIncomplete) {
            let parts = MessageChunks.datagrams(of: message(3_000), number: number)
            for part in parts.dropLast() { #expect(chunks.take(part, from: 1) == nil) }
        }
        #expect(chunks.lost == 1)
    }

    @Test func `of two senders are not mixed, nor is a part taken twice`() {
        var chunks = MessageChunks()
        let parts = MessageChunks.datagrams(of: message(2_000), number: 1)
        #expect(chunks.take(parts[0], from: 1) == nil)
        #expect(chunks.take(parts[0], from: 1) == nil)
        #expect(chunks.take(parts[1], from: 2) == nil)
        #expect(chunks.take(parts[1], from: 1) == message(2_000))
    }

    @Test(arguments: [[], [1, 2, 3], Array(repeating: UInt8(255), count: 40)])
    func `that are none are ignored`(bytes: [UInt8]) {
        var chunks = MessageChunks()
        #expect(chunks.take(bytes, from: 1) == nil)
    }
}
