public import ArgumentParser
import Dispatch
public import Logging
import NIOPosix
import Raft
import RaftNode
import RaftStorage
import Wire

/// `raftd run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a server until SIGTERM or SIGINT.",
        discussion: """
            Ends with 0 if it was asked to, 65 if the folder is damaged or another server's, 74 if \
            the disk fails or is full (nothing that was acknowledged is lost), 69 if an address \
            cannot be had. Logs go to the standard error, a line each.
            """)

    @Option(help: "The server's number, at least 1.")
    var id: UInt64

    @Option(help: "The server's folder; made if it is missing, never shared.")
    var folder: String

    @Option(help: "Where clients are answered, as host:port.")
    var clients: NodeOptions.Address

    @Option(
        name: .customLong("server"),
        help: "A server's number and address, as 2=host:port; once for each, this one too.")
    var servers: [ServerAddress]

    @Option(help: "The cluster's name; servers of other names are not let in.")
    var cluster = "raftd"

    @Flag(
        help: """
            Begin as no member, for a cluster that exists: `raftd members` there lets it in. \
            Without this a new folder begins with all --server as members.
            """)
    var join = false

    @Option(help: "A follower that hears nothing for this long to twice that stands for election.")
    var electionTimeout = Milliseconds(.milliseconds(300))

    @Option(help: "A leader says something at least so often.")
    var heartbeat = Milliseconds(.milliseconds(50))

    @Flag(help: "Answer reads under a lease: faster, but trusts the clocks. For all servers alike.")
    var leases = false

    @Option(help: "Save the state after so many entries.")
    var snapshotEntries: UInt64 = 100_000

    @Option(
        help: "Keep so many entries behind a saved state, for followers that are a little late.")
    var trailingEntries: UInt64 = 10_000

    @Option(help: "The least severe line of the log: trace, debug, info, warning, error.")
    var logLevel: Logger.Level = .info

    func validate() throws {
        guard servers.contains(where: { $0.id.number == id }) else {
            throw ValidationError("--id is \(id), but no --server names \(id)=host:port")
        }
        guard Set(servers.map(\.id)).count == servers.count else {
            throw ValidationError("two --server have the same number")
        }
        guard heartbeat.duration * 2 <= electionTimeout.duration else {
            throw ValidationError(
                "--heartbeat must be at most half of --election-timeout, or one late heartbeat "
                    + "starts an election")
        }
        guard electionTimeout.duration >= .milliseconds(50) else {
            throw ValidationError("--election-timeout must be at least 50ms")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var log = Logger(label: "raftd")
        log.logLevel = logLevel
        do {
            try await serve(log)
        } catch let error as StorageError {
            log.critical("\(error)")
            throw ExitCode(error.exitStatus)
        } catch {
            log.critical("\(error)")
            throw ExitCode(69)
        }
    }

    private func serve(_ log: Logger) async throws {
        var options = NodeOptions(
            id: ServerID(id), clients: clients,
            servers: Dictionary(uniqueKeysWithValues: servers.map { ($0.id, $0.address) }))
        options.cluster = cluster
        options.electionTimeout = electionTimeout.duration
        options.heartbeat = heartbeat.duration
        options.hasLeases = leases
        options.snapshotEntries = snapshotEntries
        options.trailingEntries = trailingEntries
        let disk = try RealDisk(folder)
        let node = try await NodeFactory.node(
            options, disk: disk, isJoining: join, log: log)
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { node.stop() }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        try await node.start()
        try await node.run()
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

extension StorageError {
    /// As sysexits.h has them: the data is wrong, or the disk.
    fileprivate var exitStatus: Int32 {
        switch self {
        case .corrupt, .foreign, .inUse: 65
        case .full, .failed, .ended: 74
        }
    }
}
