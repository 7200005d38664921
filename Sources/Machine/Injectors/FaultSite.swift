public import Clocks
public import Faults
public import Labs
public import Topologies

/// Where faults are injected: what injectors need of a running cluster.
public protocol FaultSite: Sendable {
    /// The network and its shape.
    var network: LabNetwork { get }
    /// The time after which a follower without a leader stands for election.
    var electionTimeout: Duration { get }
    /// The faults that last at present.
    var active: ActiveFaults { get }

    /// The nodes' disks.
    var disks: NodeDisks { get }
    /// What has been done to the nodes' data.
    var damage: DamageBook { get }

    /// The time since the start of the load.
    func now() -> Duration
    /// The processes of a node.
    func process(of node: NodeName) -> NodeProcesses
    /// The clocks of a node; nil if the plan moves none.
    func clock(of node: NodeName) -> NodeClock?
    /// The folder of a node, with its data in `data`.
    func folder(of node: NodeName) -> String
    /// Whether a node answers a request that a majority must agree to.
    func serves(_ node: NodeName) async -> Bool
    /// Starts what does not run of a node's processes again, with the data that it had.
    func restart(_ node: NodeName) async throws
    /// Whether a node with an empty folder may serve under its old name.
    var wipedNodesMayServe: Bool { get }
    /// Whether a node that was removed ends, and comes back as a new member with an empty folder.
    var readmitsAfresh: Bool { get }
    /// Has the cluster change its members, or its leader; returns when that is so.
    ///
    /// - Returns: what was seen of it.
    func change(
        _ change: MemberChange, within limit: Duration
    ) async throws(MemberChangeError) -> String
    /// Asks a node for a work of its own, and waits for its answer.
    func perform(_ work: Upkeep, on node: NodeName) async -> UpkeepAnswer
    /// The links along which a datagram of the harness arrives now.
    func reachable() async -> Set<Link>
    /// Datagrams of the harness sent along a link one after another, as they arrive.
    func probes(_ count: Int, along link: Link) async -> [Prober.Arrival]
    /// How many operations have been invoked on each node so far, or are waiting there.
    func invocations() -> [NodeName: Int]
    /// How many operations wait for an answer of each node at present.
    func waiting() -> [NodeName: Int]
    /// How many writes have been acknowledged so far, by any node.
    func acknowledgedWrites() -> Int
}

extension FaultSite {
    /// Refuses nodes of which a process has ended by itself, or the one of that name.
    ///
    /// - Throws: `InjectionError.notRunning` for the first of them.
    func requireRunning(_ nodes: [NodeName], _ name: ProcessName? = nil) async throws {
        for node in nodes {
            if case .down = await process(of: node).state(of: name) {
                throw InjectionError.notRunning(node)
            }
        }
    }

    /// Refuses more nodes than a majority can do without.
    ///
    /// - Throws: `InjectionError.tooMany`.
    func requireMinority(_ nodes: [NodeName]) throws {
        guard nodes.count * 2 < network.topology.names.count else {
            throw InjectionError.tooMany(nodes)
        }
    }
}
