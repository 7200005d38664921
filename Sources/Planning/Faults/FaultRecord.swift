public import Topologies

/// What a fault did: the evidence that it bit, or why it is not taken to have.
public struct FaultRecord: Codable, Hashable, Sendable {
    /// One demand of the evidence.
    public struct Check: Codable, Hashable, Sendable {
        /// What had to be the case.
        public var demand: String
        /// Whether it was.
        public var isMet: Bool
        /// What was seen.
        public var detail: String

        /// A demand with what was seen.
        public init(_ demand: String, _ isMet: Bool, _ detail: String) {
            self.demand = demand
            self.isMet = isMet
            self.detail = detail
        }
    }

    /// What was seen on one link of a partition.
    public struct LinkEvidence: Codable, Hashable, Sendable {
        /// The direction.
        public var link: Link
        /// Packets of the nodes' own that were dropped.
        public var droppedPackets: Int
        /// Their bytes.
        public var droppedBytes: Int
        /// Whether a probe of the harness arrived all the same.
        public var probeArrived: Bool

        /// What was seen on a link.
        public init(link: Link, droppedPackets: Int, droppedBytes: Int, probeArrived: Bool) {
            self.link = link
            self.droppedPackets = droppedPackets
            self.droppedBytes = droppedBytes
            self.probeArrived = probeArrived
        }
    }

    /// Who led.
    public struct Leadership: Codable, Hashable, Sendable {
        /// The claimant of the highest term.
        public var leader: NodeName
        /// That term, if nodes tell.
        public var term: Int?

        /// A leader of a term.
        public init(leader: NodeName, term: Int?) {
            self.leader = leader
            self.term = term
        }
    }

    /// The fault's number in the schedule.
    public var number: Int
    /// Its kind, `halves` for example.
    public var kind: FaultName
    /// `partition`, `traffic`, `kill` or `pause`.
    public var family: FaultName
    /// The nodes that it hit.
    public var nodes: [NodeName] = []
    /// The scenario that it was part of, if it had a name.
    public var scenario: FaultName?
    /// When it should have been injected, in seconds since the start of the load.
    public var due: Double?
    /// From then until it was in effect, in seconds.
    public var lateness: Double?
    /// From when it should have been healed until it was, in seconds.
    public var healingLateness: Double?
    /// When it was injected, in seconds since the start of the load.
    public var start = 0.0
    /// When it was healed, in seconds since the start of the load.
    public var end = 0.0
    /// How long injecting it took, in seconds.
    public var injectionTime = 0.0
    /// When every node served again, in seconds since the start of the load; nil if it did not
    /// within its time.
    public var recovered: Double?
    /// Who led before.
    public var before: Leadership?
    /// Who led after the recovery.
    public var after: Leadership?
    /// The links that were cut.
    public var links: [LinkEvidence] = []
    /// The demands and what was seen.
    public var checks: [Check] = []

    /// A record of a fault of which nothing is known yet.
    public init(number: Int, kind: FaultName, family: FaultName) {
        self.number = number
        self.kind = kind
        self.family = family
    }

    /// The demand that a record of a scenario begins with.
    static let point = "the scenario reached its point"

    /// Of a scenario: whether it came to what it is for, a new leader for example, whatever its
    /// faults did then; of any other fault no.
    public var reachedPoint: Bool { checks.contains { $0.demand == Self.point && $0.isMet } }

    /// Whether it certainly bit: there is evidence, and all of it says so.
    public var bit: Bool { !checks.isEmpty && checks.allSatisfy(\.isMet) }

    /// What it did, in one line.
    public var summary: String {
        let unmet = checks.filter { !$0.isMet }.map { "\($0.demand): \($0.detail)" }
        let verdict =
            bit
            ? "took effect"
            : "took no certain effect"
                + (unmet.isEmpty ? "" : " (" + unmet.joined(separator: "; ") + ")")
        return "\(kind) on \(nodes.map(\.description).joined(separator: ", ")): \(verdict)"
    }
}
