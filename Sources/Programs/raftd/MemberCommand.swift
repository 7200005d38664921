import ArgumentParser
import Wire

/// `raftd member`: one server at a time.
struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "Add, promote or remove one member.",
        discussion: """
            Ask the leader. A newcomer is added first: it gets the log without a vote. Once it has \
            it, it is promoted. Every server must have been started with the newcomer's --server \
            address, and the newcomer with --join. Returns once the change is in the log of a \
            majority; `raftd status` says when nobody is outgoing any more.
            """,
        subcommands: [AddCommand.self, PromoteCommand.self, RemoveCommand.self])

    struct AddCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Let a server get the log, without a vote.")
        @OptionGroup var server: Server
        @Argument(help: "The server's number.") var member: UInt64

        func run() async throws { try await server.change(.addMember(member)) }
    }

    struct PromoteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "promote", abstract: "Give a server that has the log a vote.")
        @OptionGroup var server: Server
        @Argument(help: "The server's number.") var member: UInt64

        func run() async throws { try await server.change(.promoteMember(member)) }
    }

    struct RemoveCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Let a server be a member no more.")
        @OptionGroup var server: Server
        @Argument(help: "The server's number.") var member: UInt64

        func run() async throws { try await server.change(.removeMember(member)) }
    }
}

extension Server {
    /// Asks for a change, and complains if it is not made.
    func change(_ body: Request.Body) async throws {
        let reply = try await ask(body)
        guard reply == .answer(.done) else { throw Complaint(reply) }
    }
}
