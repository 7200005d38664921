public import Generators
internal import Models
public import Plans

/// Additions to many independent sets that only grow, and reads of them.
public struct SetWorkload: Workload {
    /// The name that plans use.
    public static let name = "set"
    /// What it does.
    public static let summary = "add to independent sets and read them whole"

    static let mix = PlanOption.mix(["read": 2, "write": 1])
    /// Its keys.
    public static var options: [any PlanKey] { [mix] }

    /// Sets of a bounded number of operations each, at the plan's rate and length.
    public typealias Load = TimeLimited<Staggered<IndependentKeys<AppendOperations>>>

    /// How large the load is.
    public let shape: LoadShape
    private let weights: PlanWeights

    /// The workload with what a plan says of it.
    public init(_ settings: PlanSettings, shape: LoadShape) throws(PlanError) {
        self.shape = shape
        weights = settings[Self.mix]
    }

    /// The operations whose share of the mix is above zero.
    public var functions: [(name: String, share: Double)] {
        weights.shares(of: ["read", "write"]).map { $0.name == "write" ? ("add", $0.share) : $0 }
    }

    /// A fresh load.
    public func load() -> Load {
        let (count, weights) = (shape.operationsPerKey, weights)
        return shape.paced(
            shape.independent { _ in
                AppendOperations(
                    "add", count: count, reads: weights["read"], appends: weights["write"])
            })
    }

    /// Reads of the sets of the load, each on every node.
    public func ending(after load: Load) -> FinalOperations {
        FinalOperations("read", on: load.inner.inner.keyCount, shape)
    }

    /// Whether each set's history is linearizable.
    public var checks: [any Check] {
        [LinearizabilityCheck(GrowOnlySet(), budget: shape.budget)]
    }
}
