public import Faults
public import Labs
public import Topologies

/// Where faults are injected: what an ``Injection`` needs of a running cluster.
public protocol FaultSite: Sendable {
    /// The network's shape.
    var network: LabNetwork { get }
    /// The time after which a follower without a leader stands for election.
    var electionTimeout: Duration { get }
    /// How strong faults are.
    var intensity: Intensity { get }
    /// The faults that last at present.
    var active: ActiveFaults { get }
    /// The time within which a healed cluster must serve.
    var recoveryTimeout: Duration { get }

    /// The time since the start of the load.
    func now() -> Duration
    /// The process of a node.
    func process(of node: NodeName) -> NodeProcess
    /// Starts a node's process again, with the data that it had.
    func restart(_ node: NodeName) async throws
    /// Waits until a node answers; false if it does not by the deadline.
    func answers(_ node: NodeName, by deadline: ContinuousClock.Instant) async -> Bool
    /// The claimant of the highest term, if any node knows one.
    func leadership() async -> FaultRecord.Leadership?
    /// The links along which a datagram of the harness arrives now.
    func reachable() async -> Set<Link>
    /// Datagrams of the harness sent along a link one after another, as they arrive.
    func probes(_ count: Int, along link: Link) async -> [Prober.Arrival]
    /// How many operations have been invoked on each node so far.
    func invocations() -> [NodeName: Int]
}
