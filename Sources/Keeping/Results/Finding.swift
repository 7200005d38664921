public import Topologies

/// Something beside linearizability that is wrong with the system.
public struct Finding: Codable, Hashable, Sendable {
    /// What was found.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// A process ended that nobody had killed.
        case unaskedExit = "unasked-exit"
        /// A log says that the program gave up.
        case panic
        /// A node did not serve in time after the last healing.
        case notServing = "not-serving"
        /// A node's state differs from another's that has applied the same entries.
        case divergedState = "diverged-state"
        /// A node's committed entries differ from another's up to the same index.
        case divergedLog = "diverged-log"
        /// Nodes elected again and again though nothing disturbed them.
        case endlessElections = "endless-elections"
        /// Two nodes said that they led in the same term.
        case twoLeaders = "two-leaders"
        /// A node went on leading though nothing kept it from hearing a later leader.
        case stubbornLeader = "stubborn-leader"
        /// A node's term, or what it had applied in one life, fell.
        case wentBackward = "went-backward"
        /// A node served under the name of one that remembered, though it could not.
        case servedWiped = "served-wiped"
        /// A node served what it has in damaged files, as if they were whole.
        case servedDamaged = "served-damaged"
        /// A reply made no sense.
        case nonsense
        /// A check of the workload beside linearizability.
        case check

        /// The kind in plain words.
        public var words: String {
            switch self {
            case .unaskedExit: "ended, though nobody had killed it"
            case .panic: "crashed"
            case .notServing: "did not serve again"
            case .divergedState: "holds another state than the others"
            case .divergedLog: "holds other committed entries than the others"
            case .endlessElections: "elected again and again though nothing disturbed them"
            case .twoLeaders: "led in a term in which another node led"
            case .stubbornLeader: "went on leading beside a later leader"
            case .wentBackward: "went back to an earlier term or entry"
            case .servedWiped: "served as if it remembered"
            case .servedDamaged: "served damaged files as if they were whole"
            case .nonsense: "gave an answer that makes no sense"
            case .check: "broke a rule of the workload"
            }
        }
    }

    /// What was found.
    public var kind: Kind
    /// On which node; nil if it is about the cluster.
    public var node: NodeName?
    /// What was seen.
    public var detail: String
    /// When, in seconds since the start of the load, if that is known.
    public var time: Double?
    /// What exactly was found, in words that are the same whenever it is found again: `term`,
    /// `lock-exclusion`; nil where the kind says all.
    public var aspect: String?
    /// How many more of the same were found and are not told; nil if none.
    public var others: Int?

    /// Reads the present form, or that of format 2, where a finding about no node was on "-".
    ///
    /// - Throws: `DecodingError` for neither.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let name = try keys.decodeIfPresent(String.self, forKey: .node)
        self.init(
            try keys.decode(Kind.self, forKey: .kind), node: name.flatMap { NodeName($0) },
            detail: try keys.decode(String.self, forKey: .detail),
            time: try keys.decodeIfPresent(Double.self, forKey: .time),
            aspect: try keys.decodeIfPresent(String.self, forKey: .aspect))
        others = try keys.decodeIfPresent(Int.self, forKey: .others)
    }

    /// A finding, on a node if it is about one.
    public init(
        _ kind: Kind, node: NodeName?, detail: String, time: Double? = nil, aspect: String? = nil
    ) {
        self.kind = kind
        self.node = node
        self.detail = detail
        self.time = time
        self.aspect = aspect
    }

    /// The finding in one sentence.
    public var sentence: String {
        // A check accuses an answer, and not the node that gave it.
        guard kind != .check else { return "\(anomaly): \(detail)" }
        return (node.map { "\($0) \(kind.words)" } ?? kind.words) + ": " + detail
    }

    /// What was found, as a noun: `lock without exclusion`, `crash`.
    public var anomaly: String {
        switch kind {
        case .unaskedExit: "exit that nobody had asked for"
        case .panic: "crash"
        case .notServing: "failure to serve again"
        case .divergedState: "diverged state"
        case .divergedLog: "diverged log"
        case .endlessElections: "endless series of elections"
        case .twoLeaders: "second leader of a term"
        case .stubbornLeader: "leader that stayed beside a later one"
        case .wentBackward: backwardStep
        case .servedWiped: "wiped node that served"
        case .servedDamaged: "node that served damaged files"
        case .nonsense: "answer without sense"
        case .check: brokenRule
        }
    }

    /// `term that went back`, `applied entry that went back after a restart`.
    private var backwardStep: String {
        guard let aspect else { return "step backward" }
        guard let place = aspect.firstRange(of: " after ") else {
            return aspect + " that went back"
        }
        return aspect[..<place.lowerBound] + " that went back" + aspect[place.lowerBound...]
    }

    /// What a check of the workload found.
    private var brokenRule: String {
        switch aspect {
        case "holders": "lock without exclusion"
        case "leases": "lease lost too early"
        case "watches": "watch with wrong events"
        default: "broken rule of the workload" + (aspect.map { ", \($0)" } ?? "")
        }
    }
}

/// Why a harness could not do its work.
public struct HarnessFailure: Codable, Hashable, Sendable {
    /// What it leaves of a run's other evidence.
    public enum Kind: String, Codable, Sendable {
        /// The machine ran out of something that nodes need too: disk, memory, descriptors. A node
        /// that ends then proves nothing.
        case exhausted
        /// The stored history ends before the run did; what is there was written in order.
        case tornHistory = "torn-history"
        /// The stored history is not what was counted beside it: it says nothing.
        case foreignHistory = "foreign-history"
        /// Something was said while the run went on that its end does not confirm.
        case unconfirmed
        /// Anything else.
        case other
    }

    /// What it leaves of the other evidence.
    public var kind: Kind
    /// What failed, and what to do.
    public var message: String

    /// A failure in words.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Reads the present form, or the words alone, as runs of format 2 have them.
    ///
    /// - Throws: `DecodingError` for neither.
    public init(from decoder: any Decoder) throws {
        if let words = try? decoder.singleValueContainer().decode(String.self) {
            let isTorn = words.hasPrefix("cannot write ") && words.contains("history.edn")
            self.init(isTorn ? .tornHistory : .other, words)
            return
        }
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try keys.decode(Kind.self, forKey: .kind),
            try keys.decode(String.self, forKey: .message))
    }
}
