/// What a run does, as a person writes it in YAML; everything but the name has a default.
public struct Plan: Hashable, Sendable, Codable {
    /// What is tested where a plan does not say.
    static let defaultSystem = "raftd"
    /// What clients do where a plan does not say.
    static let defaultWorkload = "register"

    /// The plan's name, which is also its folder's under `results`.
    public var name: String
    /// What is tested; the other keys belong to the system.
    public var system: PlanSection
    /// How many nodes.
    public var nodes: Int
    /// The network's base address; node n has the base's address plus n.
    public var network: String
    /// What clients do; the other keys belong to the workload.
    public var workload: PlanSection
    /// How many workers; each is bound to one node, round-robin, and never fails over.
    public var concurrency: PlanCount
    /// Operations per second that are tried, all workers together.
    public var rate: PlanRate
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
        system = try keys.decode(forKey: .system, default: PlanSection(""))
        if system.name.isEmpty { system.name = Self.defaultSystem }
        nodes = try keys.decode(forKey: .nodes, default: 5)
        network = try keys.decode(forKey: .network, default: "10.77.0.0")
        workload = try keys.decode(forKey: .workload, default: PlanSection(""))
        if workload.name.isEmpty { workload.name = Self.defaultWorkload }
        concurrency = try keys.decode(forKey: .concurrency, default: .twicePerNode)
        rate = try keys.decode(forKey: .rate, default: .perSecond(300))
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

extension PlanCount {
    /// As many as nodes.
    public static let perNode = PlanCount("1n") ?? unreachable()
    /// Twice as many as nodes.
    public static let twicePerNode = PlanCount("2n") ?? unreachable()

    private static func unreachable() -> PlanCount {
        preconditionFailure("a literal of the right form")
    }
}

extension KeyedDecodingContainer {
    func decode<T: Decodable>(forKey key: Key, default value: T) throws -> T {
        try decodeIfPresent(T.self, forKey: key) ?? value
    }
}
