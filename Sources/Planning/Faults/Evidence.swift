/// What an effect showed by the time it was undone.
public struct Evidence: Hashable, Sendable {
    /// The demands and what was seen.
    public var checks: [FaultRecord.Check]
    /// What was seen on each link that was cut.
    public var links: [FaultRecord.LinkEvidence]

    /// What was seen.
    public init(_ checks: [FaultRecord.Check] = [], links: [FaultRecord.LinkEvidence] = []) {
        self.checks = checks
        self.links = links
    }

    /// What everything that takes memory or disk away demands: that there was something to lose.
    public static func acknowledged(_ count: Int) -> FaultRecord.Check {
        FaultRecord.Check(
            "a write had been acknowledged before", count > 0, "\(count) had been")
    }
}
