public import ArgumentParser
import Logging
import Raft
public import RaftNode

/// `raftd`: one server of a Raft cluster.
@main
struct Raftd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raftd",
        abstract: "One server of a Raft cluster with a small key-value store in it.",
        discussion: """
            Start as many servers as --server names, each with its own --id and --folder; a \
            majority of them keeps the cluster going. What they hold survives anything that leaves \
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
            MembersCommand.self, TransferCommand.self,
        ])
}

extension NodeOptions.Address: ExpressibleByArgument {
    /// `host:port`.
    public init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"),
            let port = Int(argument[argument.index(after: colon)...]), (1...65_535).contains(port),
            colon > argument.startIndex
        else { return nil }
        self.init(host: String(argument[..<colon]), port: port)
    }
}

/// `2=host:port`.
struct ServerAddress: ExpressibleByArgument {
    let id: ServerID
    let address: NodeOptions.Address

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let number = UInt64(parts[0]), number > 0,
            let address = NodeOptions.Address(argument: String(parts[1]))
        else { return nil }
        id = ServerID(number)
        self.address = address
    }
}

/// `50ms`, `1s`.
struct Milliseconds: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        if argument.hasSuffix("ms"), let number = Int(argument.dropLast(2)), number > 0 {
            duration = .milliseconds(number)
        } else if argument.hasSuffix("s"), let number = Int(argument.dropLast()), number > 0 {
            duration = .seconds(number)
        } else {
            return nil
        }
    }

    init(_ duration: Duration) { self.duration = duration }

    var defaultValueDescription: String {
        "\(Int((duration / .milliseconds(1)).rounded()))ms"
    }
}
