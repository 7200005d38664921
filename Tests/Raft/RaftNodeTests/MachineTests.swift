import Raft
import Testing
import Wire

@testable import RaftNode

/// The key-value store: what each call gives, and that it is the same on every server.
@Suite struct `The key-value machine` {
    private var machine = KeyValueMachine()
    private let key = Array("k".utf8)

    private mutating func apply(_ command: Command) -> Answer? {
        machine.apply(
            Entry(term: 1, index: machine.applied + 1, .command(command.bytes)))
    }

    private mutating func call(_ call: Call, _ stamp: Command.Stamp? = nil) -> Answer? {
        apply(.call(key: key, call, stamp))
    }

    @Test mutating func `writes, and compares before it sets`() {
        #expect(call(.compareAndSet(expected: [1], new: [2])) == .mismatch)
        #expect(call(.compareAndSet(expected: nil, new: [2])) == .done)
        #expect(call(.compareAndSet(expected: nil, new: [3])) == .mismatch)
        #expect(call(.compareAndSet(expected: [2], new: [3])) == .done)
        #expect(machine.read(key) == .value(.bytes([3])))
        #expect(call(.write([4])) == .done)
        #expect(machine.read(key) == .value(.bytes([4])))
        #expect(machine.read([9]) == .value(nil))
    }

    @Test mutating func `appends in order`() {
        #expect(call(.append([1])) == .done)
        #expect(call(.append([2])) == .done)
        #expect(machine.read(key) == .value(.list([[1], [2]])))
        #expect(call(.write([1])) == .wrongKind)
        #expect(call(.add(1)) == .wrongKind)
        #expect(machine.read(key) == .value(.list([[1], [2]])))
    }

    @Test mutating func `a list fits into a frame, however much is appended`() throws {
        let element = [UInt8](repeating: 7, count: 1 << 20)
        for _ in 0..<7 { #expect(call(.append(element)) == .done) }
        #expect(call(.append(element)) == .full)
        var copy = try KeyValueMachine(machine.snapshot, upTo: machine.applied)
        let next = Entry(
            term: 1, index: copy.applied + 1,
            .command(Command.call(key: key, .append(element), nil).bytes))
        #expect(copy.apply(next) == .full)
        #expect(machine.apply(next) == .full)
        #expect(Reply(number: 1, .answer(copy.read(key))).frame.count < Frame.mostBytes)
    }

    @Test mutating func `adds, and wraps around`() {
        #expect(call(.add(.max)) == .number(.max))
        #expect(call(.add(1)) == .number(.min))
    }

    @Test mutating func `a lock has one holder, who alone can release it`() {
        #expect(call(.release(owner: 1)) == .mismatch)
        #expect(call(.acquire(owner: 1)) == .done)
        #expect(call(.acquire(owner: 1)) == .mismatch)
        #expect(call(.acquire(owner: 2)) == .mismatch)
        #expect(call(.release(owner: 2)) == .mismatch)
        #expect(call(.release(owner: 1)) == .done)
        #expect(call(.acquire(owner: 2)) == .done)
    }

    @Test mutating func `a command of a session is applied once, however often it comes`() {
        guard case .session(let session)? = apply(.openSession) else {
            Issue.record("no session")
            return
        }
        let first = Command.Stamp(session: session, sequence: 1)
        #expect(call(.add(5), first) == .number(5))
        #expect(call(.add(5), first) == .number(5))
        #expect(call(.add(5), .init(session: session, sequence: 2)) == .number(10))
        #expect(call(.add(5), first) == .stale)
        #expect(call(.add(5), .init(session: 999, sequence: 1)) == .sessionExpired)
        #expect(machine.read(key) == .value(.number(10)))
    }

    @Test mutating func `the longest unused session expires when there are too many`() {
        var sessions = Sessions<Bool>(atMost: 2)
        sessions.open(1, at: 1)
        sessions.open(2, at: 2)
        #expect(sessions.apply(1, 1, at: 3) { true } == .applied(true))
        sessions.open(4, at: 4)
        #expect(sessions.apply(2, 1, at: 5) { true } == .expired)
        #expect(sessions.apply(1, 1, at: 6) { false } == .applied(true))
    }

    @Test mutating func `entries that are no command change nothing but the index`() {
        let hash = machine.hash
        #expect(machine.apply(Entry(term: 1, index: 1, .nothing)) == nil)
        #expect(machine.apply(Entry(term: 1, index: 2, .command([0xff]))) == nil)
        #expect(machine.applied == 2)
        #expect(machine.hash == hash)
    }

    @Test mutating func `a snapshot brings all of it back, and the hash tells differences`() throws
    {
        _ = apply(.openSession)
        for number in UInt8(0)...99 {
            _ = apply(.call(key: [number], .write([number]), nil))
            _ = apply(.call(key: [number, 1], .append([number]), nil))
            _ = apply(.call(key: [number, 1], .append([number, 2]), nil))
            _ = apply(
                .call(key: [number, 2], .add(3), .init(session: 1, sequence: UInt64(number) + 1)))
            _ = apply(.call(key: [number, 3], .acquire(owner: 7), nil))
        }
        var copy = try KeyValueMachine(machine.snapshot, upTo: machine.applied)
        #expect(copy.applied == machine.applied)
        #expect(copy.hash == machine.hash)
        #expect(copy.read([5, 1]) == .value(.list([[5], [5, 2]])))
        let next = Entry(
            term: 1, index: machine.applied + 1,
            .command(Command.call(key: [5, 1], .append([0]), nil).bytes))
        _ = copy.apply(next)
        #expect(copy.hash != machine.hash)
        _ = machine.apply(next)
        #expect(copy.hash == machine.hash)
        #expect(throws: WireError.self) {
            try KeyValueMachine(Array(machine.snapshot.dropLast()), upTo: 1)
        }
    }
}
