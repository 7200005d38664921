public import Generators
internal import Histories
public import Plans

/// Makes leases and keeps them alive.
public struct LeaseWorkload: Workload {
    /// The name that plans use.
    public static let name = "lease"
    /// What it does.
    public static let summary = "make leases and keep them alive; none may be lost before its time"

    static let timeToLive = PlanOption(
        "ttl", default: 3, in: 1...3_600, "The time to live of each lease, in seconds.")
    static let leases = PlanOption(
        "leases", default: 10, in: 1...10_000, "How many leases are kept alive at a time, per key.")
    /// Its keys.
    public static var options: [any PlanKey] { [timeToLive, leases] }

    /// Leases of a bounded number of operations each, at the plan's rate and length.
    public typealias Load = TimeLimited<Staggered<IndependentKeys<LeaseOperations>>>

    /// How large the load is.
    public let shape: LoadShape
    private let timeToLive: Int
    private let leases: Int

    /// The workload with what a plan says of it.
    public init(_ settings: PlanSettings, shape: LoadShape) throws(PlanError) {
        self.shape = shape
        timeToLive = settings[Self.timeToLive]
        leases = settings[Self.leases]
    }

    /// Leases are made once, and again where they are lost: only renewals have a share.
    public let functions = [(name: "renew", share: 0.5)]

    /// A fresh load; each lease is renewed four times in its life.
    public func load() -> Load {
        let (count, leases, timeToLive) = (shape.operationsPerKey, leases, timeToLive)
        return shape.paced(
            shape.independent { _ in
                LeaseOperations(
                    count: count, leases: leases, timeToLive: timeToLive,
                    interval: .seconds(timeToLive) / 4)
            })
    }

    /// Nothing: what was not lost so far has passed.
    public func ending(after load: Load) -> NothingMore { NothingMore() }

    /// Whether a lease was lost before its time.
    public var checks: [any Check] { [LeaseCheck()] }
}
