/// What a run does, as a person writes it in YAML; everything but the name has a default.
public struct Plan: Hashable, Sendable, Codable {
    /// The plan's name, which is also its folder's under `results`.
    public var name: String
    /// What is tested.
    public var system: SystemPlan
    /// How many nodes.
    public var nodes: Int
    /// The network's base address; node n has the base's address plus n.
    public var network: String
    /// What clients do.
    public var workload: WorkloadPlan
    /// How many workers; each is bound to one node, round-robin, and never fails over.
    public var concurrency: PlanCount
    /// Operations per second that are tried, all workers together.
    public var rate: Double
    /// How long the load lasts.
    public var timeLimit: PlanDuration
    /// After this time an operation's outcome is unknown.
    public var operationTimeout: PlanDuration
    /// After this time a healed cluster that does not serve is a finding.
    public var recoveryTimeout: PlanDuration
    /// What is done to the cluster.
    public var faults: FaultPlan
    /// How the history is judged.
    public var checker: CheckerPlan
    /// The seed of everything that is drawn; drawn itself if the plan has none.
    public var seed: UInt64?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, system, nodes, network, workload, concurrency, rate
        case timeLimit = "time-limit"
        case operationTimeout = "operation-timeout"
        case recoveryTimeout = "recovery-timeout"
        case faults, checker, seed
    }

    /// Reads a plan and fills in the defaults.
    ///
    /// - Throws: `DecodingError` for the first value that is none.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        name = try keys.decode(String.self, forKey: .name)
        system = try keys.decode(forKey: .system, default: SystemPlan())
        nodes = try keys.decode(forKey: .nodes, default: 5)
        network = try keys.decode(forKey: .network, default: "10.77.0.0")
        workload = try keys.decode(forKey: .workload, default: WorkloadPlan())
        concurrency = try keys.decode(forKey: .concurrency, default: .twicePerNode)
        rate = try keys.decode(forKey: .rate, default: 300)
        timeLimit = try keys.decode(forKey: .timeLimit, default: PlanDuration(.seconds(60)))
        operationTimeout = try keys.decode(
            forKey: .operationTimeout, default: PlanDuration(.seconds(1)))
        recoveryTimeout = try keys.decode(
            forKey: .recoveryTimeout, default: PlanDuration(.seconds(30)))
        faults = try keys.decode(forKey: .faults, default: FaultPlan())
        checker = try keys.decode(forKey: .checker, default: CheckerPlan())
        seed = try keys.decodeIfPresent(UInt64.self, forKey: .seed)
    }
}

/// What is tested, and how it is started.
public struct SystemPlan: Hashable, Sendable, Codable {
    /// Which system, one of `whitewater list systems`.
    public var name: String
    /// The program; found by its name where the plan has none.
    public var binary: String?
    /// `linearizable`, or `serializable` to read what one node holds, stale or not.
    public var reads: ReadConsistency
    /// The system's election timeout.
    public var electionTimeout: PlanDuration
    /// The leader's heartbeat interval.
    public var heartbeat: PlanDuration

    /// What a read asks for.
    public enum ReadConsistency: String, Hashable, Sendable, Codable, CaseIterable {
        /// The value after everything that was acknowledged.
        case linearizable
        /// What the node asked happens to hold.
        case serializable
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, binary, reads
        case electionTimeout = "election-timeout"
        case heartbeat
    }

    init() {
        name = "raftd"
        reads = .linearizable
        electionTimeout = PlanDuration(.milliseconds(300))
        heartbeat = PlanDuration(.milliseconds(50))
    }

    /// Reads the section, or the system's name alone, and fills in the defaults.
    ///
    /// - Throws: `DecodingError` for the first value that is none.
    public init(from decoder: any Decoder) throws {
        self.init()
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            name = word
            return
        }
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        name = try keys.decode(forKey: .name, default: name)
        binary = try keys.decodeIfPresent(String.self, forKey: .binary)
        reads = try keys.decode(forKey: .reads, default: reads)
        electionTimeout = try keys.decode(forKey: .electionTimeout, default: electionTimeout)
        heartbeat = try keys.decode(forKey: .heartbeat, default: heartbeat)
    }
}

/// What clients do.
public struct WorkloadPlan: Hashable, Sendable, Codable {
    /// Which workload, one of `whitewater list workloads`.
    public var name: String
    /// How many operations a key gets before the next one starts.
    public var operationsPerKey: Int
    /// How many workers share a key.
    public var workersPerKey: PlanCount
    /// Whether no value is written twice to a key.
    public var uniqueValues: Bool
    /// How many values there are, if they are not unique.
    public var values: Int
    /// How often each operation comes, relative to the others.
    public var mix: Mix
    /// Fewer successes of an operation than this make a run inconclusive.
    public var leastSuccesses: Int

    /// How often each operation comes, relative to the others.
    public struct Mix: Hashable, Sendable, Codable {
        /// Reads.
        public var read: Int
        /// Writes; appends in the workload `append`.
        public var write: Int
        /// Compare-and-sets.
        public var cas: Int

        enum CodingKeys: String, CodingKey, CaseIterable { case read, write, cas }

        init() {
            read = 2
            write = 1
            cas = 1
        }

        /// Reads the section; an operation that is not named does not come.
        ///
        /// - Throws: `DecodingError` for a weight that is no number.
        public init(from decoder: any Decoder) throws {
            let keys = try decoder.container(keyedBy: CodingKeys.self)
            read = try keys.decode(forKey: .read, default: 0)
            write = try keys.decode(forKey: .write, default: 0)
            cas = try keys.decode(forKey: .cas, default: 0)
        }
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name
        case operationsPerKey = "operations-per-key"
        case workersPerKey = "workers-per-key"
        case uniqueValues = "unique-values"
        case values, mix
        case leastSuccesses = "least-successes"
    }

    init() {
        name = "register"
        operationsPerKey = 200
        workersPerKey = .perNode
        uniqueValues = true
        values = 5
        mix = Mix()
        leastSuccesses = 10
    }

    /// Reads the section and fills in the defaults.
    ///
    /// - Throws: `DecodingError` for the first value that is none.
    public init(from decoder: any Decoder) throws {
        self.init()
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            name = word
            return
        }
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        name = try keys.decode(forKey: .name, default: name)
        operationsPerKey = try keys.decode(forKey: .operationsPerKey, default: operationsPerKey)
        workersPerKey = try keys.decode(forKey: .workersPerKey, default: workersPerKey)
        uniqueValues = try keys.decode(forKey: .uniqueValues, default: uniqueValues)
        values = try keys.decode(forKey: .values, default: values)
        mix = try keys.decode(forKey: .mix, default: mix)
        leastSuccesses = try keys.decode(forKey: .leastSuccesses, default: leastSuccesses)
    }
}

/// What is done to the cluster, and when.
public struct FaultPlan: Hashable, Sendable, Codable {
    /// Names of kinds or families, of `whitewater list faults`.
    public var kinds: [String]
    /// Quiet before the first fault.
    public var first: PlanDuration
    /// From the start of one fault to the start of the next.
    public var every: PlanDuration
    /// How long a fault lasts.
    public var length: PlanDuration
    /// Whether a fault may begin while others last; healing one leaves the others.
    public var overlap: Bool
    /// The share of packets that `flaky` loses, between 0 and 1.
    public var loss: Double
    /// By how much `delay` and `reorder` hold packets, each way.
    public var delay: PlanDuration
    /// The share of packets that `reorder` holds, between 0 and 1.
    public var reorder: Double
    /// What `slow` lets through, each way.
    public var rate: PlanBitRate

    enum CodingKeys: String, CodingKey, CaseIterable {
        case kinds, first, every, length, overlap, loss, delay, reorder, rate
    }

    init() {
        kinds = []
        first = PlanDuration(.seconds(2))
        every = PlanDuration(.seconds(6))
        length = PlanDuration(.seconds(3))
        overlap = false
        loss = 0.2
        delay = PlanDuration(.milliseconds(100))
        reorder = 0.25
        rate = PlanBitRate(bitsPerSecond: 256_000)
    }

    /// Reads the section and fills in the defaults.
    ///
    /// - Throws: `DecodingError` for the first value that is none.
    public init(from decoder: any Decoder) throws {
        self.init()
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        kinds = try keys.decode(forKey: .kinds, default: kinds)
        first = try keys.decode(forKey: .first, default: first)
        every = try keys.decode(forKey: .every, default: every)
        length = try keys.decode(forKey: .length, default: length)
        overlap = try keys.decode(forKey: .overlap, default: overlap)
        loss = try keys.decode(forKey: .loss, default: loss)
        delay = try keys.decode(forKey: .delay, default: delay)
        reorder = try keys.decode(forKey: .reorder, default: reorder)
        rate = try keys.decode(forKey: .rate, default: rate)
    }
}

/// How the history is judged.
public struct CheckerPlan: Hashable, Sendable, Codable {
    /// Wall-clock time for one key.
    public var time: PlanDuration
    /// Configurations visited for one key.
    public var configurations: Int
    /// Mebibytes of the search of one key.
    public var memory: Int

    enum CodingKeys: String, CodingKey, CaseIterable { case time, configurations, memory }

    init() {
        time = PlanDuration(.seconds(60))
        configurations = 100_000_000
        memory = 2_048
    }

    /// Reads the section and fills in the defaults.
    ///
    /// - Throws: `DecodingError` for the first value that is none.
    public init(from decoder: any Decoder) throws {
        self.init()
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        time = try keys.decode(forKey: .time, default: time)
        configurations = try keys.decode(forKey: .configurations, default: configurations)
        memory = try keys.decode(forKey: .memory, default: memory)
    }
}

extension PlanCount {
    static let perNode = PlanCount("1n") ?? unreachable()
    static let twicePerNode = PlanCount("2n") ?? unreachable()

    private static func unreachable() -> PlanCount {
        preconditionFailure("a literal of the right form")
    }
}

extension KeyedDecodingContainer {
    func decode<T: Decodable>(forKey key: Key, default value: T) throws -> T {
        try decodeIfPresent(T.self, forKey: key) ?? value
    }
}
