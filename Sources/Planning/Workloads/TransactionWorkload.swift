public import Generators
internal import Histories
public import Plans

/// Transactions that read and write several keys at once.
public struct TransactionWorkload: Workload {
    /// The name that plans use.
    public static let name = "txn"
    /// What it does.
    public static let summary =
        "transactions over several keys, judged by replay in the order of revisions"

    static let keys = PlanOption(
        "keys", default: 6, in: 2...10_000, "How many keys there are in each folder.")
    static let steps = PlanOption(
        "steps", default: 4, in: 1...100,
        "How many keys a transaction reads at most, and how many it writes.")
    /// Its keys.
    public static var options: [any PlanKey] { [keys, steps] }

    /// Folders of a bounded number of transactions each, at the plan's rate and length.
    public typealias Load = TimeLimited<Staggered<IndependentKeys<TransactionOperations>>>

    /// How large the load is.
    public let shape: LoadShape
    private let keys: Int
    private let steps: Int

    /// The workload with what a plan says of it.
    public init(_ settings: PlanSettings, shape: LoadShape) throws(PlanError) {
        self.shape = shape
        keys = settings[Self.keys]
        steps = settings[Self.steps]
    }

    /// Every operation of the load is a transaction.
    public let functions = [(name: "txn", share: 1.0)]

    /// A fresh load.
    public func load() -> Load {
        let (count, keys, steps) = (shape.operationsPerKey, keys, steps)
        return shape.paced(
            shape.independent { _ in
                TransactionOperations(count: count, keys: keys, most: steps)
            })
    }

    /// A read of each whole folder, on every node.
    public func ending(after load: Load) -> FinalOperations {
        FinalOperations("read", on: load.inner.inner.keyCount, shape)
    }

    /// Whether a replay in the order of revisions explains every read.
    public var checks: [any Check] { [TransactionCheck()] }
}
