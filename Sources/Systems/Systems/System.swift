public import Clients
public import Faults
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
    /// The keys that it has in a plan's section `system`.
    static var options: [any PlanKey] { get }

    /// What a plan's settings make of the system; refuses settings that contradict each other.
    ///
    /// Looks at nothing but the plan, for it is asked before there is a lab.
    ///
    /// - Throws: `PlanError` that begins with the key.
    static func character(of settings: PlanSettings, in plan: Plan) throws(PlanError)
        -> SystemCharacter

    /// The system of a plan on a network.
    ///
    /// - Throws: `PlanError` or `LabError` if it cannot be run: no binary, for example.
    init(_ setup: SystemSetup) throws

    /// The program and its version, as it says itself.
    func version() async throws -> String
    /// How to start a node, for the first time or again with the data that it had.
    ///
    /// - Throws: `PlanError` or a Foundation error if the node's files cannot be written.
    func command(for node: Node, folder: String) throws -> NodeCommand
    /// How to start a node's processes, in their order, if there are several: one for each that the
    /// character names.
    ///
    /// - Throws: as ``command(for:folder:)``.
    func processes(for node: Node, folder: String) throws -> [ProcessStart]
    /// What has to be done once, when all nodes have been started for the first time and before
    /// any of them is waited for.
    ///
    /// - Throws: an error that says what was tried, if it cannot be done within the time.
    func prepare(within time: Duration) async throws
    /// A client of a node for a logical process in a worker's place.
    func client(of node: Node, for worker: Worker) -> any Client
    /// What a node says of itself; nil if it does not answer in time.
    func status(of node: Node) async -> NodeStatus?
    /// What a node says that it holds while nobody writes.
    func stateAtRest(of node: Node) async -> StateAtRest.Answer
    /// What clients have seen so far that nodes cannot have said if all were well.
    var contradictions: [SystemContradiction] { get }
    /// Asks a node for a work of its own; only for those that its character has.
    func perform(_ work: Upkeep, on node: Node) async -> UpkeepAnswer
    /// Whether a node serves: it answers a linearizable read.
    func serves(_ node: Node) async -> Bool
    /// Whether commands go through the node's log: it is asked for one that changes nothing.
    func accepts(_ node: Node) async -> Bool
    /// Why the node did not serve when it was last asked, in a sentence without an end; nil if
    /// nobody knows.
    func refusal(of node: Node) -> String?
    /// Has the cluster change its members, or its leader; returns when that is so.
    ///
    /// Asked only of systems whose character says that they can.
    ///
    /// - Returns: what was seen of it.
    func change(
        _ change: MemberChange, within limit: Duration
    ) async throws(MemberChangeError) -> String
    /// A log line with one of these in it is a finding.
    var panicPatterns: [String] { get }
    /// Ends everything that the system holds open.
    func close() async throws
}

extension System {
    /// Cannot be told so.
    public func change(
        _ change: MemberChange, within limit: Duration
    ) async throws(MemberChangeError) -> String {
        throw .unsupported(change)
    }

    /// All of the system's workloads, and the timeout of ``CommonOptions/electionTimeout``.
    public static func character(
        of settings: PlanSettings, in plan: Plan
    ) throws(PlanError) -> SystemCharacter {
        SystemCharacter(
            workloads: workloads, electionTimeout: settings[CommonOptions.electionTimeout].duration)
    }

    /// Nothing: most clients compare no replies with each other.
    public var contradictions: [SystemContradiction] { [] }

    /// Refuses: most systems do all by themselves.
    public func perform(_ work: Upkeep, on node: Node) async -> UpkeepAnswer {
        .refused("it has no such work")
    }

    /// The hash that its status has, if it has one.
    public func stateAtRest(of node: Node) async -> StateAtRest.Answer {
        guard let status = await status(of: node) else { return .silence }
        guard let applied = status.applied else { return .unsaid }
        return .state(StateAtRest(index: applied.index, parts: ["state": "\(applied.hash)"]))
    }

    /// The one that its command starts.
    public func processes(for node: Node, folder: String) throws -> [ProcessStart] {
        [ProcessStart(try command(for: node, folder: folder))]
    }

    /// Nothing: most clusters form by themselves.
    public func prepare(within time: Duration) async throws {}

    /// Taken for granted: most systems are not asked.
    public func accepts(_ node: Node) async -> Bool { true }

    /// Nothing: what a node writes to its log has to do.
    public func refusal(of node: Node) -> String? { nil }
}

/// What the harness must know of a system before there is one.
public struct SystemCharacter: Hashable, Sendable {
    /// The workloads that its clients can perform.
    public var workloads: Set<String>
    /// The time after which a follower without a leader stands for election: faults that are to
    /// cause an election must last longer.
    public var electionTimeout: Duration
    /// Whether a violation is expected: reads may be stale by request, for example.
    public var expectsViolation: Bool
    /// How a node that was removed is let in again.
    public enum Readmission: Hashable, Sendable {
        /// It cannot be told here who belongs to it and who leads (`System.change`).
        case never
        /// Its process goes on, and it is let in with the log that it has.
        case withItsLog
        /// Its process ends; it comes back as a new member, with an empty folder.
        case afresh
    }

    /// How a node that was removed is let in again.
    public var readmission = Readmission.never
    /// Whether it keeps out a node that comes back under its old name with an empty folder, which has
    /// forgotten its votes: only then may a plan ask for that.
    public var refusesWipedNodes = false
    /// Whether its candidates ask first whether they would have a chance (pre-vote, Raft
    /// dissertation §9.6), so that a node that is cut off leaves its term alone.
    public var asksBeforeElections = false
    /// Whether its leaders step down when no majority answers them any more (check quorum, Raft
    /// dissertation §6.2).
    public var leadersCountAnswers = false
    /// The works that its nodes do when they are asked.
    public var upkeep: Set<Upkeep> = []
    /// The processes of a node in the order of their starts, if there are several.
    public var processes: [ProcessName] = []

    /// A system's character.
    public init(
        workloads: Set<String>, electionTimeout: Duration, expectsViolation: Bool = false
    ) {
        self.workloads = workloads
        self.electionTimeout = electionTimeout
        self.expectsViolation = expectsViolation
    }
}

/// What a system is set up with.
public struct SystemSetup: Sendable {
    /// What the plan says of it.
    public let settings: PlanSettings
    /// The whole plan.
    public let plan: Plan
    /// The folder of the plan, in which relative programs are looked for.
    public let planFolder: String
    /// The network.
    public let topology: Topology
    /// The run's folder, for logs; nil where there is no run.
    public let runFolder: String?

    /// Everything that a system is set up with.
    public init(
        settings: PlanSettings, plan: Plan, planFolder: String, topology: Topology,
        runFolder: String? = nil
    ) {
        self.settings = settings
        self.plan = plan
        self.planFolder = planFolder
        self.topology = topology
        self.runFolder = runFolder
    }
}

/// What a node says of itself.
public struct NodeStatus: Hashable, Sendable {
    /// Whether it takes itself for the leader.
    public let isLeader: Bool
    /// Its term, or that of the last entry that it has applied; nil if the system tells neither.
    public let term: Int?
    /// Whether the term is Raft's own, read at one moment with whether it leads.
    ///
    /// Only then does it contradict another leader's of the same term, or fall. A page that is put
    /// together from parts may name a new leader beside the term of the last one.
    public let termIsRaftsOwn: Bool
    /// What it has applied, if it says so.
    public var applied: Applied? { didSet { appliedIndex = applied?.index ?? appliedIndex } }
    /// The index of the last entry that it has applied, if it says that at least.
    public var appliedIndex: UInt64?
    /// The last index of which it has only a snapshot, if that is known.
    public let snapshot: UInt64?
    /// Up to where it knows entries to be committed, if it says so.
    public var commit: UInt64?
    /// What it is beside or instead of the leader, if it says so.
    public var role: Role?
    /// What it had applied at earlier indexes, in their order.
    public var recent: [Applied] = []

    /// What a node can be.
    public enum Role: Hashable, Sendable {
        /// It leads.
        case leader
        /// It stands for election.
        case candidate
        /// It gets the log without a vote.
        case learner
        /// Anything else.
        case follower
    }

    /// A state machine's state, in short.
    public struct Applied: Hashable, Sendable {
        /// The index of the last entry that was applied.
        public let index: UInt64
        /// A hash of the state: at an equal index it is equal on every node.
        public let hash: UInt64
        /// A digest of all entries up to there, with their terms, if it says so.
        public let log: UInt64?

        /// A state.
        public init(index: UInt64, hash: UInt64, log: UInt64? = nil) {
            self.index = index
            self.hash = hash
            self.log = log
        }
    }

    /// A node's own view.
    public init(
        isLeader: Bool, term: Int?, termIsRaftsOwn: Bool = false, applied: Applied? = nil,
        snapshot: UInt64? = nil
    ) {
        self.termIsRaftsOwn = termIsRaftsOwn
        self.snapshot = snapshot
        self.isLeader = isLeader
        self.term = term
        self.applied = applied
        appliedIndex = applied?.index
    }
}
