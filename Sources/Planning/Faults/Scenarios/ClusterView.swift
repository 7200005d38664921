public import Topologies

/// What is known of a cluster at a moment: what a scenario decides by.
public struct ClusterView: Hashable, Sendable {
    /// What a node is.
    public enum Role: String, Hashable, Sendable {
        /// It takes itself for the leader.
        case leader
        /// It stands for election.
        case candidate
        /// It gets the log without a vote.
        case learner
        /// Anything else.
        case follower
    }

    /// One node.
    public struct Member: Hashable, Sendable {
        /// Whether its process runs: neither dead nor frozen.
        public var isRunning = true
        /// What it said that it is; nil if it did not answer.
        public var role: Role?
        /// Its term, as it last said.
        public var term: Int?
        /// The term in which it last said that it leads.
        ///
        /// A node that is frozen or silent still
        /// leads as far as anybody knows; one that says otherwise, or whose process ended, does not.
        public var claim: Int?
        /// The last index that it had applied, as it last said.
        public var applied: UInt64?
        /// The last index that its snapshot covered, as it last said.
        public var snapshot: UInt64?
        /// Writes of its clients that have been acknowledged.
        public var acknowledged = 0

        /// A node of which nothing is known yet.
        public init() {}
    }

    /// Who leads.
    public struct Leader: Hashable, Sendable {
        /// The claimant of the highest term.
        public let name: NodeName
        /// That term.
        public let term: Int
    }

    /// Since the start of the load.
    public var time: Duration
    /// Each node.
    public var members: [NodeName: Member]
    /// Operations that wait for an answer.
    public var waiting = 0
    /// Nodes that a fault has for itself.
    public var taken: Set<NodeName> = []
    /// What has become of strikes.
    public var strikes: [StrikeID: StrikePhase] = [:]

    /// A cluster of which nothing is known yet.
    public init(time: Duration, nodes: [NodeName]) {
        self.time = time
        members = Dictionary(uniqueKeysWithValues: nodes.map { ($0, Member()) })
    }

    /// The claimant of the highest term, if there is one.
    public var leader: Leader? {
        members.compactMap { name, member in member.claim.map { Leader(name: name, term: $0) } }
            .max { ($0.term, $1.name) < ($1.term, $0.name) }
    }

    /// The nodes by number.
    public var nodes: [NodeName] { members.keys.sorted() }

    /// Whether no strike lasts, and all nodes have served since the last healing.
    public var isQuiet: Bool { strikes.values.allSatisfy(\.isOver) }

    /// What a part of a scenario sees: its own strikes under its own numbers.
    func within(_ part: Int) -> ClusterView {
        var view = self
        view.strikes = [:]
        for (id, phase) in strikes where id.path.first == part {
            view.strikes[StrikeID(path: Array(id.path.dropFirst()))] = phase
        }
        return view
    }
}

/// A strike's place in its scenario: the number of each part, from the outermost.
public struct StrikeID: Hashable, Sendable {
    /// The numbers.
    public let path: [Int]

    /// A place.
    public init(path: [Int]) { self.path = path }
}

/// What has become of a strike.
public enum StrikePhase: Hashable, Sendable {
    /// It is being injected.
    case starting
    /// It lasts, since then.
    case lasting(since: Duration)
    /// It is being undone.
    case healing
    /// It has been undone, and not all nodes serve yet.
    case recovering
    /// It is over.
    case over
    /// It could not be had.
    case refused(String)

    /// Whether nothing of it is left.
    public var isOver: Bool {
        switch self {
        case .over, .refused: true
        case .starting, .lasting, .healing, .recovering: false
        }
    }

    /// Whether it has been undone, or never was.
    public var isHealed: Bool {
        switch self {
        case .recovering, .over, .refused: true
        case .starting, .lasting, .healing: false
        }
    }
}
