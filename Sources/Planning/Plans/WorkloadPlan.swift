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
