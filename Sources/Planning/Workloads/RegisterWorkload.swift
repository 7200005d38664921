public import Checkers
public import Generators
public import Histories
public import Models
public import Plans

/// Reads, writes and compare-and-sets over many independent registers.
public struct RegisterWorkload: Workload {
    /// The name that plans use.
    public static let name = "register"
    /// What it does.
    public static let summary = "read, write and compare-and-set over independent registers"

    /// Registers of a bounded number of operations each, at the plan's rate and length.
    public typealias Load = TimeLimited<Staggered<IndependentKeys<RegisterOperations>>>

    private let plan: Plan

    /// The workload of a plan.
    public init(_ plan: Plan) { self.plan = plan }

    /// The operations whose share of the mix is above zero.
    public var functions: [String] {
        let mix = plan.workload.mix
        return [("read", mix.read), ("write", mix.write), ("cas", mix.cas)]
            .filter { $0.1 > 0 }.map(\.0)
    }

    /// A fresh load.
    public func load() -> Load {
        let workload = plan.workload
        let mix = RegisterOperations.Mix(
            read: workload.mix.read, write: workload.mix.write, compareAndSet: workload.mix.cas)
        return plan.paced(
            plan.independent { _ in
                RegisterOperations(
                    count: workload.operationsPerKey, mix: mix,
                    values: workload.uniqueValues ? .unique : .below(workload.values))
            })
    }

    /// Reads of the registers of the load, each on every node.
    public func ending(after load: Load) -> FinalOperations {
        FinalOperations("read", on: load.inner.inner.keyCount, plan)
    }

    /// Whether each register's history is linearizable.
    public func check(_ history: History) throws(ModelError) -> Report {
        try Checker(model: Register(), budget: plan.checker.budget).check(history)
    }
}
