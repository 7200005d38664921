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
