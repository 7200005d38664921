public import Generators
internal import Models
public import Plans

/// Takes and gives back many independent locks that know their owners.
public struct LockWorkload: Workload {
    /// The name that plans use.
    public static let name = "lock"
    /// What it does.
    public static let summary = "acquire and release independent locks with owners"
    /// None of its own.
    public static var options: [any PlanKey] { [] }

    /// Locks of a bounded number of operations each, at the plan's rate and length.
    public typealias Load = TimeLimited<Staggered<IndependentKeys<LockOperations>>>

    /// How large the load is.
    public let shape: LoadShape

    /// The workload with what a plan says of it.
    public init(_ settings: PlanSettings, shape: LoadShape) throws(PlanError) {
        self.shape = shape
    }

    /// Both, each as often as the other succeeds.
    public let functions = [(name: "acquire", share: 0.5), (name: "release", share: 0.5)]

    /// A fresh load.
    public func load() -> Load {
        let count = shape.operationsPerKey
        return shape.paced(shape.independent { _ in LockOperations(count: count) })
    }

    /// One more try to get each lock on every node: of those that were free, one succeeds.
    public func ending(after load: Load) -> FinalOperations {
        FinalOperations("acquire", on: load.inner.inner.keyCount, shape)
    }

    /// Whether each lock's history is linearizable.
    public var checks: [any Check] {
        [LinearizabilityCheck(MutexModel(hasOwners: true), budget: shape.budget)]
    }
}
