public import Faults
public import Plans

/// Makes a plan smaller while it still shows the same failure: a state machine that is told what
/// tries found and says which plan to try next.
///
/// Greedy, as delta debugging with single steps (Zeller & Hildebrandt 2002, "Simplifying and
/// isolating failure-inducing input"): each step takes something away; a step is kept if the
/// smaller plan shows the failure in at least ``leastHits`` of ``tries`` runs, so that one lucky
/// run keeps nothing. It ends when no step is kept any more, or the budget of runs is used up.
public struct Shrinker: Sendable {
    /// A way to make a plan smaller.
    public enum Step: Hashable, Sendable, CustomStringConvertible {
        /// A kind of fault less.
        case without(FaultName)
        /// A round of faults less, by its number from 1.
        case withoutRound(Int)
        /// Half the time.
        case shorter
        /// Two nodes less.
        case fewerNodes
        /// Half the rate.
        case gentler
        /// Half the workers.
        case fewerWorkers

        /// In words.
        public var description: String {
            switch self {
            case .without(let kind): "without \(kind)"
            case .withoutRound(let number): "without round \(number)"
            case .shorter: "half the time"
            case .fewerNodes: "two nodes less"
            case .gentler: "half the rate"
            case .fewerWorkers: "half the workers"
            }
        }
    }

    /// What to do next.
    public enum Effect: Hashable, Sendable {
        /// Run this plan with its seed, and say whether the failure was there.
        case run(Plan)
        /// A step has been kept: this plan is the smallest so far.
        case keep(Step, Plan)
        /// A step has been refused: hits of tries.
        case refuse(Step, hits: Int, tries: Int)
        /// No step is left.
        case finish(Plan)
    }

    /// So many runs of a smaller plan at most.
    public let tries: Int
    /// So many of them must show the failure.
    public let leastHits: Int

    private var best: Plan
    private var open: [Step]
    private var trying: (step: Step, plan: Plan, hits: Int, done: Int)?
    private var runsLeft: Int

    /// A shrinker of a plan that shows a failure.
    public init(_ plan: Plan, tries: Int = 4, leastHits: Int = 2, runs: Int = 60) {
        precondition(0 < leastHits && leastHits <= tries, "hits are tries")
        best = plan
        open = Self.steps(of: plan)
        self.tries = tries
        self.leastHits = leastHits
        runsLeft = runs
    }

    /// The first run to make.
    public mutating func start() -> [Effect] { next() }

    /// Takes the outcome of a run and says what to do, in this order.
    public mutating func step(found: Bool) -> [Effect] {
        guard var current = trying else { return [] }
        current.done += 1
        current.hits += found ? 1 : 0
        trying = current
        if current.hits >= leastHits {
            best = current.plan
            // What was refused of the larger plan may do for the smaller one.
            open = Self.steps(of: best)
            trying = nil
            return [.keep(current.step, best)] + next()
        }
        guard current.hits + tries - current.done >= leastHits, runsLeft > 0 else {
            trying = nil
            return [.refuse(current.step, hits: current.hits, tries: current.done)] + next()
        }
        return run(current.plan)
    }

    private mutating func next() -> [Effect] {
        while !open.isEmpty, runsLeft > 0 {
            let step = open.removeFirst()
            guard let plan = Self.apply(step, to: best) else { continue }
            trying = (step, plan, 0, 0)
            return run(plan)
        }
        return [.finish(best)]
    }

    private mutating func run(_ plan: Plan) -> [Effect] {
        runsLeft -= 1
        return [.run(plan)]
    }

    private static func steps(of plan: Plan) -> [Step] {
        [.shorter] + plan.faults.kinds.map(Step.without)
            + plan.faults.rounds.indices.map { .withoutRound($0 + 1) }
            + [.fewerNodes, .gentler, .fewerWorkers]
    }

    /// The smaller plan; nil if it would be none.
    static func apply(_ step: Step, to plan: Plan) -> Plan? {
        var plan = plan
        switch step {
        case .without(let kind):
            guard plan.faults.kinds.contains(kind) else { return nil }
            plan.faults.kinds.removeAll { $0 == kind }
        case .withoutRound(let number):
            guard plan.faults.rounds.indices.contains(number - 1) else { return nil }
            plan.faults.rounds.remove(at: number - 1)
        case .shorter:
            let half = plan.timeLimit.duration / 2
            guard half >= .seconds(5) else { return nil }
            plan.timeLimit = PlanDuration(half)
        case .fewerNodes:
            guard plan.nodes > 3 else { return nil }
            plan.nodes -= 2
        case .gentler:
            // A rate without limit becomes one that a laptop carries.
            guard case .perSecond(let rate) = plan.rate else {
                plan.rate = .perSecond(1_000)
                break
            }
            guard rate >= 20 else { return nil }
            plan.rate = .perSecond((rate / 2).rounded())
        case .fewerWorkers:
            let count = plan.concurrency.count(nodes: plan.nodes)
            guard count / 2 >= plan.nodes, let half = PlanCount("\(count / 2)") else { return nil }
            plan.concurrency = half
        }
        do {
            try plan.validate()
            // A run would be refused that has no time for all of its faults.
            try plan.faults.requireTurns(within: plan.timeLimit)
        } catch {
            return nil
        }
        return plan
    }
}
