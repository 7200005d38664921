public import Generators
internal import Models
public import Plans

/// Takes and gives back many independent locks that know their owners.
public struct LockWorkload: Workload {
    /// The name that plans use.
    public static let name = "lock"
    /// What it does.
    public static let summary = "acquire and release independent locks with owners"

    static let hold = PlanOption<PlanRange?>(
        optional: "hold",
        "How long a lock is held before it is released, beside the time until the next operation.")
    static let strays = PlanOption(
        "stray-releases", default: 0, in: 0...90,
        "Of a hundred operations of workers that do not hold a lock, so many release it all the same."
    )
    /// Its keys.
    public static var options: [any PlanKey] { [hold, strays] }

    /// Locks of a bounded number of operations each, at the plan's rate and length.
    public typealias Load = TimeLimited<Staggered<IndependentKeys<LockOperations>>>

    /// How large the load is.
    public let shape: LoadShape
    private let hold: ClosedRange<Duration>
    private let strays: Double

    /// The workload with what a plan says of it.
    public init(_ settings: PlanSettings, shape: LoadShape) throws(PlanError) {
        self.shape = shape
        hold = settings[Self.hold]?.range ?? .zero...(.zero)
        strays = Double(settings[Self.strays]) / 100
    }

    /// Both, each as often as the other succeeds.
    public let functions = [(name: "acquire", share: 0.5), (name: "release", share: 0.5)]

    /// A fresh load.
    public func load() -> Load {
        let (count, hold, strays) = (shape.operationsPerKey, hold, strays)
        return shape.paced(
            shape.independent { _ in LockOperations(count: count, hold: hold, strays: strays) })
    }

    /// One more try to get each lock on every node: of those that were free, one succeeds.
    public func ending(after load: Load) -> FinalOperations {
        FinalOperations("acquire", on: load.inner.inner.keyCount, shape)
    }

    /// Whether each lock's history is linearizable, and where locks have leases, whether two were
    /// held at once.
    public var checks: [any Check] {
        [LeasedLockCheck(budget: shape.budget), LockHoldsCheck()]
    }
}
