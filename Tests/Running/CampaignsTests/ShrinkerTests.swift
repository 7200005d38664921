import Faults
import Plans
import Testing

@testable import Campaigns

/// A dialogue with a shrinker: outcomes of runs go in, plans to run come out.
@Suite struct `A shrinker` {
    private static let yaml = """
        name: p
        nodes: 5
        rate: 300
        time-limit: 60s
        faults: {kinds: [halves, kill-one, pause-one]}
        """

    /// Runs a shrinker against an oracle that says whether a plan shows the failure.
    private func shrink(
        runs: Int = 200, _ shows: (Plan) -> Bool
    ) throws -> (smallest: Plan, runs: Int) {
        var shrinker = Shrinker(try Plan(yaml: Self.yaml), runs: runs)
        var effects = shrinker.start()
        var count = 0
        while !effects.isEmpty {
            switch effects.removeFirst() {
            case .run(let plan):
                count += 1
                effects += shrinker.step(found: shows(plan))
            case .finish(let plan): return (plan, count)
            case .keep, .refuse: break
            }
        }
        throw Stuck()
    }

    private struct Stuck: Error {}

    @Test func `what the failure needs stays, all else goes`() throws {
        let (smallest, _) = try shrink { plan in
            guard case .perSecond(let rate) = plan.rate else { return false }
            return plan.faults.kinds.contains("kill-one") && rate >= 100
        }
        #expect(smallest.faults.kinds == ["kill-one"])
        #expect(smallest.nodes == 3)
        #expect(smallest.rate == .perSecond(150))
        #expect(smallest.timeLimit.duration <= .seconds(15))
    }

    @Test func `no plan is tried that has no time for its faults`() throws {
        let plan = try Plan(
            yaml: """
                name: p
                time-limit: 20s
                faults: {kinds: [halves, kill-one], first: 2s, every: 8s, length: 3s}
                """)
        #expect(Shrinker.apply(.shorter, to: plan) == nil)
        let one = try #require(Shrinker.apply(.without("halves"), to: plan))
        #expect(Shrinker.apply(.shorter, to: one)?.timeLimit.duration == .seconds(10))
    }

    @Test func `rounds of faults go as kinds do`() throws {
        let plan = try Plan(
            yaml: """
                name: p
                nodes: 3
                rate: 300
                time-limit: 60s
                faults:
                  kinds: [halves]
                  rounds:
                    - - {kill: leader, as: dead}
                      - {after: 1s, start: dead}
                    - - {pause: leader, as: still}
                      - {after: 1s, resume: still}
                """)
        var shrinker = Shrinker(plan, runs: 200)
        var effects = shrinker.start()
        var smallest: Plan?
        while smallest == nil, !effects.isEmpty {
            switch effects.removeFirst() {
            case .run(let plan):
                effects += shrinker.step(
                    found: plan.faults.rounds.contains { "\($0)".contains("pause") })
            case .finish(let plan): smallest = plan
            case .keep, .refuse: break
            }
        }
        let rounds = try #require(smallest).faults.rounds
        #expect(rounds == [plan.faults.rounds[1]])
        #expect(smallest?.faults.kinds == [])
    }

    @Test func `a failure that is never seen again keeps the plan as it was`() throws {
        let plan = try Plan(yaml: Self.yaml)
        #expect(try shrink { _ in false }.smallest == plan)
    }

    @Test func `one lucky run keeps nothing`() throws {
        var isFirst = true
        let plan = try Plan(yaml: Self.yaml)
        let (smallest, _) = try shrink { _ in
            defer { isFirst = false }
            return isFirst
        }
        #expect(smallest == plan)
    }

    @Test func `the budget of runs is kept`() throws {
        #expect(try shrink(runs: 7) { _ in true }.runs <= 7)
    }
}
