public import Checkers
public import Generators
public import Histories
public import Models
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

    /// The workload of a plan.
    init(_ plan: Plan)

    /// The operations that must succeed for a run to be conclusive.
    var functions: [String] { get }
    /// A fresh load.
    func load() -> Load
    /// Final reads, after a load.
    func ending(after load: Load) -> Ending
    /// Judges a history whose keys have been told apart.
    func check(_ history: History) throws(ModelError) -> Report
}

extension CheckerPlan {
    /// What one key may cost.
    var budget: Budget {
        Budget(time: time.duration, configurations: configurations, memory: memory * 1_048_576)
    }
}

/// The workloads that plans can name.
public enum WorkloadCatalog {
    /// Every workload, in the order of `whitewater list workloads`.
    public static let all: [any Workload.Type] = [
        RegisterWorkload.self, AppendWorkload.self, LockWorkload.self,
    ]

    /// The workload of a plan.
    ///
    /// - Throws: `PlanError` with the nearest word if there is none of that name.
    public static func workload(of plan: Plan) throws(PlanError) -> any Workload {
        guard let type = all.first(where: { $0.name == plan.workload.name }) else {
            throw PlanError(
                "workload.name: "
                    + NearestWord.refusal(
                        of: plan.workload.name, what: "workload", known: all.map { $0.name }))
        }
        return type.init(plan)
    }
}
