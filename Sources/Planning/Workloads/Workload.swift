public import Generators
public import Plans

/// What clients do and how the outcome is judged.
public protocol Workload: Sendable {
    /// What gives out the operations of the load.
    associatedtype Load: Generator
    /// What gives out the operations on the healed cluster at the end.
    associatedtype Ending: Generator

    /// The name that plans use.
    static var name: String { get }
    /// What it does, in one line.
    static var summary: String { get }
    /// The keys that it has in a plan's section `workload`, beside those of ``LoadShape``.
    static var options: [any PlanKey] { get }

    /// The workload with what a plan says of it.
    ///
    /// - Throws: `PlanError` that begins with the key, if no run could do that.
    init(_ settings: PlanSettings, shape: LoadShape) throws(PlanError)

    /// How many workers, keys and operations there are.
    var shape: LoadShape { get }
    /// The operations that must succeed for a run to be conclusive, with their share of all.
    var functions: [(name: String, share: Double)] { get }
    /// A fresh load.
    func load() -> Load
    /// Final reads, after a load.
    func ending(after load: Load) -> Ending
    /// What a history whose keys have been told apart is judged by; at least one.
    var checks: [any Check] { get }
}

/// The workloads that plans can name.
public struct WorkloadCatalog: Sendable {
    /// Whitewater's own, in the order of `whitewater list workloads`.
    public static let standard = WorkloadCatalog([
        RegisterWorkload.self, AppendWorkload.self, SetWorkload.self, LockWorkload.self,
        LeaseWorkload.self, WatchWorkload.self, TransactionWorkload.self,
    ])

    /// Every workload.
    public let all: [any Workload.Type]

    /// A catalog of these workloads.
    public init(_ all: [any Workload.Type]) { self.all = all }

    /// These workloads and then some.
    public func adding(_ more: [any Workload.Type]) -> WorkloadCatalog {
        WorkloadCatalog(more + all)
    }

    /// The keys of a workload's section: its own, and those that all have.
    public static func keys(of type: any Workload.Type) -> [any PlanKey] {
        LoadShape.options + type.options
    }

    /// The workload of a plan, and its section with every default.
    ///
    /// - Throws: `PlanError` with the nearest word if there is none of that name, or if the
    ///   section says what it does not know.
    public func workload(
        of plan: Plan, strangers: PlanSettings.Strangers = .refused
    ) throws(PlanError) -> (workload: any Workload, section: PlanSection) {
        guard let type = all.first(where: { $0.name == plan.workload.name }) else {
            throw PlanError(
                "workload.name: "
                    + NearestWord.refusal(
                        of: plan.workload.name, what: "workload", known: all.map { $0.name }))
        }
        let settings = try PlanSettings(
            plan.workload, of: "workload", keys: Self.keys(of: type), strangers: strangers)
        let shape = try LoadShape(plan, settings)
        return (try type.init(settings, shape: shape), settings.section)
    }
}
