import ArgumentParser
import NIOPosix
import RaftDaemon
import RaftNode
import Wire
import WireNIO

/// What the commands for people have in common.
struct Server: ParsableArguments {
    @Argument(help: "A server's address for clients, as host:port.")
    var address: NodeOptions.Address

    @Option(help: "How long to wait for the answer.")
    var timeout = Milliseconds(.seconds(3))

    @OptionGroup(title: "Security") var certificates: Certificates

    func ask(_ body: Request.Body) async throws -> Reply.Body {
        do {
            let connection = try await Connection.open(
                host: address.host, port: address.port,
                on: MultiThreadedEventLoopGroup.singleton, timeout: timeout.duration,
                security: try certificates.security())
            let reply = try await connection.send(body, timeout: timeout.duration)
            await connection.close()
            return reply
        } catch {
            throw Complaint("\(address): \(error)")
        }
    }
}

/// Something a person is told.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// The complaint about a reply that was not hoped for.
    init(_ reply: Reply.Body) {
        description =
            switch reply {
            case .refused(.notLeader(let hint)):
                "not the leader" + (hint.map { "; server \($0) is" } ?? "; nobody is known to be")
            case .refused(.overwritten): "another leader's command took its place; try again"
            case .refused(.busy(let why)): why
            case .refused(.malformed(let why)): "malformed: \(why)"
            case .unknown(let why): "nobody knows whether it was done: \(why)"
            case .answer(.wrongKind): "the key holds something of another kind"
            case .answer(let answer): "unexpected answer \(answer)"
            case .status: "unexpected status"
            }
    }
}

/// `raftd status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say what a server says of itself.")

    @OptionGroup var server: Server

    func run() async throws {
        guard case .status(let status) = try await server.ask(.status) else {
            throw Complaint("no status came")
        }
        func list(_ numbers: [UInt64]) -> String { numbers.map(String.init).joined(separator: " ") }
        let hash = String(status.stateHash, radix: 16)
        let rows = [
            ("server", "\(status.id)"), ("role", "\(status.role)"), ("term", "\(status.term)"),
            ("leader", status.leader.map(String.init) ?? "unknown"),
            ("voted for", status.votedFor.map(String.init) ?? "nobody"),
            ("last", "\(status.last)"), ("commit", "\(status.commit)"),
            ("applied", "\(status.applied)"), ("snapshot", "\(status.snapshot)"),
            ("state hash", hash), ("voters", list(status.voters)),
            ("outgoing", list(status.outgoing)), ("learners", list(status.learners)),
            ("log digest", String(status.logDigest, radix: 16)),
        ]
        for (name, value) in rows where !value.isEmpty {
            print(name + String(repeating: " ", count: 12 - name.count) + value)
        }
    }
}

/// `raftd get`.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Read what a key holds.")

    @OptionGroup var server: Server
    @Argument(help: "The key.")
    var key: String
    @Flag(help: "Whatever this server has applied, stale or not.")
    var local = false

    func run() async throws {
        let reply = try await server.ask(
            .read(key: Array(key.utf8), local ? .local : .linearizable))
        guard case .answer(.value(let value)) = reply else { throw Complaint(reply) }
        switch value {
        case nil: print("(nothing)")
        case .bytes(let bytes)?: print(String(decoding: bytes, as: UTF8.self))
        case .list(let elements)?:
            print(elements.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n"))
        case .number(let number)?: print(number)
        case .heldBy(let owner)?: print("held by \(owner)")
        }
    }
}

/// `raftd put`.
struct PutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Write a value to a key.")

    @OptionGroup var server: Server
    @Argument(help: "The key.")
    var key: String
    @Argument(help: "The value.")
    var value: String

    func run() async throws {
        let command = Command.call(key: Array(key.utf8), .write(Array(value.utf8)), nil)
        let reply = try await server.ask(.command(command, .forward))
        guard reply == .answer(.done) else { throw Complaint(reply) }
    }
}

/// `raftd members`.
struct MembersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "members",
        abstract: "Change who votes.",
        discussion: """
            A newcomer must be a learner first, and have the log; then it can be a voter. Ask the \
            leader. Every server must have been started with the newcomers' --server addresses.
            """)

    @OptionGroup var server: Server
    @Option(name: .customLong("voter"), help: "A server that is to vote; once for each.")
    var voters: [UInt64]
    @Option(name: .customLong("learner"), help: "A server that gets the log without a vote.")
    var learners: [UInt64] = []

    func run() async throws {
        let reply = try await server.ask(.changeMembers(voters: voters, learners: learners))
        guard reply == .answer(.done) else { throw Complaint(reply) }
    }
}

/// `raftd transfer`.
struct TransferCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer", abstract: "Ask the leader to hand leadership over.")

    @OptionGroup var server: Server
    @Argument(help: "The server that is to lead.")
    var target: UInt64

    func run() async throws {
        let reply = try await server.ask(.transferLeadership(to: target))
        guard reply == .answer(.done) else { throw Complaint(reply) }
    }
}
