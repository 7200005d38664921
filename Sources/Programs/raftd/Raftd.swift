import ArgumentParser

/// `raftd`: one server of a Raft cluster.
@main
struct Raftd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raftd",
        abstract: "One server of a Raft cluster with a small key-value store in it.",
        discussion: """
            Start as many servers as --server names, each with its own --id and --folder; a \
            majority of them keeps the cluster going. Without --certificate, --key and --authority \
            they are for trusted networks only. What they hold survives anything that leaves \
            their folders whole.

            Three servers on one machine:

              raftd run --id 1 --folder d1 --clients 127.0.0.1:7101 \\
                --server 1=127.0.0.1:7201 --server 2=127.0.0.1:7202 --server 3=127.0.0.1:7203

            and the same with --id 2 and 3. Then `raftd status 127.0.0.1:7101` says who leads, and \
            `raftd put 127.0.0.1:7101 name value` and `raftd get 127.0.0.1:7101 name` write and \
            read.
            """,
        version: "raftd 0.1.0",
        subcommands: [
            RunCommand.self, StatusCommand.self, GetCommand.self, PutCommand.self,
            MembersCommand.self, MemberCommand.self, TransferCommand.self,
        ])
}
