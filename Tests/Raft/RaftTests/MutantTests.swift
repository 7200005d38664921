import Generators
import RaftSimulator
import Testing

@testable import Raft

/// A leader that counts its own copy before its disk has it.
private struct CountsUnsyncedCopy: Rules {
    func ownCopy(persisted: LogIndex, last: LogIndex) -> LogIndex { last }
}

/// Proof that the simulator can fail.
@Suite struct `Planted bugs` {
    @Test func `the simulator finds a leader that counts itself before its disk does`() {
        for seed in UInt64(1)...1_000 {
            var simulation = Simulation(
                seed: seed, seconds: 30, subject: Subject(rules: CountsUnsyncedCopy()))
            if simulation.run().violation != nil { return }
        }
        Issue.record("a thousand seeds do not find it")
    }

    @Test func `the simulator finds leases that outlast an election timeout`() {
        for seed in UInt64(1)...1_000 {
            var simulation = Simulation(seed: seed, servers: 3, seconds: 30, leaseTicks: 40)
            if simulation.run().violation != nil { return }
        }
        Issue.record("a thousand seeds do not find 15: a lease trusts the clock too far")
    }
}
