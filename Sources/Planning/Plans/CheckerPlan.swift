/// How the history is judged.
public struct CheckerPlan: Hashable, Sendable, Codable {
    /// Processor time for one key.
    public var time: PlanDuration
    /// Configurations visited for one key.
    public var configurations: Int
    /// Steps of work for one key.
    public var steps: Int
    /// Mebibytes of the search of one key.
    public var memory: Int

    enum CodingKeys: String, CodingKey, CaseIterable { case time, configurations, steps, memory }

    init() {
        time = PlanDuration(.seconds(60))
        configurations = 100_000_000
        steps = 4_000_000_000
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
        steps = try keys.decode(forKey: .steps, default: steps)
        memory = try keys.decode(forKey: .memory, default: memory)
    }

    /// Refuses limits without bounds.
    ///
    /// - Throws: `PlanError` that begins with the key.
    func validate() throws(PlanError) {
        try PlanError.require(
            (1...Self.mostConfigurations).contains(configurations),
            "checker.configurations: \(configurations) is not between 1 and "
                + "\(Self.mostConfigurations)")
        try PlanError.require(steps >= 1, "checker.steps: \(steps) is less than 1")
        try PlanError.require(
            (1...Self.mostMemory).contains(memory),
            "checker.memory: \(memory) is not between 1 and \(Self.mostMemory) (a tebibyte), in "
                + "mebibytes")
    }

    private static let mostConfigurations = 1_000_000_000_000
    private static let mostMemory = 1_048_576
}
