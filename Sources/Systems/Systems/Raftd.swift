public import Clients
internal import Foundation
public import Labs
internal import NIOCore
internal import NIOPosix
public import Plans
internal import Synchronization
public import Topologies
internal import Wire
internal import WireNIO

/// `raftd`, Whitewater's own Raft, through its binary protocol (the module `Wire`).
public struct Raftd: System {
    /// The name that plans use.
    public static let name = "raftd"
    /// What it is.
    public static let summary = "Whitewater's own Raft node, built with it"
    /// The workloads that it can serve.
    public static let workloads: Set<String> = ["register", "append", "lock"]

    /// Its keys.
    public static var options: [any PlanKey] {
        [
            CommonOptions.binary, CommonOptions.reads, CommonOptions.electionTimeout,
            CommonOptions.heartbeat, mostEntries, snapshotEntries, snapshotPartBytes,
            segmentBytes, trailingEntries, leases,
            followerReads, slowDisk, sessions,
        ]
    }

    static let snapshotEntries = PlanOption(
        "snapshot-entries", default: 100_000, in: 1...1_000_000_000,
        "A node saves its state after so many entries.")
    static let snapshotPartBytes = PlanOption(
        "snapshot-part-bytes", default: 1 << 18, in: 1...1 << 20,
        "A node sends its state to another one in parts of so many bytes.")
    static let segmentBytes = PlanOption(
        "segment-bytes", default: 64 << 20, in: 4_096...1 << 30,
        "A node goes on with its log in a new file after so many bytes.")
    static let trailingEntries = PlanOption(
        "trailing-entries", default: 10_000, in: 0...1_000_000_000,
        "So many entries stay behind a saved state, for followers that are a little late.")
    static let mostEntries = PlanOption(
        "most-entries", default: 1_024, in: 1...1_000_000,
        "A node sends another one at most so many entries in one message.")
    static let followerReads = PlanOption(
        "follower-reads", default: true,
        "Whether followers answer linearizable reads, as of the leader's read index.")
    static let slowDisk = PlanOption<PlanDuration?>(
        optional: "slow-disk", "Each sync of the disk takes so much longer.")
    static let leases = PlanOption(
        "leases", default: false,
        "Whether the leader answers reads under a lease, which trusts the clocks.")

    static let sessions = PlanOption(
        "sessions", default: false,
        "Whether clients open sessions, and send a command again until they know what came of it.")

    /// The port for clients, on each node's own address.
    static let clientPort = 7_100
    private static let peerPort = 7_200
    static let patience = Duration.milliseconds(500)

    private let settings: PlanSettings
    private let topology: Topology
    private let binary: String
    private let group: MultiThreadedEventLoopGroup
    let monitors: [NodeName: RaftdLink]
    private let owners = OwnerNumbers()

    /// What a plan's settings make of it.
    public static func character(
        of settings: PlanSettings, in plan: Plan
    ) throws(PlanError) -> SystemCharacter {
        var character = SystemCharacter(
            workloads: workloads,
            electionTimeout: settings[CommonOptions.electionTimeout].duration,
            expectsViolation: settings[CommonOptions.reads] == .serializable)
        character.refusesWipedNodes = true
        character.readmission = .withItsLog
        character.asksBeforeElections = true
        character.leadersCountAnswers = true
        return character
    }

    /// raftd as the plan wants it.
    ///
    /// - Throws: `PlanError` if there is no such binary.
    public init(_ setup: SystemSetup) throws {
        settings = setup.settings
        topology = setup.topology
        // The one that was built with this program, before any other.
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = URL(filePath: own).deletingLastPathComponent().appending(path: "raftd").path
        let isBuilt = FileManager.default.isExecutableFile(atPath: beside)
        binary =
            isBuilt && settings[CommonOptions.binary] == nil
            ? beside : try settings.program("raftd", otherwise: "run `make build`, which builds it")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.group = group
        monitors = Dictionary(
            uniqueKeysWithValues: topology.nodes.map {
                ($0.name, RaftdLink(to: $0, on: group))
            })
    }

    /// `raftd 0.1.0`.
    ///
    /// - Throws: `LabError` if the program does not run.
    public func version() async throws -> String {
        try await Program(path: binary).run(["--version"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// One server of a cluster of all nodes.
    public func command(for node: Node, folder: String) -> NodeCommand {
        let servers = topology.nodes.flatMap {
            ["--server", "\($0.name.number)=\($0.address):\(Self.peerPort)"]
        }
        return NodeCommand(
            executable: binary,
            arguments: [
                "run", "--id", "\(node.name.number)", "--folder", folder + "/data",
                "--clients", "\(node.address):\(Self.clientPort)",
                "--election-timeout", milliseconds(settings[CommonOptions.electionTimeout]),
                "--heartbeat", milliseconds(settings[CommonOptions.heartbeat]),
                "--most-entries", "\(settings[Self.mostEntries])",
                "--snapshot-entries", "\(settings[Self.snapshotEntries])",
                "--snapshot-part-bytes", "\(settings[Self.snapshotPartBytes])",
                "--segment-bytes", "\(settings[Self.segmentBytes])",
                "--trailing-entries", "\(settings[Self.trailingEntries])",
            ] + switches + servers)
    }

    private var switches: [String] {
        var switches = settings[Self.leases] ? ["--leases"] : []
        if !settings[Self.followerReads] { switches.append("--no-follower-reads") }
        if let slow = settings[Self.slowDisk] {
            switches += ["--slow-disk", milliseconds(slow)]
        }
        return switches
    }

    private func milliseconds(_ duration: PlanDuration) -> String {
        "\(Int((duration.duration / .milliseconds(1)).rounded()))ms"
    }

    /// A client with a connection of its own, and a name of its own for locks.
    public func client(of node: Node, for worker: Worker) -> any Client {
        RaftdClient(
            RaftdLink(to: node, on: group), owner: owners.next(),
            consistency: settings[CommonOptions.reads] == .serializable ? .local : .linearizable,
            inSession: settings[Self.sessions])
    }

    /// What the node's status says, which answers without a leader too.
    public func status(of node: Node) async -> NodeStatus? {
        guard let link = monitors[node.name],
            case .status(let status)? = try? await link.send(.status, timeout: Self.patience)
        else { return nil }
        return Self.nodeStatus(status)
    }

    static func nodeStatus(_ status: ServerStatus) -> NodeStatus {
        func applied(_ state: AppliedState) -> NodeStatus.Applied {
            .init(index: state.index, hash: state.stateHash, log: state.logDigest)
        }
        var result = NodeStatus(
            isLeader: status.role == .leader, term: Int(clamping: status.term),
            termIsRaftsOwn: true, applied: applied(status.state), snapshot: status.snapshot)
        result.commit = status.commit
        result.recent = status.recent.map(applied)
        result.role =
            switch status.role {
            case .leader: .leader
            case .candidate: .candidate
            case .follower: status.learners.contains(status.id) ? .learner : .follower
            }
        return result
    }

    /// Whether a linearizable read of a missing key is answered.
    public func serves(_ node: Node) async -> Bool {
        guard let link = monitors[node.name],
            case .answer? = try? await link.send(
                .read(key: Array("whitewater".utf8), .linearizable), timeout: .seconds(1))
        else { return false }
        return true
    }

    /// Whether a comparison with what a missing key does not hold is answered, through the log.
    public func accepts(_ node: Node) async -> Bool {
        let key = Array("whitewater".utf8)
        guard let link = monitors[node.name],
            case .answer(.mismatch)? = try? await link.send(
                .command(
                    .call(key: key, .compareAndSet(expected: key, new: key), nil), .forward),
                timeout: .seconds(1))
        else { return false }
        return true
    }

    /// What Swift writes when it gives up, in release builds too, and how raftd says that it cannot
    /// go on.
    public var panicPatterns: [String] { Self.panicPatterns }

    static let panicPatterns = [
        "Fatal error", "Swift runtime failure", "*** Signal ", "*** Program crashed",
        " critical raftd",
    ]

    /// Ends the connections and the threads that serve them.
    ///
    /// - Throws: what the network library throws.
    public func close() async throws {
        for link in monitors.values { await link.close() }
        try await group.shutdownGracefully()
    }
}

/// Gives each client a number by which it owns locks.
private final class OwnerNumbers: Sendable {
    private let last = Mutex<UInt64>(0)

    func next() -> UInt64 {
        last.withLock { last in
            last += 1
            return last
        }
    }
}

/// The way to one node: a connection that is made when it is needed, and made again when it was
/// lost.
actor RaftdLink {
    private let node: Node
    private let group: MultiThreadedEventLoopGroup
    private var connection: Connection?

    init(to node: Node, on group: MultiThreadedEventLoopGroup) {
        self.node = node
        self.group = group
    }

    func send(
        _ body: Request.Body, timeout: Duration
    ) async throws(Connection.Failure) -> Reply.Body {
        let deadline = ContinuousClock.now + timeout
        let open: Connection
        if let connection, connection.isOpen {
            open = connection
        } else {
            open = try await Connection.open(
                host: "\(node.address)", port: Raftd.clientPort, on: group, timeout: timeout)
            connection = open
        }
        return try await open.send(body, timeout: deadline - .now)
    }

    func close() async {
        await connection?.close()
        connection = nil
    }
}
