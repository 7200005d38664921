import Generators
import Testing

@testable import Wire

/// The bytes of raftd's protocol.
///
/// Both wings and people's own clients rely on them: a change here
/// is a new version.
@Suite struct `The wire` {
    private static let key = Array("k".utf8)

    @Test func `a connection begins with a preface`() throws {
        #expect(Frame.preface(.client) == Array("raftd".utf8) + [0x43, 2, 0])
        #expect(Frame.preface(.peer) == Array("raftd".utf8) + [0x50, 2, 0])
        try Frame.check(preface: Frame.preface(.peer)[...], for: .peer)
        for (bytes, purpose) in [
            (Frame.preface(.peer), Frame.Purpose.client), (Frame.preface(.client), .peer),
            (Array("GET / HT".utf8), .client), (Array("raftd".utf8) + [0x43, 1, 0], .client),
        ] {
            #expect(throws: WireError.self) { try Frame.check(preface: bytes[...], for: purpose) }
        }
    }

    @Test func `a frame is a length, a checksum and its content`() {
        let frame = Frame.framed { $0.putRaw("123456789".utf8) }
        // The checksum is that of RFC 3720's test.
        #expect(frame == [9, 0, 0, 0, 0x83, 0x92, 0x06, 0xE3] + Array("123456789".utf8))
    }

    @Test(
        arguments: [
            (
                Request(number: 7, .command(.call(key: key, .write([1, 2]), nil), .forward)),
                [
                    24, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0x6b, 1, 2, 0, 0, 0,
                    1, 2,
                ] + []
            ),
            (
                Request(number: 1, .addMember(4)),
                [17, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 4, 0, 0, 0, 0, 0, 0, 0]
            ),
            (
                Request(number: 1, .read(key: key, .linearizable)),
                [15, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0x6b]
            ),
            (Request(number: 2, .status), [9, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2]),
            (
                Request(number: 3, .command(.openSession, .refuse)),
                [11, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            ),
        ] as [(Request, [UInt8])])
    func `a request has these bytes`(request: Request, bytes: [UInt8]) throws {
        #expect(Array(request.frame.dropFirst(8)) == Array(bytes.dropFirst(4)))
        #expect(Array(request.frame.prefix(4)) == [UInt8(request.frame.count - 8), 0, 0, 0])
    }

    @Test(
        arguments: [
            (Reply(number: 1, .answer(.done)), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            (Reply(number: 1, .answer(.value(nil))), [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]),
            (
                Reply(number: 1, .answer(.value(.bytes([9])))),
                [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 9]
            ),
            (Reply(number: 1, .answer(.mismatch)), [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]),
            (
                Reply(number: 1, .refused(.notLeader(hint: 3))),
                [1, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0]
            ),
            (Reply(number: 1, .refused(.overwritten)), [1, 0, 0, 0, 0, 0, 0, 0, 2]),
        ] as [(Reply, [UInt8])])
    func `a reply has these bytes`(reply: Reply, bytes: [UInt8]) throws {
        #expect(Array(reply.frame.dropFirst(8)) == bytes)
        #expect(try Reply(bytes[...]) == reply)
    }

    static let calls: [Call] = [
        .read, .write([]), .write([1, 2, 3]), .compareAndSet(expected: nil, new: [4]),
        .compareAndSet(expected: [5], new: []), .append([6]), .add(-7), .acquire(owner: 8),
        .release(owner: .max),
    ]

    @Test(arguments: calls)
    func `a call comes back as it was sent`(call: Call) throws {
        for stamp in [nil, Command.Stamp(session: 3, sequence: .max)] {
            let command = Command.call(key: Self.key, call, stamp)
            #expect(try Command(command.bytes) == command)
            let request = Request(number: .max, .command(command, .refuse))
            #expect(try Request(request.frame[8...]) == request)
        }
    }

    @Test(
        arguments: [
            .answer(.number(-1)), .answer(.wrongKind), .answer(.session(4)),
            .answer(.sessionExpired),
            .answer(.stale), .answer(.value(.list([[1], [], [2, 3]]))), .answer(.value(.number(5))),
            .answer(.value(.heldBy(6))), .refused(.busy("why")), .refused(.malformed("how")),
            .refused(.notLeader(hint: nil)), .unknown("who knows"),
            .status(
                ServerStatus(
                    id: 1, role: .leader, term: 2, leader: 1, votedFor: nil, last: 9, commit: 8,
                    applied: 7, snapshot: 6, stateHash: 5, voters: [1, 2, 3], outgoing: [],
                    learners: [4], appliedTerm: 3, logDigest: 2,
                    recent: [.init(index: 64, term: 1, stateHash: 2, logDigest: 3)])),
        ] as [Reply.Body])
    func `a reply comes back as it was sent`(body: Reply.Body) throws {
        let reply = Reply(number: 12, body)
        #expect(try Reply(reply.frame[8...]) == reply)
    }

    @Test func `every length has a bound, and no bytes do any harm`() throws {
        var long = ByteWriter()
        long.put(1 as UInt64)
        long.put(1 as UInt8)
        long.put(0 as UInt8)
        long.put(UInt32.max)
        #expect(throws: WireError.tooLong(Int(UInt32.max), most: Call.mostKeyBytes)) {
            try Request(long.bytes[...])
        }
        var random = SplitMix64(seed: 4)
        var (understood, refused) = (0, 0)
        let good = Self.calls.map {
            Array(
                Request(number: 1, .command(.call(key: Self.key, $0, nil), .forward))
                    .frame.dropFirst(8))
        }
        for _ in 0..<200_000 {
            var bytes = good.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes = Array(bytes.prefix(place + 1))
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            do {
                let request = try Request(bytes[...])
                understood += 1
                // Whatever means something means only that.
                #expect(Array(request.frame.dropFirst(8)) == bytes)
            } catch {
                refused += 1
            }
            _ = try? Reply(bytes[...])
        }
        #expect(understood > 10_000)
        #expect(refused > 10_000)
    }
}
