import Generators
import Raft
import Testing
import Wire

@testable import RaftNode

/// What servers say to each other, as bytes.
@Suite struct `The bytes between servers` {
    private static let members = Membership(
        voters: [ServerID(1), ServerID(2)], outgoing: [ServerID(3)], learners: [ServerID(4)])
    private static let bodies: [Message.Body] = [
        .requestVote(VoteRequest(isPre: true, isTransfer: false, lastIndex: 3, lastTerm: 2)),
        .vote(isPre: false, isGranted: true),
        .append(
            Append(
                previousIndex: 4, previousTerm: 3,
                entries: [
                    Entry(term: 3, index: 5, .nothing), Entry(term: 3, index: 6, .command([1, 2])),
                    Entry(term: 4, index: 7, .membership(members)),
                ], commit: 4, round: 9)),
        .append(Append(previousIndex: 4, previousTerm: 3, entries: [], commit: 4, round: 9)),
        .matched(7, round: 9),
        .mismatched(Mismatch(previousIndex: 7, term: nil, first: 3), round: 8),
        .mismatched(Mismatch(previousIndex: 7, term: 2, first: 3), round: 8),
        .snapshotPart(
            SnapshotPart(
                head: Snapshot(index: 9, term: 2, membership: members, data: []), offset: 10,
                bytes: [1, 2, 3], isLast: true)),
        .snapshotReceived(index: 9, bytes: 13), .timeoutNow, .readIndex(request: .max),
        .readIndexIs(nil, request: 1), .readIndexIs(5, request: 1),
    ]

    private static var frames: [PeerFrame] {
        bodies.map {
            .message(Message(from: ServerID(1), to: ServerID(2), term: 7, $0))
        } + [
            .hello(ServerID(3), life: 77, cluster: "raftd"),
            .forward(number: 8, .call(key: [1], .write([2]), nil)),
            .forwarded(Reply(number: 8, .answer(.done))),
        ]
    }

    @Test func `every frame comes back as it was sent`() throws {
        for frame in Self.frames { #expect(try PeerFrame(frame.frame[8...]) == frame) }
    }

    @Test func `a vote has these bytes`() {
        let message = Message(
            from: ServerID(1), to: ServerID(2), term: 3, .vote(isPre: false, isGranted: true))
        let eight = { (number: UInt8) in [number, 0, 0, 0, 0, 0, 0, 0] }
        #expect(
            PeerFrame.message(message).frame[8...]
                == [1] + eight(1) + eight(2) + eight(3) + [1, 0, 1][...])
    }

    @Test func `no bytes do any harm`() throws {
        var random = SplitMix64(seed: 5)
        let good = Self.frames.map { Array($0.frame.dropFirst(8)) }
        var (understood, refused) = (0, 0)
        for _ in 0..<200_000 {
            var bytes = good.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                } else {
                    bytes = Array(bytes.prefix(place + 1))
                }
            }
            if (try? PeerFrame(bytes[...])) != nil { understood += 1 } else { refused += 1 }
        }
        #expect(understood > 10_000)
        #expect(refused > 10_000)
    }
}
