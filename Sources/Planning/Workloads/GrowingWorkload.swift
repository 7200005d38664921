public import Generators
public import Models
public import Plans

/// An object that only grows, by elements that are added once each, and is read whole.
public protocol GrowingObject: Sendable {
    /// What it may do.
    associatedtype Object: Model & Sendable
    /// The name of its workload.
    static var name: String { get }
    /// What its workload does.
    static var summary: String { get }
    /// The operation that adds an element.
    static var addition: String { get }
    /// What a history of one is judged by.
    static var model: Object { get }
}

/// A list that is appended to.
public enum AppendedList: GrowingObject {
    /// The name of its workload.
    public static let name = "append"
    /// What its workload does.
    public static let summary = "append to independent lists and read them whole"
    /// The operation that adds an element.
    public static let addition = "append"
    /// What a history of one is judged by.
    public static var model: ListAppend { ListAppend() }
}

/// A set that is added to.
public enum GrownSet: GrowingObject {
    /// The name of its workload.
    public static let name = "set"
    /// What its workload does.
    public static let summary = "add to independent sets and read them whole"
    /// The operation that adds an element.
    public static let addition = "add"
    /// What a history of one is judged by.
    public static var model: GrowOnlySet { GrowOnlySet() }
}

/// Appends to many independent lists, and reads of them.
public typealias AppendWorkload = GrowingWorkload<AppendedList>
/// Additions to many independent sets, and reads of them.
public typealias SetWorkload = GrowingWorkload<GrownSet>

/// In a generic type nothing static can be stored.
private let mix = PlanOption.mix(["read": 2, "write": 1])

/// Additions to many independent objects that only grow, and reads of them.
public struct GrowingWorkload<Growing: GrowingObject>: Workload {
    /// The name that plans use.
    public static var name: String { Growing.name }
    /// What it does.
    public static var summary: String { Growing.summary }
    /// Its keys.
    public static var options: [any PlanKey] { [mix] }

    /// Objects of a bounded number of operations each, at the plan's rate and length.
    public typealias Load = TimeLimited<Staggered<IndependentKeys<AppendOperations>>>

    /// How large the load is.
    public let shape: LoadShape
    private let weights: PlanWeights

    /// The workload with what a plan says of it.
    public init(_ settings: PlanSettings, shape: LoadShape) throws(PlanError) {
        self.shape = shape
        weights = settings[mix]
    }

    /// The operations whose share of the mix is above zero.
    public var functions: [(name: String, share: Double)] {
        weights.shares(of: ["read", "write"]).map {
            $0.name == "write" ? (Growing.addition, $0.share) : $0
        }
    }

    /// A fresh load.
    public func load() -> Load {
        let (count, weights) = (shape.operationsPerKey, weights)
        return shape.paced(
            shape.independent { _ in
                AppendOperations(
                    Growing.addition, count: count, reads: weights["read"],
                    appends: weights["write"])
            })
    }

    /// Reads of the objects of the load, each on every node.
    public func ending(after load: Load) -> FinalOperations {
        FinalOperations("read", on: load.inner.inner.keyCount, shape)
    }

    /// Whether each object's history is linearizable.
    public var checks: [any Check] {
        [LinearizabilityCheck(Growing.model, budget: shape.budget)]
    }
}
