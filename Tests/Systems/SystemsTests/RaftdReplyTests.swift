import Histories
import Testing
import Wire

@testable import Systems

@Suite struct `raftd's answers are read as what is certain` {
    private func read(_ reply: Reply.Body) -> Completion {
        RaftdClient.completion(of: reply, Invocation("read", key: 1))
    }

    @Test func `what a read returned is what was read, even if nobody can have written it`() {
        #expect(read(.answer(.value(nil))) == .ok(.null))
        #expect(read(.answer(.value(.bytes(Array("5".utf8))))) == .ok(5))
        #expect(read(.answer(.value(.bytes(Array("5 apples".utf8))))) == .ok("5 apples"))
        #expect(
            read(.answer(.value(.list([[0x31], [0xfe]]))))
                == .ok([1, .string(Text(bytes: [0xfe]))]))
    }

    @Test func `a lock or a number is no value that a register's client writes`() {
        #expect(read(.answer(.value(.heldBy(.max)))) == .ok(["held by", "18446744073709551615"]))
        #expect(read(.answer(.value(.number(5)))) == .ok(["a number", "5"]))
    }

    @Test func `a refused compare-and-set is a case of its own`() {
        #expect(read(.answer(.mismatch)) == .mismatch)
    }
}
