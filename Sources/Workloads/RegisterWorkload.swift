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
        let keys = IndependentKeys(
            workersPerKey: workload.workersPerKey.count(nodes: plan.nodes)
        ) { _ in
            RegisterOperations(
                count: workload.operationsPerKey, mix: mix,
                values: workload.uniqueValues ? .unique : .below(workload.values))
        }
        return TimeLimited(
            Staggered(keys, perSecond: plan.rate), plan.timeLimit.duration)
    }

    /// Reads of the registers of the load, each on every node.
    public func ending(after load: Load) -> FinalReads {
        FinalReads(
            keyCount: load.inner.inner.keyCount, nodes: plan.nodes,
            workers: plan.concurrency.count(nodes: plan.nodes))
    }

    /// Whether each register's history is linearizable.
    public func check(_ history: History) throws(ModelError) -> Report {
        let checker = Checker(
            model: Register(),
            budget: Budget(
                time: plan.checker.time.duration, configurations: plan.checker.configurations,
                memory: plan.checker.memory * 1_048_576))
        return try checker.check(history)
    }
}

/// One read of every key on every node, shared among the node's workers.
public struct FinalReads: Generator {
    /// Only so many keys, the latest, are read again after a very long run.
    public static let mostKeys = 500

    private let nodes: Int
    private let workers: Int
    private let keys: Range<Int>
    private var nextKey: [Int: Int] = [:]

    init(keyCount: Int, nodes: Int, workers: Int) {
        self.nodes = nodes
        self.workers = workers
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
        return .invoke(Invocation("read", key: .int(key)), at: now)
    }
}
