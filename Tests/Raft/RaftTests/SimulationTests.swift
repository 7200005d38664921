import RaftSimulator
import Testing

@Suite struct `Simulated clusters` {
    @Test func `two hundred seeds keep every promise, and cover what may go wrong`() async {
        let outcomes = await withTaskGroup(of: (UInt64, Simulation.Outcome).self) { group in
            for seed in UInt64(1)...200 {
                group.addTask {
                    var simulation = Simulation(seed: seed, seconds: 20)
                    return (seed, simulation.run())
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (seed, outcome) in outcomes {
            #expect(outcome.violation == nil, "seed \(seed)")
        }
        let coverage = outcomes.reduce(Coverage()) { $0 + $1.1.coverage }
        for (name, count) in coverage.counts { #expect(count > 0, "\(name)") }
    }

    @Test func `a seed gives the same run each time`() {
        var (one, other) = (
            Simulation(seed: 7, transcript: true), Simulation(seed: 7, transcript: true)
        )
        let (first, second) = (one.run(), other.run())
        #expect(first.transcript == second.transcript)
        #expect(!first.transcript.isEmpty)
        #expect(first.coverage == second.coverage)
    }
}
