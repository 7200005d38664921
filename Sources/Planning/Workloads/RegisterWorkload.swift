public import Generators
internal import Models
public import Plans

/// Reads, writes and compare-and-sets over many independent registers.
public struct RegisterWorkload: Workload {
    /// The name that plans use.
    public static let name = "register"
    /// What it does.
    public static let summary = "read, write and compare-and-set over independent registers"

    static let mix = PlanOption.mix(["read": 2, "write": 1, "cas": 1])
    static let uniqueValues = PlanOption(
        "unique-values", default: true, "Whether no value is written twice to a key.")
    static let values = PlanOption(
        "values", default: 5, in: 2...1_000_000_000,
        "How many values there are, if they are not unique.")
    static let readers = PlanOption<PlanCount?>(
        optional: "readers", "How many of each key's workers do nothing but read.")
    /// Its keys.
    public static var options: [any PlanKey] { [mix, uniqueValues, values, readers] }

    /// Registers of a bounded number of operations each, at the plan's rate and length.
    public typealias Load = TimeLimited<Staggered<IndependentKeys<RegisterOperations>>>

    /// How large the load is.
    public let shape: LoadShape
    private let weights: PlanWeights
    private let written: RegisterOperations.Values
    private let readers: Range<Int>

    /// The workload with what a plan says of it.
    public init(_ settings: PlanSettings, shape: LoadShape) throws(PlanError) {
        self.shape = shape
        weights = settings[Self.mix]
        written = settings[Self.uniqueValues] ? .unique : .below(settings[Self.values])
        let readers = settings[Self.readers]?.count(nodes: shape.nodes) ?? 0
        guard readers < shape.workersPerKey else {
            throw PlanError(
                "workload.readers: \(readers) of \(shape.workersPerKey) workers of a key would "
                    + "only read, and none would write; write fewer, or more workers-per-key")
        }
        self.readers = (shape.workersPerKey - readers)..<shape.workersPerKey
    }

    /// The operations whose share of the mix is above zero.
    public var functions: [(name: String, share: Double)] {
        weights.shares(of: ["read", "write", "cas"])
    }

    /// A fresh load.
    public func load() -> Load {
        let mix = RegisterOperations.Mix(
            read: weights["read"], write: weights["write"], compareAndSet: weights["cas"])
        let (count, written, readers) = (shape.operationsPerKey, written, readers)
        return shape.paced(
            shape.independent { _ in
                RegisterOperations(count: count, mix: mix, values: written, readers: readers)
            })
    }

    /// Reads of the registers of the load, each on every node.
    public func ending(after load: Load) -> FinalOperations {
        FinalOperations("read", on: load.inner.inner.keyCount, shape)
    }

    /// Whether each register's history is linearizable.
    public var checks: [any Check] {
        [LinearizabilityCheck(Register(), budget: shape.budget)]
    }
}
