import Foundation
import Logging
import NIOCore
import NIOPosix
import Raft
import RaftStorage
import Synchronization
import Testing
import Wire
import WireNIO

@testable import RaftNode

/// Real nodes on loopback, with real folders: a small cluster in one process.
final class LocalNodes {
    let folder = NSTemporaryDirectory() + "/whitewater-nodes-\(UUID())"
    private var nodes: [Int: Node] = [:]
    private var log = Logger(label: "raftd")
    let ports: [Int: (client: Int, peer: Int)]
    var security: TransportSecurity?
    var change: (inout NodeOptions) -> Void = { _ in }

    init(_ count: Int = 3) throws {
        log.logLevel = .error
        ports = try Dictionary(
            uniqueKeysWithValues: (1...count).map {
                ($0, (try Self.freePort(), try Self.freePort()))
            })
    }

    /// Below those that the kernel gives to outgoing connections, of other tests too.
    private static let nextPort = Mutex(20_000 + Int(getpid()) * 37 % 8_000)

    /// A port that nobody uses just now, and that no other test of this process gets.
    private static func freePort() throws -> Int {
        for _ in 0..<1_000 {
            let port = nextPort.withLock { next in
                next += 1
                return next
            }
            guard
                let channel = try? ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .bind(host: "127.0.0.1", port: port).wait()
            else { continue }
            try channel.close().wait()
            return port
        }
        throw WireError.stranger("no port is free")
    }

    /// The folder of a node: a process that another test has just forked holds its lock as well,
    /// until it runs its program.
    private func disk(_ number: Int) async throws -> RealDisk {
        let path = folder + "/\(number)"
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if let disk = try? RealDisk(path) { return disk }
            try await Task.sleep(for: .milliseconds(10))
        }
        return try RealDisk(path)
    }

    func start(_ number: Int) async throws {
        let address = { (port: Int) in NodeOptions.Address(host: "127.0.0.1", port: port) }
        var options = NodeOptions(
            id: ServerID(UInt64(number)), clients: address(ports[number]?.client ?? 0),
            servers: Dictionary(
                uniqueKeysWithValues: ports.map {
                    (ServerID(UInt64($0.key)), address($0.value.peer))
                }))
        options.electionTimeout = .milliseconds(300)
        options.heartbeat = .milliseconds(50)
        change(&options)
        let node = try await NodeFactory.node(
            options, disk: try await disk(number), isJoining: false, log: log)
        try await node.start()
        nodes[number] = node
    }

    /// Waits until a node has ended by itself.
    func ended(_ number: Int) async throws {
        let node = nodes.removeValue(forKey: number)
        try await node?.run()
    }

    func stop(_ number: Int) async throws {
        guard let node = nodes.removeValue(forKey: number) else { return }
        node.stop()
        try await node.run()
    }

    func stop() async throws {
        for number in nodes.keys { try await stop(number) }
        try FileManager.default.removeItem(atPath: folder)
    }

    func connect(_ number: Int) async throws -> Connection {
        try await Connection.open(
            host: "127.0.0.1", port: ports[number]?.client ?? 0,
            on: MultiThreadedEventLoopGroup.singleton, timeout: .seconds(2), security: security)
    }

    func ask(_ number: Int, _ body: Request.Body) async throws -> Reply.Body {
        let connection = try await connect(number)
        let reply = try await connection.send(body, timeout: .seconds(5))
        await connection.close()
        return reply
    }

    func status(_ number: Int) async throws -> ServerStatus {
        guard case .status(let status) = try await ask(number, .status) else {
            throw WireError.stranger("no status")
        }
        return status
    }

    /// Waits until a condition holds, for long enough that a starved machine elects a leader too.
    func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while try await !condition() {
            guard ContinuousClock.now < deadline else { throw WireError.stranger("never: \(what)") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Asks until there is an answer: on a busy machine a leader may be deposed at any time.
    func answer(_ number: Int, _ body: Request.Body) async throws -> Answer? {
        var answer: Answer?
        try await wait("an answer") {
            if case .answer(let found) = try await ask(number, body) { answer = found }
            return answer != nil
        }
        return answer
    }

    func leader(among numbers: [Int]) async throws -> Int {
        var found = 0
        try await wait("a leader") {
            for number in numbers where try await status(number).role == .leader { found = number }
            return found > 0
        }
        return found
    }
}

@Suite(.serialized) struct `Nodes` {
    private let key = Array("key".utf8)

    private func command(_ call: Call, _ route: Request.Route = .forward) -> Request.Body {
        .command(.call(key: key, call, nil), route)
    }

    @Test func `three elect a leader, agree on a value, and answer on every node`() async throws {
        let nodes = try LocalNodes()
        for number in 1...3 { try await nodes.start(number) }
        let leader = try await nodes.leader(among: [1, 2, 3])
        let follower = leader % 3 + 1
        try await nodes.wait("a hint") {
            try await nodes.ask(follower, command(.write([1]), .refuse))
                == .refused(.notLeader(hint: UInt64(leader)))
        }
        #expect(try await nodes.answer(follower, command(.write([2]))) == .done)
        for number in 1...3 {
            #expect(
                try await nodes.answer(number, .read(key: key, .linearizable))
                    == .value(.bytes([2])))
        }
        let (one, other) = (try await nodes.status(1), try await nodes.status(2))
        #expect(one.voters == [1, 2, 3])
        #expect(one.applied == other.applied)
        #expect(one.stateHash == other.stateHash)
        try await nodes.stop()
    }

    @Test func `what was acknowledged survives the end of all of them`() async throws {
        let nodes = try LocalNodes()
        for number in 1...3 { try await nodes.start(number) }
        _ = try await nodes.leader(among: [1, 2, 3])
        #expect(try await nodes.ask(1, command(.append([1]))) == .answer(.done))
        let term = try await nodes.status(1).term
        for number in 1...3 { try await nodes.stop(number) }
        for number in 1...3 { try await nodes.start(number) }
        let leader = try await nodes.leader(among: [1, 2, 3])
        #expect(
            try await nodes.ask(leader, .read(key: key, .linearizable))
                == .answer(.value(.list([[1]]))))
        #expect(try await nodes.status(leader).term > term)
        try await nodes.stop()
    }

    @Test func `a command that is sent again in its session is applied once`() async throws {
        let nodes = try LocalNodes(1)
        try await nodes.start(1)
        _ = try await nodes.leader(among: [1])
        guard
            case .answer(.session(let session)) = try await nodes.ask(
                1, .command(.openSession, .forward))
        else {
            Issue.record("no session")
            return
        }
        for _ in 0..<3 {
            let stamped = Command.call(
                key: key, .add(2), .init(session: session, sequence: 1))
            #expect(try await nodes.ask(1, .command(stamped, .forward)) == .answer(.number(2)))
        }
        try await nodes.stop()
    }

    @Test func `a follower that was away catches up by a snapshot`() async throws {
        let nodes = try LocalNodes()
        nodes.change = { options in
            options.snapshotEntries = 100
            options.trailingEntries = 10
        }
        for number in 1...3 { try await nodes.start(number) }
        var leader = try await nodes.leader(among: [1, 2, 3])
        let away = leader % 3 + 1
        try await nodes.stop(away)
        leader = try await nodes.leader(among: [1, 2, 3].filter { $0 != away })
        let connection = try await nodes.connect(leader)
        for number in UInt8(0)...249 {
            let reply = try await connection.send(command(.append([number])), timeout: .seconds(5))
            #expect(reply == .answer(.done))
        }
        await connection.close()
        try await nodes.wait("a snapshot") { try await nodes.status(leader).snapshot >= 100 }
        try await nodes.start(away)
        try await nodes.wait("the same state") {
            let (one, other) = (try await nodes.status(leader), try await nodes.status(away))
            return one.applied == other.applied && one.stateHash == other.stateHash
        }
        #expect(try await nodes.status(away).snapshot >= 100)
        try await nodes.stop()
    }

    @Test func `a fourth server learns, then votes; leadership goes to it`() async throws {
        let nodes = try LocalNodes(4)
        for number in 1...3 { try await nodes.start(number) }
        // The three begin with all four addresses as members, of which one is not there yet.
        let leader = try await nodes.leader(among: [1, 2, 3])
        func change(_ voters: [UInt64], _ learners: [UInt64]) async throws {
            try await nodes.wait("members \(voters) and \(learners)") {
                try await nodes.ask(
                    leader, .changeMembers(voters: voters, learners: learners)) == .answer(.done)
            }
        }
        try await change([1, 2, 3], [])
        try await change([1, 2, 3], [4])
        try await nodes.start(4)
        try await change([1, 2, 3, 4], [])
        #expect(try await nodes.status(leader).voters == [1, 2, 3, 4])
        #expect(try await nodes.ask(leader, .transferLeadership(to: 4)) == .answer(.done))
        try await nodes.wait("the fourth leads") { try await nodes.status(4).role == .leader }
        try await nodes.stop()
    }

    @Test func `a stranger's bytes end the connection and nothing else`() async throws {
        let nodes = try LocalNodes(1)
        try await nodes.start(1)
        for text in ["GET / HTTP/1.1\r\n\r\n", "raftd", "raftdC\u{1}\u{0}\u{ff}\u{ff}\u{ff}\u{ff}"]
        {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: nodes.ports[1]?.client ?? 0).get()
            try await channel.writeAndFlush(channel.allocator.buffer(string: text)).get()
            if text != "raftd" {
                try await channel.closeFuture.get()
            } else {
                try await channel.close()
            }
        }
        _ = try await nodes.leader(among: [1])
        try await nodes.stop()
    }

    @Test func `an election timeout of 50 ms works, and a lost leader is replaced`() async throws {
        let nodes = try LocalNodes()
        nodes.change = { options in
            options.electionTimeout = .milliseconds(50)
            options.heartbeat = .milliseconds(10)
            options.hasLeases = true
        }
        for number in 1...3 { try await nodes.start(number) }
        var left = [1, 2, 3]
        let first = try await nodes.leader(among: left)
        #expect(try await nodes.ask(first, command(.add(1))) == .answer(.number(1)))
        #expect(
            try await nodes.ask(first, .read(key: key, .linearizable))
                == .answer(.value(.number(1))))
        try await nodes.stop(first)
        left.removeAll { $0 == first }
        let second = try await nodes.leader(among: left)
        try await nodes.wait("a write") {
            try await nodes.ask(second, command(.add(1))) == .answer(.number(2))
        }
        try await nodes.stop()
    }

    @Test func `a server that has lost its folder is not let in again`() async throws {
        let nodes = try LocalNodes()
        for number in 1...3 { try await nodes.start(number) }
        var leader = try await nodes.leader(among: [1, 2, 3])
        #expect(try await nodes.ask(leader, command(.write([1]))) == .answer(.done))
        let wiped = leader % 3 + 1
        try await nodes.stop(wiped)
        try FileManager.default.removeItem(atPath: nodes.folder + "/\(wiped)")
        try await nodes.start(wiped)
        // It hears the leader, whose word can be trusted; but nobody listens to it.
        leader = try await nodes.leader(among: [1, 2, 3].filter { $0 != wiped })
        try await nodes.wait("it follows") {
            try await nodes.status(wiped).leader == UInt64(leader)
        }
        let other = 6 - leader - wiped
        try await nodes.stop(other)
        // Its yes would make the majority without which a leader steps down.
        try await nodes.wait("no leader") { try await nodes.status(leader).role != .leader }
        #expect(
            try await nodes.ask(leader, command(.write([2]), .refuse))
                == .refused(.notLeader(hint: nil)))
        try await nodes.stop()
    }

    @Test func `a folder in use is refused`() async throws {
        let nodes = try LocalNodes(1)
        try await nodes.start(1)
        await #expect(throws: StorageError.self) { try await nodes.start(1) }
        try await nodes.stop()
    }
}
