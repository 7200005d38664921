public import ArgumentParser
internal import Raft
public import RaftNode
internal import WireNIO

/// How a server is told what to be.
public struct NodeArguments: ParsableArguments {
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

    @Option(help: "A follower that hears nothing for this long to twice that campaigns.")
    var electionTimeout = Milliseconds(.milliseconds(300))

    @Option(help: "A leader says something at least so often.")
    var heartbeat = Milliseconds(.milliseconds(50))

    @Flag(help: "Answer reads under a lease: faster, but trusts the clocks. For all servers alike.")
    var leases = false

    @Option(help: "Send another server at most so many entries in one message.")
    var mostEntries = 1_024

    @Option(help: "Save the state after so many entries.")
    var snapshotEntries: UInt64 = 100_000

    @Option(help: "Save the state after so many mebibytes of entries, too.")
    var snapshotMebibytes = 64

    @Option(help: "Send a saved state to another server in parts of so many bytes.")
    var snapshotPartBytes = 1 << 18

    @Option(help: "Go on with the log in a new file after so many bytes.")
    var segmentBytes = 64 << 20

    @Option(
        help: "Keep so many entries behind a saved state, for followers that are a little late.")
    var trailingEntries: UInt64 = 10_000

    @Flag(
        inversion: .prefixedNo,
        help: "Answer linearizable reads on followers too, as of the leader's read index.")
    var followerReads = true

    @Option(help: "Let each sync of the disk take so much longer: for tests, as 20ms.")
    var slowDisk: Milliseconds?

    @Option(help: "At most so many clients at a time; fewer if there are too few descriptors.")
    var mostClients = 4_096

    @Option(help: "Disconnect a client that asks nothing for so long.")
    var idleTimeout = Milliseconds(.seconds(600))

    @OptionGroup(title: "Security (without all three: trusted networks only)")
    var certificates: Certificates

    @Option(help: "The least severe line of the log: trace, debug, info, warning, error.")
    var logLevel = LogLevel.info

    /// What the arguments say.
    public init() {}

    /// Refuses what no server could be.
    ///
    /// - Throws: `ValidationError` that says what to write instead.
    public func validate() throws {
        guard id > 0 else { throw ValidationError("--id is at least 1") }
        guard servers.contains(where: { $0.id.number == id }) else {
            throw ValidationError("--id is \(id), but no --server names \(id)=host:port")
        }
        guard Set(servers.map(\.id)).count == servers.count else {
            throw ValidationError("two --server have the same number")
        }
        guard electionTimeout.duration >= .milliseconds(50) else {
            throw ValidationError("--election-timeout must be at least 50ms")
        }
        guard heartbeat.duration * 2 <= electionTimeout.duration else {
            throw ValidationError(
                "--heartbeat must be at most half of --election-timeout, or one late heartbeat "
                    + "starts an election")
        }
        guard (1...1_000_000).contains(mostClients) else {
            throw ValidationError("--most-clients is between 1 and 1000000")
        }
        guard (1...1_000_000).contains(mostEntries) else {
            throw ValidationError("--most-entries is between 1 and 1000000")
        }
        guard (1...1 << 20).contains(snapshotPartBytes) else {
            throw ValidationError("--snapshot-part-bytes is between 1 and 1048576")
        }
        guard (4_096...1 << 30).contains(segmentBytes) else {
            throw ValidationError("--segment-bytes is between 4096 and 1073741824")
        }
        guard snapshotEntries > 0, (1...4_096).contains(snapshotMebibytes) else {
            throw ValidationError(
                "--snapshot-entries is at least 1, --snapshot-mebibytes between 1 and 4096")
        }
    }

    /// The node's options.
    ///
    /// - Throws: `TransportSecurity.Failure`.
    func options() throws(TransportSecurity.Failure) -> NodeOptions {
        var options = NodeOptions(
            id: ServerID(id), clients: clients,
            servers: Dictionary(uniqueKeysWithValues: servers.map { ($0.id, $0.address) }))
        options.cluster = cluster
        options.electionTimeout = electionTimeout.duration
        options.heartbeat = heartbeat.duration
        options.hasLeases = leases
        options.mostEntries = mostEntries
        options.snapshotEntries = snapshotEntries
        options.snapshotBytes = snapshotMebibytes << 20
        options.snapshotPartBytes = snapshotPartBytes
        options.segmentBytes = segmentBytes
        options.trailingEntries = trailingEntries
        options.hasFollowerReads = followerReads
        options.mostClients = mostClients
        options.idleTimeout = idleTimeout.duration
        options.security = try certificates.security()
        return options
    }
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
public struct Milliseconds: ExpressibleByArgument {
    /// How long.
    public let duration: Duration

    /// A time.
    public init(_ duration: Duration) { self.duration = duration }

    /// A number with `ms` or `s` behind it.
    public init?(argument: String) {
        if argument.hasSuffix("ms"), let number = Int(argument.dropLast(2)), number > 0,
            number <= 1 << 40
        {
            duration = .milliseconds(number)
        } else if argument.hasSuffix("s"), let number = Int(argument.dropLast()), number > 0,
            number <= 1 << 30
        {
            duration = .seconds(number)
        } else {
            return nil
        }
    }

    /// `50ms`.
    public var defaultValueDescription: String {
        "\(Int((duration / .milliseconds(1)).rounded()))ms"
    }
}
