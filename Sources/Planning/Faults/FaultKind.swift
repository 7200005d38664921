/// A kind of fault, by the name that a user types.
public enum FaultKind: Hashable, Sendable {
    /// The network is cut.
    case partition(Partition)
    /// Packets are lost in part, held, or slowed down.
    case traffic(Traffic)
    /// Processes get SIGKILL, and start again later with the same data.
    case kill(Target)
    /// Processes get SIGSTOP, and SIGCONT later.
    case pause(Target)

    /// How the network is cut.
    public enum Partition: String, Hashable, Sendable, CaseIterable {
        /// One node from all others.
        case one
        /// Two sides as equal as can be.
        case halves
        /// A bare majority from the rest.
        case majority
        /// Less than a third of the nodes (one of five) from the rest.
        case minorityThird = "minority-third"
        /// Every node sees a majority, but no two see the same one.
        case majoritiesRing = "majorities-ring"
        /// Two sides that only one node in between can reach.
        case bridge
        /// The leader from all others.
        case isolateLeader = "isolate-leader"

        /// Fewer nodes cannot be cut this way.
        public var leastNodes: Int {
            switch self {
            case .one, .halves, .isolateLeader: 2
            case .majority, .minorityThird, .bridge: 3
            case .majoritiesRing: 4
            }
        }
    }

    /// Which packets are lost or late.
    public enum Traffic: String, Hashable, Sendable, CaseIterable {
        /// Between one node and all others, in one direction only.
        case oneWay = "one-way"
        /// Between all nodes, at random.
        case flaky
        /// From one node to its clients and peers: it hears, but its answers are lost.
        case replies
        /// Between one node and its clients, the cluster whole.
        case clients
        /// All of one node's pass a narrow link.
        case slow
        /// All of one node's come later.
        case delay
        /// Some of one node's come later than those behind them.
        case reorder

        /// Whether packets of one node are late rather than lost: two such faults on the same
        /// node would be in each other's way.
        public var isLate: Bool {
            switch self {
            case .slow, .delay, .reorder: true
            case .oneWay, .flaky, .replies, .clients: false
            }
        }
    }

    /// Which processes are hit.
    public enum Target: String, Hashable, Sendable, CaseIterable {
        /// One node.
        case one
        /// As many as the rest can do without.
        case minority
        /// One more than a minority.
        case majority
        /// Every node.
        case all
        /// The claimant of the highest term.
        case leader
    }

    /// Every kind, partitions first.
    public static let all: [FaultKind] =
        Partition.allCases.map(FaultKind.partition) + Traffic.allCases.map(FaultKind.traffic)
        + Target.allCases.map(FaultKind.kill) + Target.allCases.map(FaultKind.pause)

    /// The name that a user types: `halves`, `kill-leader`, `pause-one`.
    public var name: String {
        switch self {
        case .partition(let partition): partition.rawValue
        case .traffic(let traffic): traffic.rawValue
        case .kill(let target): "kill-\(target.rawValue)"
        case .pause(let target): "pause-\(target.rawValue)"
        }
    }

    /// Whether a node can have only one fault of this kind and its like at a time.
    public var isExclusive: Bool {
        switch self {
        case .partition: false
        case .traffic(let traffic): traffic.isLate
        case .kill, .pause: true
        }
    }

    /// The family that it belongs to: `partition`, `traffic`, `kill` or `pause`.
    public var family: String {
        switch self {
        case .partition: "partition"
        case .traffic: "traffic"
        case .kill: "kill"
        case .pause: "pause"
        }
    }

    /// What it does, for `whitewater list faults`.
    public var summary: String {
        switch self {
        case .partition(let partition): partition.summary
        case .traffic(let traffic): traffic.summary
        case .kill(let target): "SIGKILL \(target.summary); restart with the same data"
        case .pause(let target): "SIGSTOP \(target.summary); SIGCONT later"
        }
    }

    /// Whether it can only be aimed once a leader is known.
    public var needsLeader: Bool {
        switch self {
        case .partition(let partition): partition == .isolateLeader
        case .traffic: false
        case .kill(let target), .pause(let target): target == .leader
        }
    }

    /// Fewer nodes cannot be hit this way.
    public var leastNodes: Int {
        switch self {
        case .partition(let partition): partition.leastNodes
        case .traffic: 2
        case .kill, .pause: 1
        }
    }
}

extension FaultKind.Partition {
    fileprivate var summary: String {
        switch self {
        case .one: "cut one node from all others"
        case .halves: "cut the cluster into two sides as equal as can be"
        case .majority: "cut a bare majority from the rest"
        case .minorityThird: "cut less than a third of the nodes from the rest"
        case .majoritiesRing: "every node sees a majority, no two the same one"
        case .bridge: "two sides that only one node in between, not the leader, can reach"
        case .isolateLeader: "cut the leader from all others"
        }
    }
}

extension FaultKind.Traffic {
    fileprivate var summary: String {
        switch self {
        case .oneWay: "lose what one node sends to all others, or what they send to it"
        case .flaky: "lose packets between all nodes at random (faults.loss)"
        case .replies: "lose what one node sends to clients and peers; it still hears them"
        case .clients: "cut one node from its clients, not from its peers"
        case .slow: "squeeze all that one node sends and receives (faults.rate)"
        case .delay: "deliver all that one node sends and receives late (faults.delay)"
        case .reorder: "deliver a share of one node's packets late (faults.reorder, faults.delay)"
        }
    }
}

extension FaultKind.Target {
    fileprivate var summary: String {
        switch self {
        case .one: "one node"
        case .minority: "as many nodes as the rest can do without"
        case .majority: "one node more than a minority"
        case .all: "every node"
        case .leader: "the claimant of the highest term"
        }
    }
}

/// What a plan asks for: one kind, or a family from which a schedule draws.
public struct FaultRequest: Hashable, Sendable, CustomStringConvertible {
    /// The name that the user typed.
    public let name: String
    /// The kinds that it stands for.
    public let kinds: [FaultKind]

    /// The names of families.
    public static let families = ["partition", "traffic", "kill", "pause"]
    /// Every name that can be asked for.
    public static let names = families + FaultKind.all.map(\.name)

    /// The request of this name; nil if there is none.
    ///
    /// A family stands for those of its kinds that so many nodes allow.
    public init?(_ name: String, nodes: Int) {
        let kinds = FaultKind.all.filter { kind in
            kind.name == name || kind.family == name && kind.leastNodes <= nodes
        }
        guard !kinds.isEmpty else { return nil }
        self.name = name
        self.kinds = kinds
    }

    /// The name.
    public var description: String { name }
}
