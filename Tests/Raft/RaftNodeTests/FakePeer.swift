import NIOCore
import NIOPosix
import Raft
import Wire

@testable import RaftNode

/// Somebody who calls as a server and says what he likes.
final class FakePeer: Sendable {
    let id: ServerID
    private let target: ServerID
    let channel: any Channel

    /// Calls a server's peers' address, as another server.
    init(_ id: UInt64, calls target: UInt64, port: Int, life: UInt64 = 77) async throws {
        self.id = ServerID(id)
        self.target = ServerID(target)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        let hello = PeerFrame.hello(self.id, life: life, cluster: "raftd")
        try await send(Frame.preface(.peer) + hello.frame)
    }

    /// What is sent to a server that has hung up already is lost, as on any network.
    func send(_ bytes: [UInt8]) async throws {
        do {
            try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
        } catch ChannelError.ioOnClosedChannel {
            return
        }
    }

    func say(_ term: Term, _ body: Message.Body) async throws {
        let message = Message(from: id, to: target, term: term, body)
        try await send(PeerFrame.message(message).frame)
    }

    func append(
        _ term: Term, behind index: LogIndex, _ previous: Term, _ entries: [Entry],
        commit: LogIndex
    ) async throws {
        try await say(
            term,
            .append(
                Append(
                    previousIndex: index, previousTerm: previous, entries: entries,
                    commit: commit, round: 1)))
    }

    /// Returns once the other side has hung up.
    func waitForEnd() async throws { try await channel.closeFuture.get() }
}
