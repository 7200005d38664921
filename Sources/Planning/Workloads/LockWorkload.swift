public import Checkers
public import Generators
public import Histories
public import Models
public import Plans

/// Takes and gives back many independent locks that know their owners.
public struct LockWorkload: Workload {
    /// The name that plans use.
    public static let name = "lock"
    /// What it does.
    public static let summary = "acquire and release independent locks with owners"

    /// Locks of a bounded number of operations each, at the plan's rate and length.
    public typealias Load = TimeLimited<Staggered<IndependentKeys<LockOperations>>>

    private let plan: Plan

    /// The workload of a plan.
    public init(_ plan: Plan) { self.plan = plan }

    /// Both.
    public let functions = ["acquire", "release"]

    /// A fresh load.
    public func load() -> Load {
        let count = plan.workload.operationsPerKey
        return plan.paced(plan.independent { _ in LockOperations(count: count) })
    }

    /// One more try to get each lock on every node: of those that were free, one succeeds.
    public func ending(after load: Load) -> FinalOperations {
        FinalOperations("acquire", on: load.inner.inner.keyCount, plan)
    }

    /// Whether each lock's history is linearizable.
    public func check(_ history: History) throws(ModelError) -> Report {
        try Checker(model: MutexModel(hasOwners: true), budget: plan.checker.budget)
            .check(history)
    }
}
