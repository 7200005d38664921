public import Clients
public import Faults
internal import Foundation
public import Labs
internal import NIOCore
internal import NIOPosix
public import Plans
public import Topologies

/// etcd, through its JSON gateway (<https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/>).
public struct Etcd: System {
    /// The name that plans use.
    public static let name = "etcd"
    /// What it is.
    public static let summary = "etcd 3.4 or later, through its JSON gateway"

    /// The workloads that it can serve.
    public static let workloads: Set<String> = [
        "register", "append", "set", "lock", "lease", "watch", "txn",
    ]

    /// Its keys.
    public static var options: [any PlanKey] {
        [
            CommonOptions.binary, CommonOptions.reads, CommonOptions.electionTimeout,
            CommonOptions.heartbeat, lockTTL, waiters, arguments,
        ]
    }

    static let lockTTL = PlanOption(
        "lock-ttl", default: 2, in: 1...3_600,
        "The time to live of the lease behind each lock, in seconds.")
    static let waiters = PlanOption(
        "waiters", default: LockWaiters.kept,
        "kept, or lapsing: clients that wait for a lock let their leases expire meanwhile.")

    static let arguments = PlanOption<[String]>(
        "arguments", default: [], written: .list([]),
        "More arguments of the program: [--backend-batch-interval=10ms] for example."
    ) { tree throws(PlanRefusal) in try tree.texts() }

    /// The port for clients, on each node's own address.
    static let clientPort = 2379
    private static let peerPort = 2380
    /// Where `make setup-etcd` unpacks Debian's package, which is never installed: that would start it.
    private static let folders = [".tools/usr/bin"]

    private let settings: PlanSettings
    let topology: Topology
    private let binary: String
    private let group: MultiThreadedEventLoopGroup
    let monitor: HTTPLink
    let newcomers = EtcdNewcomers()
    private let workload: String
    private let compaction: EtcdCompaction
    private let revisions = RevisionWatch()

    /// What a plan's settings make of it.
    public static func character(
        of settings: PlanSettings, in plan: Plan
    ) throws(PlanError) -> SystemCharacter {
        var character = SystemCharacter(
            workloads: workloads,
            electionTimeout: settings[CommonOptions.electionTimeout].duration,
            expectsViolation: settings[CommonOptions.reads] == .serializable)
        character.upkeep = [.compact, .defragment]
        character.refusesWipedNodes = true
        character.readmission = .afresh
        return character
    }

    /// etcd as the plan wants it.
    ///
    /// - Throws: `PlanError` if there is no such binary.
    public init(_ setup: SystemSetup) throws {
        settings = setup.settings
        topology = setup.topology
        workload = setup.plan.workload.name
        compaction = EtcdCompaction(arguments: settings[Self.arguments])
        binary = try settings.program(
            "etcd",
            in: Self.folders.map { FileManager.default.currentDirectoryPath + "/" + $0 },
            otherwise: "run `make setup-etcd`, which unpacks Debian's")
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        monitor = HTTPLink(group: group, connections: 8)
    }

    /// `etcd Version: 3.4.23` and where the program is.
    ///
    /// - Throws: `LabError` if the program does not run.
    public func version() async throws -> String {
        let output = try await Program(path: binary).run(["--version"])
        let version = output.split(separator: "\n").first.map(String.init) ?? "unknown"
        let here = FileManager.default.currentDirectoryPath + "/"
        let place = binary.hasPrefix(here) ? String(binary.dropFirst(here.count)) : binary
        return "\(version) (\(place))"
    }

    /// One member of a static cluster.
    public func command(for node: Node, folder: String) -> NodeCommand {
        let known = newcomers.cluster(of: node.name)
        let peers = known ?? topology.nodes.map { "\($0.name)=\(peer(of: $0))" }
        let (client, own) = (base(of: node), peer(of: node))
        return NodeCommand(
            executable: binary,
            arguments: [
                "--name", "\(node.name)", "--data-dir", folder + "/data",
                "--listen-peer-urls", own, "--initial-advertise-peer-urls", own,
                "--listen-client-urls", client, "--advertise-client-urls", client,
                "--initial-cluster", peers.joined(separator: ","),
                "--initial-cluster-state", known == nil ? "new" : "existing",
                "--initial-cluster-token", "whitewater",
                "--heartbeat-interval", "\(milliseconds(settings[CommonOptions.heartbeat]))",
                "--election-timeout", "\(milliseconds(settings[CommonOptions.electionTimeout]))",
                "--logger", "zap", "--log-level", "warn",
            ] + settings[Self.arguments])
    }

    private func milliseconds(_ duration: PlanDuration) -> Int {
        Int((duration.duration / .milliseconds(1)).rounded())
    }

    /// A client of the plan's workload, with connections of its own.
    public func client(of node: Node, for worker: Worker) -> any Client {
        // A client that waits for a lock keeps its lease alive beside that.
        let link = HTTPLink(group: group, connections: workload == "lock" ? 3 : 1)
        let gateway = EtcdGateway(
            of: "\(node.name)", base: base(of: node), link: link, revisions: revisions)
        switch workload {
        case "lock":
            return EtcdLockClient(
                gateway, timeToLive: settings[Self.lockTTL], waiters: settings[Self.waiters])
        case "lease": return EtcdLeaseClient(gateway)
        case "watch": return EtcdWatchClient(gateway)
        case "append": return EtcdListClient(gateway)
        case "set": return EtcdSetClient(gateway)
        case "txn": return EtcdTransactionClient(gateway, isSerializable: isSerializable)
        default: return EtcdClient(gateway, isSerializable: isSerializable)
        }
    }

    private var isSerializable: Bool { settings[CommonOptions.reads] == .serializable }

    /// What clients have seen of revisions that cannot be.
    public var contradictions: [SystemContradiction] { revisions.contradictions }

    func base(of node: Node) -> String { "http://\(node.address):\(Self.clientPort)" }

    func peer(of node: Node) -> String { "http://\(node.address):\(Self.peerPort)" }

    /// What the node's status endpoint says, which answers without a leader too.
    public func status(of node: Node) async -> NodeStatus? {
        guard let status = await EtcdStatus(of: base(of: node), monitor), let term = status.term
        else { return nil }
        // etcd sets the term that it tells when it applies an entry: who has just been elected, and
        // has not applied its own first entry yet, tells an older one.
        var said = NodeStatus(
            isLeader: status.isLeader, term: term, termIsRaftsOwn: false,
            snapshot: status.applied.flatMap { compaction.dropped(afterApplying: $0) })
        said.appliedIndex = status.applied
        return said
    }

    /// Revision and hash at an applied index that did not move meanwhile.
    public func stateAtRest(of node: Node) async -> StateAtRest.Answer {
        guard let before = await EtcdStatus(of: base(of: node), monitor)?.applied,
            let hash = await EtcdHash(of: peer(of: node), monitor),
            await EtcdStatus(of: base(of: node), monitor)?.applied == before
        else { return .silence }
        return .state(StateAtRest(index: before, parts: hash.parts))
    }

    /// Has a node compact up to its revision of now, or write its database anew.
    public func perform(_ work: Upkeep, on node: Node) async -> UpkeepAnswer {
        await EtcdUpkeep.perform(work, at: base(of: node), monitor)
    }

    /// Whether a linearizable read of a missing key is answered.
    public func serves(_ node: Node) async -> Bool {
        let reply = try? await monitor.post(
            base(of: node) + "/v3/kv/range", ["key": EtcdGateway.encoded("whitewater")],
            timeout: .seconds(1))
        return reply?.status == 200
    }

    /// What Go and etcd's logger write when they give up.
    public var panicPatterns: [String] { ["panic:", "\"level\":\"fatal\"", "\"level\":\"panic\""] }

    /// Ends the connections and the threads that serve them.
    ///
    /// - Throws: what the HTTP library throws.
    public func close() async throws {
        try await monitor.close()
        try await group.shutdownGracefully()
    }
}

/// `{}`.
struct Empty: Encodable {}
