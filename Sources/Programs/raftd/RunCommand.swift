import ArgumentParser
import RaftDaemon
import RaftNode

/// `raftd run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a server until SIGTERM or SIGINT.",
        discussion: """
            Ends with 0 if it was asked to, 65 if the folder is damaged or another server's, 74 if \
            the disk fails or is full (nothing that was acknowledged is lost), 69 if an address \
            cannot be had, 70 if a promise of Raft's is found broken. Without --certificate, --key \
            and --authority whoever can reach the server is believed: for trusted networks only. \
            Logs go to the standard error, a line each.
            """)

    @OptionGroup var arguments: NodeArguments

    func run() async throws {
        try await Daemon.run(arguments) { options, disk, isJoining, log in
            try await NodeFactory.node(options, disk: disk, isJoining: isJoining, log: log)
        }
    }
}
