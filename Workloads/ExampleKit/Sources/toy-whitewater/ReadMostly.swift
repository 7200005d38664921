import Generators
import Models
import Plans
import Workloads

/// A workload of one's own: registers that are read nine times of ten.
struct ReadMostly: Workload {
    static let name = "read-mostly"
    static let summary = "registers that are read nine times of ten"
    static var options: [any PlanKey] { [] }

    typealias Load = TimeLimited<Staggered<IndependentKeys<RegisterOperations>>>

    let shape: LoadShape

    init(_ settings: PlanSettings, shape: LoadShape) throws(PlanError) { self.shape = shape }

    var functions: [(name: String, share: Double)] { [("read", 0.9), ("write", 0.1)] }

    func load() -> Load {
        let count = shape.operationsPerKey
        return shape.paced(
            shape.independent { _ in
                RegisterOperations(
                    count: count, mix: .init(read: 9, write: 1, compareAndSet: 0), values: .unique)
            })
    }

    func ending(after load: Load) -> FinalOperations {
        FinalOperations("read", on: load.inner.inner.keyCount, shape)
    }

    var checks: [any Check] { [LinearizabilityCheck(Register(), budget: shape.budget)] }
}
