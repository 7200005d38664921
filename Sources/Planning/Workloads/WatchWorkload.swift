public import Generators
internal import Histories
public import Plans

/// Watches keys while they are put, deleted and compacted.
public struct WatchWorkload: Workload {
    /// The name that plans use.
    public static let name = "watch"
    /// What it does.
    public static let summary =
        "watch keys that are put, deleted and compacted; no event may be lost"

    static let keys = PlanOption(
        "keys", default: 5, in: 1...10_000, "How many keys there are in each folder.")
    static let window = PlanOption(
        "window", default: PlanDuration(.milliseconds(500)),
        "How long a watch lasts before it stops, to go on later.")
    /// Its keys.
    public static var options: [any PlanKey] { [keys, window] }

    /// Folders of a bounded number of operations each, at the plan's rate and length.
    public typealias Load = TimeLimited<Staggered<IndependentKeys<WatchOperations>>>

    /// How large the load is.
    public let shape: LoadShape
    private let keys: Int
    private let window: Duration

    /// The workload with what a plan says of it.
    public init(_ settings: PlanSettings, shape: LoadShape) throws(PlanError) {
        self.shape = shape
        keys = settings[Self.keys]
        window = settings[Self.window].duration
    }

    /// Compactions come only behind deletions, and deletions find a key only now and then.
    public let functions = [(name: "watch", share: 0.1), (name: "put", share: 0.1)]

    /// A fresh load.
    public func load() -> Load {
        let (count, keys, window) = (shape.operationsPerKey, keys, window)
        return shape.paced(
            shape.independent { _ in
                WatchOperations(count: count, keys: keys, window: window)
            })
    }

    /// A watch of each folder from the first revision that is still known, on every node.
    public func ending(after load: Load) -> FinalOperations {
        FinalOperations("watch", on: load.inner.inner.keyCount, shape)
    }

    /// Whether watches told what had happened, all of it, once and in order.
    public var checks: [any Check] { [WatchCheck()] }
}
