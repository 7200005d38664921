public import Raft
public import WireNIO

/// How a node runs.
public struct NodeOptions: Sendable {
    /// A host and a port.
    public struct Address: Hashable, Sendable, CustomStringConvertible {
        /// A name, or a number.
        public let host: String
        /// The TCP port.
        public let port: Int

        /// An address.
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// `127.0.0.1:7001`.
        public var description: String { "\(host):\(port)" }
    }

    /// Which server it is.
    public var id: ServerID
    /// The cluster's name; servers of another one are not let in.
    public var cluster = "raftd"
    /// Where clients are answered.
    public var clients: Address
    /// Where the servers are that it can talk to, itself among them.
    public var servers: [ServerID: Address]
    /// A follower that hears nothing for this long, and up to twice that, campaigns.
    public var electionTimeout = Duration.milliseconds(300)
    /// A leader says something at least so often.
    public var heartbeat = Duration.milliseconds(50)
    /// Whether a leader answers reads under a lease, which trusts the clocks.
    public var hasLeases = false
    /// At most so many entries go to another server in one message.
    public var mostEntries = 1_024
    /// After so many entries the state is saved, and older entries go.
    public var snapshotEntries: UInt64 = 100_000
    /// The state is saved as well after so many bytes of entries.
    public var snapshotBytes = 64 << 20
    /// A snapshot goes to another server in parts of so many bytes.
    public var snapshotPartBytes = 1 << 18
    /// The log goes on in a new file after so many bytes.
    public var segmentBytes = 64 << 20
    /// So many entries stay behind a snapshot for followers that are a little late.
    public var trailingEntries: UInt64 = 10_000

    /// At most so many clients are connected at a time; fewer where descriptors would not suffice.
    public var mostClients = 4_096
    /// A client that asks nothing for so long is disconnected.
    public var idleTimeout = Duration.seconds(600)
    /// Who may speak, and with what proof; nil for everybody, on networks that can be trusted.
    public var security: TransportSecurity?
    /// Whether followers answer linearizable reads, with the leader's read index.
    public var hasFollowerReads = true

    /// A node with defaults for the rest.
    public init(id: ServerID, clients: Address, servers: [ServerID: Address]) {
        self.id = id
        self.clients = clients
        self.servers = servers
    }

    /// The length of a tick: time is counted in fifths of a heartbeat.
    var tick: Duration { max(heartbeat / 5, .milliseconds(1)) }

    /// The core's options, in ticks.
    var raft: Options {
        var options = Options()
        options.heartbeatTicks = max(1, Int((heartbeat / tick).rounded()))
        options.electionTicks = max(
            2 * options.heartbeatTicks, Int((electionTimeout / tick).rounded()))
        options.mostEntries = mostEntries
        options.snapshotPartSize = snapshotPartBytes
        // A quarter less than the election timeout: clocks do not drift apart by that much in it.
        if hasLeases { options.leaseTicks = options.electionTicks * 3 / 4 }
        return options
    }
}
