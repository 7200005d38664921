/// What happened in simulations: a simulator under which nothing happens proves nothing.
public struct Coverage: Hashable, Sendable, CustomStringConvertible {
    /// Times a server began to lead.
    public var elections = 0
    /// Times it was another one than before.
    public var leaderChanges = 0
    /// Snapshots installed on a follower.
    public var snapshotInstalls = 0
    /// Changes of members that were committed.
    public var membershipChanges = 0
    /// Crashes in the middle of keeping several entries.
    public var tornTails = 0
    /// Crashes that lost what was to be kept.
    public var lostWrites = 0
    /// Restarts with what had been kept.
    public var restarts = 0
    /// Entries committed.
    public var committed = 0
    /// Operations of clients that succeeded.
    public var operations = 0
    /// Of those, reads answered by a follower.
    public var followerReads = 0
    /// Of those, reads answered under a lease.
    public var leaseReads = 0
    /// Commands that were in the log twice and applied once.
    public var repeatedCommands = 0

    /// Times in which nothing went wrong, and the cluster recovered.
    public var quietTimes = 0
    /// The most events that one pass took.
    public var largestPass = 0
    /// Reads and writes given to a leader that another one had replaced.
    public var askedDeposed = 0

    /// Nothing yet.
    public init() {}

    /// Each count with its name.
    public var counts: [(name: String, count: Int)] {
        [
            ("elections", elections), ("leader changes", leaderChanges),
            ("snapshot installs", snapshotInstalls), ("membership changes", membershipChanges),
            ("torn tails", tornTails), ("lost writes", lostWrites), ("restarts", restarts),
            ("committed entries", committed), ("operations", operations),
            ("follower reads", followerReads), ("lease reads", leaseReads),
            ("repeated commands", repeatedCommands), ("quiet times", quietTimes),
            ("events in the largest pass", largestPass),
            ("operations at deposed leaders", askedDeposed),
        ]
    }

    /// Two together.
    public static func + (one: Coverage, other: Coverage) -> Coverage {
        var sum = one
        sum.elections += other.elections
        sum.leaderChanges += other.leaderChanges
        sum.snapshotInstalls += other.snapshotInstalls
        sum.membershipChanges += other.membershipChanges
        sum.tornTails += other.tornTails
        sum.lostWrites += other.lostWrites
        sum.restarts += other.restarts
        sum.committed += other.committed
        sum.operations += other.operations
        sum.followerReads += other.followerReads
        sum.leaseReads += other.leaseReads
        sum.repeatedCommands += other.repeatedCommands
        sum.quietTimes += other.quietTimes
        sum.largestPass = max(sum.largestPass, other.largestPass)
        sum.askedDeposed += other.askedDeposed
        return sum
    }

    /// A line for each count.
    public var description: String {
        counts.map { "\($0.count) \($0.name)" }.joined(separator: "\n")
    }
}
