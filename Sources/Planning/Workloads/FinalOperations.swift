public import Generators
internal import Histories
internal import Plans

/// One operation on every key on every node, shared among the node's workers.
public struct FinalOperations: Generator {
    /// Only so many keys, the latest, are looked at again after a very long run.
    public static let mostKeys = 500

    private let function: String
    private let nodes: Int
    private let workers: Int
    private let keys: Range<Int>
    private var nextKey: [Int: Int] = [:]

    init(_ function: String, on keyCount: Int, _ plan: Plan) {
        self.function = function
        nodes = plan.nodes
        workers = plan.concurrency.count(nodes: plan.nodes)
        keys = max(0, keyCount - Self.mostKeys)..<keyCount
    }

    /// The worker's next key: its node's workers take turns.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        let turn = worker / nodes
        let turns = (workers - worker % nodes + nodes - 1) / nodes
        let key = nextKey[worker] ?? keys.lowerBound + turn
        guard keys.contains(key) else { return .finished }
        nextKey[worker] = key + turns
        return .invoke(Invocation(function, key: .int(key)), at: now)
    }
}

extension Plan {
    /// Keys that groups of workers share, as many of each as the plan says.
    func independent<Inner: Generator>(
        _ make: @escaping @Sendable (Int) -> Inner
    ) -> IndependentKeys<Inner> {
        IndependentKeys(workersPerKey: workload.workersPerKey.count(nodes: nodes), make)
    }

    /// At the plan's rate, for the plan's time.
    func paced<Inner: Generator>(_ inner: Inner) -> TimeLimited<Staggered<Inner>> {
        TimeLimited(Staggered(inner, perSecond: rate), timeLimit.duration)
    }
}
