public import Checkers
public import Generators
public import Plans

/// How large a load is, whatever its operations are: the part of a workload's section that every
/// workload has.
public struct LoadShape: Sendable {
    static let operationsPerKey = PlanOption(
        "operations-per-key", default: 200, in: 1...1_000_000_000,
        "How many operations a key gets before the next one starts.")
    static let workersPerKey = PlanOption(
        "workers-per-key", default: PlanCount.perNode,
        "How many workers share a key: a number, or 1n for one of each node.")
    static let leastSuccesses = PlanOption(
        "least-successes", default: 10, in: 0...1_000_000_000,
        "Fewer successes of any operation than this make a run inconclusive.")

    /// The keys that every workload's section has.
    public static var options: [any PlanKey] { [operationsPerKey, workersPerKey, leastSuccesses] }

    /// How many nodes.
    public let nodes: Int
    /// How many workers.
    public let workers: Int
    /// How many workers share a key; divides the number of workers.
    public let workersPerKey: Int
    /// How many operations a key gets before the next one starts.
    public let operationsPerKey: Int
    /// Fewer successes of any operation than this make a run inconclusive.
    public let leastSuccesses: Int
    /// How many operations are tried each second.
    public let rate: PlanRate
    /// How long the load lasts.
    public let length: Duration
    /// What deciding one key may cost.
    public let budget: Budget

    /// The shape that a plan asks for.
    ///
    /// - Throws: `PlanError` if workers cannot form groups of that size.
    public init(_ plan: Plan, _ settings: PlanSettings) throws(PlanError) {
        nodes = plan.nodes
        workers = plan.concurrency.count(nodes: nodes)
        workersPerKey = settings[Self.workersPerKey].count(nodes: nodes)
        operationsPerKey = settings[Self.operationsPerKey]
        leastSuccesses = settings[Self.leastSuccesses]
        rate = plan.rate
        length = plan.timeLimit.duration
        budget = plan.checker.budget
        guard workers.isMultiple(of: workersPerKey) else {
            let groups =
                "groups of \(workersPerKey), which share a key "
                + "(workload.workers-per-key: \(settings[Self.workersPerKey]))"
            let below = workers / workersPerKey * workersPerKey
            let fitting = below > 0 ? "\(below) or \(below + workersPerKey)" : "\(workersPerKey)"
            throw PlanError(
                plan.workload[Self.workersPerKey.name] == nil || plan.concurrency != .twicePerNode
                    ? "concurrency: \(workers) workers do not form \(groups); write \(fitting)"
                    : "workload.workers-per-key: \(workers) workers do not form \(groups); write "
                        + "a number that divides \(workers)")
        }
    }

    /// How many operations the load tries; nil where nobody knows.
    public var operations: Double? {
        guard case .perSecond(let rate) = rate else { return nil }
        return rate * (length / .seconds(1))
    }

    /// Keys that groups of workers share, as many of each as the plan says.
    public func independent<Inner: Generator>(
        _ make: @escaping @Sendable (Int) -> Inner
    ) -> IndependentKeys<Inner> {
        IndependentKeys(workersPerKey: workersPerKey, make)
    }

    /// At the plan's rate, for the plan's time.
    public func paced<Inner: Generator>(_ inner: Inner) -> TimeLimited<Staggered<Inner>> {
        let pace: Staggered<Inner> =
            switch rate {
            case .perSecond(let rate): Staggered(inner, perSecond: rate)
            case .unlimited: Staggered(unlimited: inner)
            }
        return TimeLimited(pace, length)
    }
}

extension CheckerPlan {
    /// What one key may cost.
    public var budget: Budget {
        Budget(
            time: time.duration, configurations: configurations, steps: steps,
            memory: memory * 1_048_576)
    }
}
