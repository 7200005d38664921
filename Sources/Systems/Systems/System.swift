public import Clients
public import Labs
public import Plans
public import Topologies

/// How to start the nodes of a system and how to talk to them.
public protocol System: Sendable {
    /// The name that plans use.
    static var name: String { get }
    /// What it is, in one line.
    static var summary: String { get }
    /// The workloads that its clients can perform.
    static var workloads: Set<String> { get }

    /// The system of a plan on a network.
    ///
    /// - Throws: `PlanError` or `LabError` if it cannot be run: no binary, for example.
    init(_ plan: Plan, topology: Topology) throws

    /// The program and its version, as it says itself.
    func version() async throws -> String
    /// How to start a node, for the first time or again with the data that it had.
    func command(for node: Node, folder: String) -> NodeCommand
    /// A client of a node for one logical process.
    func client(of node: Node) -> any Client
    /// What a node says of itself; nil if it does not answer in time.
    func status(of node: Node) async -> NodeStatus?
    /// Whether a node serves: it answers a linearizable read.
    func serves(_ node: Node) async -> Bool
    /// A log line with one of these in it is a finding.
    var panicPatterns: [String] { get }
    /// Ends everything that the system holds open.
    func close() async throws
}

/// What a node says of itself.
public struct NodeStatus: Hashable, Sendable {
    /// Whether it takes itself for the leader.
    public let isLeader: Bool
    /// Its term.
    public let term: Int
    /// What it has applied, if it says so.
    public let applied: Applied?

    /// A state machine's state, in short.
    public struct Applied: Hashable, Sendable {
        /// The index of the last entry that was applied.
        public let index: UInt64
        /// A hash of the state: at an equal index it is equal on every node.
        public let hash: UInt64

        /// A state.
        public init(index: UInt64, hash: UInt64) {
            self.index = index
            self.hash = hash
        }
    }

    /// A node's own view.
    public init(isLeader: Bool, term: Int, applied: Applied? = nil) {
        self.isLeader = isLeader
        self.term = term
        self.applied = applied
    }
}

/// The systems that plans can name.
public enum SystemCatalog {
    /// Every system, in the order of `whitewater list systems`.
    public static let all: [any System.Type] = [Raftd.self, Etcd.self]

    /// The type of the system that a plan names.
    ///
    /// - Throws: `PlanError` with the nearest word if there is none of that name.
    public static func type(of plan: Plan) throws(PlanError) -> any System.Type {
        guard let type = all.first(where: { $0.name == plan.system.name }) else {
            throw PlanError(
                "system.name: "
                    + NearestWord.refusal(
                        of: plan.system.name, what: "system", known: all.map { $0.name }))
        }
        guard type.workloads.contains(plan.workload.name) else {
            throw PlanError(
                "workload.name: \(plan.system.name) does not offer \(plan.workload.name); it has "
                    + type.workloads.sorted().joined(separator: ", "))
        }
        return type
    }
}
