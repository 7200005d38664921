public import Checkers
public import Generators
public import Histories
public import Models
public import Plans

/// Appends to many independent lists, and reads of them.
public struct AppendWorkload: Workload {
    /// The name that plans use.
    public static let name = "append"
    /// What it does.
    public static let summary = "append to independent lists and read them whole"

    /// Lists of a bounded number of operations each, at the plan's rate and length.
    public typealias Load = TimeLimited<Staggered<IndependentKeys<AppendOperations>>>

    private let plan: Plan

    /// The workload of a plan.
    public init(_ plan: Plan) { self.plan = plan }

    /// The operations whose share of the mix is above zero.
    public var functions: [String] {
        [("read", plan.workload.mix.read), ("append", plan.workload.mix.write)]
            .filter { $0.1 > 0 }.map(\.0)
    }

    /// A fresh load.
    public func load() -> Load {
        let workload = plan.workload
        return plan.paced(
            plan.independent { _ in
                AppendOperations(
                    count: workload.operationsPerKey, reads: workload.mix.read,
                    appends: workload.mix.write)
            })
    }

    /// Reads of the lists of the load, each on every node.
    public func ending(after load: Load) -> FinalOperations {
        FinalOperations("read", on: load.inner.inner.keyCount, plan)
    }

    /// Whether each list's history is linearizable.
    public func check(_ history: History) throws(ModelError) -> Report {
        try Checker(model: ListAppend(), budget: plan.checker.budget).check(history)
    }
}
