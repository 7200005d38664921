import Foundation
import NIOCore
import NIOPosix
import Raft
import RaftStorage
import Testing
import Wire
import WireNIO

@testable import RaftNode

/// What others may do to a node, by mistake or not.
@Suite(.serialized) struct `A node among strangers` {
    private let key = Array("key".utf8)

    private func write(_ bytes: [UInt8]) -> Request.Body {
        .command(.call(key: key, .write(bytes), nil), .forward)
    }

    // MARK: Peers

    @Test func `an absurd term is refused, and nobody keeps it`() async throws {
        let nodes = try LocalNodes(2)
        try await nodes.start(1)
        let port = try #require(nodes.ports[1]?.peer)
        for term in [Term.max, 1 << 62, 1 << 40] {
            let peer = try await FakePeer(2, calls: 1, port: port)
            try await peer.append(term, behind: 0, 0, [], commit: 0)
            try await peer.waitForEnd()
        }
        #expect(try await nodes.status(1).term < 1_000)
        try await nodes.stop()
    }

    @Test func `a damaged frame ends the connection and is not taken`() async throws {
        let nodes = try LocalNodes(2)
        try await nodes.start(1)
        let port = try #require(nodes.ports[1]?.peer)
        let peer = try await FakePeer(2, calls: 1, port: port)
        let entry = Entry(term: 5, index: 1, .command([1, 2, 3]))
        let append = Append(
            previousIndex: 0, previousTerm: 0, entries: [entry], commit: 0, round: 1)
        let message = Message(from: ServerID(2), to: ServerID(1), term: 5, .append(append))
        var bytes = PeerFrame.message(message).frame
        bytes[bytes.count - 1] ^= 4
        try await peer.send(bytes)
        try await peer.waitForEnd()
        #expect(try await nodes.status(1).last == 0)
        try await nodes.stop()
    }

    @Test(arguments: [[], [9, 9, 9]] as [[UInt8]])
    func `a peer's snapshot that means nothing is the peer's fault, not the disk's`(
        data: [UInt8]
    ) async throws {
        let nodes = try LocalNodes(2)
        try await nodes.start(1)
        let port = try #require(nodes.ports[1]?.peer)
        let peer = try await FakePeer(2, calls: 1, port: port)
        let head = Snapshot(
            index: 1_000_000, term: 3, membership: Membership(voters: [ServerID(1), ServerID(2)]),
            data: [])
        try await peer.say(
            3, .snapshotPart(SnapshotPart(head: head, offset: 0, bytes: data, isLast: true)))
        try await peer.waitForEnd()
        #expect(try await nodes.status(1).snapshot == 0)
        // The folder is as good as before.
        try await nodes.stop(1)
        try await nodes.start(1)
        #expect(try await nodes.status(1).snapshot == 0)
        try await nodes.stop()
    }

    @Test func `whoever contradicts what is committed ends the server, which says why`()
        async throws
    {
        let nodes = try LocalNodes(3)
        try await nodes.start(1)
        let port = try #require(nodes.ports[1]?.peer)
        let peer = try await FakePeer(2, calls: 1, port: port)
        try await peer.append(5, behind: 0, 0, [Entry(term: 5, index: 1, .nothing)], commit: 1)
        try await nodes.wait("the entry is applied") { try await nodes.status(1).applied == 1 }
        try await peer.append(6, behind: 0, 0, [Entry(term: 6, index: 1, .nothing)], commit: 1)
        await #expect {
            try await nodes.ended(1)
        } throws: {
            "\($0)".contains("contradicts the committed entry 1")
        }
        try await nodes.stop()
    }

    // MARK: Clients

    @Test func `a client that never reads costs little, and others are served`() async throws {
        let nodes = try LocalNodes(1)
        try await nodes.start(1)
        _ = try await nodes.leader(among: [1])
        #expect(
            try await nodes.ask(1, write([UInt8](repeating: 7, count: 1 << 20))) == .answer(.done))
        let before = Self.residentBytes()
        let deaf = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: nodes.ports[1]?.client ?? 0).get()
        let asked = (UInt64(1)...4_000).flatMap {
            Request(number: $0, .read(key: key, .linearizable)).frame
        }
        // It may never be taken as a whole.
        deaf.writeAndFlush(ByteBuffer(bytes: Frame.preface(.client) + asked), promise: nil)
        for _ in 0..<50 {
            #expect(
                try await nodes.ask(1, .read(key: Array("other".utf8), .linearizable))
                    == .answer(.value(nil)))
        }
        #expect(Self.residentBytes() - before < 400 << 20)
        do {
            try await deaf.close()
        } catch ChannelError.alreadyClosed {
            // On a slow machine the node has given it up by now.
        }
        try await nodes.stop()
    }

    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * 4_096
    }

    @Test func `more clients than allowed are refused, and let in once others have gone`()
        async throws
    {
        let nodes = try LocalNodes(1)
        nodes.change = { $0.mostClients = 3 }
        try await nodes.start(1)
        var connections: [Connection] = []
        for _ in 0..<3 { connections.append(try await nodes.connect(1)) }
        for connection in connections {
            guard case .status = try await connection.send(.status, timeout: .seconds(5)) else {
                Issue.record("no status")
                return
            }
        }
        await #expect(throws: Connection.Failure.self) {
            try await nodes.connect(1).send(.status, timeout: .seconds(5))
        }
        await connections[0].close()
        try await nodes.wait("room") { (try? await nodes.status(1)) != nil }
        for connection in connections { await connection.close() }
        try await nodes.wait("all have gone") { (try? await nodes.status(1)) != nil }
        try await nodes.stop()
    }

    @Test func `an idle client is disconnected`() async throws {
        let nodes = try LocalNodes(1)
        nodes.change = { $0.idleTimeout = .milliseconds(100) }
        try await nodes.start(1)
        let connection = try await nodes.connect(1)
        try await nodes.wait("the end of an idle connection") { !connection.isOpen }
        try await nodes.stop()
    }

    // MARK: What a server says of itself

    @Test func `servers can be compared at indexes that they all remember`() async throws {
        let nodes = try LocalNodes(3)
        for number in 1...3 { try await nodes.start(number) }
        let leader = try await nodes.leader(among: [1, 2, 3])
        let connection = try await nodes.connect(leader)
        for number in UInt8(0)..<200 {
            _ = try await connection.send(write([number]), timeout: .seconds(5))
        }
        await connection.close()
        try await nodes.wait("three states at each of three indexes") {
            var states: [UInt64: [AppliedState]] = [:]
            for number in 1...3 {
                for state in try await nodes.status(number).recent {
                    states[state.index, default: []].append(state)
                }
            }
            let shared = states.values.filter { $0.count == 3 }
            #expect(shared.allSatisfy { Set($0).count == 1 })
            return shared.count >= 3
        }
        let status = try await nodes.status(leader)
        #expect(status.logDigest != 0)
        #expect(status.recent.map(\.index).allSatisfy { $0 % ServerStatus.recentStride == 0 })
        try await nodes.stop()
    }

    @Test func `a member is added, promoted and removed, one at a time`() async throws {
        let nodes = try LocalNodes(3)
        for number in 1...3 { try await nodes.start(number) }
        let leader = try await nodes.leader(among: [1, 2, 3])
        let other = UInt64(leader % 3 + 1)
        func change(_ body: Request.Body) async throws {
            try await nodes.wait("\(body)") {
                try await nodes.ask(leader, body) == .answer(.done)
            }
        }
        try await change(.removeMember(other))
        try await nodes.wait("two voters") { try await nodes.status(leader).voters.count == 2 }
        try await nodes.wait("no joint members") { try await nodes.status(leader).outgoing.isEmpty }
        guard case .refused(.malformed) = try await nodes.ask(leader, .promoteMember(other)) else {
            Issue.record("promoted without the log")
            return
        }
        try await change(.addMember(other))
        #expect(try await nodes.status(leader).learners == [other])
        try await change(.promoteMember(other))
        try await nodes.wait("three voters") { try await nodes.status(leader).voters.count == 3 }
        guard case .refused(.notLeader) = try await nodes.ask(Int(other), .removeMember(1)) else {
            Issue.record("a follower changed members")
            return
        }
        try await nodes.stop()
    }

    @Test func `followers refuse linearizable reads if they are told to`() async throws {
        let nodes = try LocalNodes(2)
        nodes.change = { $0.hasFollowerReads = false }
        for number in 1...2 { try await nodes.start(number) }
        let leader = try await nodes.leader(among: [1, 2])
        try await nodes.wait("a hint") {
            try await nodes.ask(3 - leader, .read(key: key, .linearizable))
                == .refused(.notLeader(hint: UInt64(leader)))
        }
        try await nodes.stop()
    }
}
