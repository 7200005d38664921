import Generators
import RaftSimulator
import Testing

@testable import Raft

/// Proof that the simulator can fail: known bugs, planted here and nowhere else, are all found.
@Suite struct `Planted bugs` {
    enum Bug: String, CaseIterable, Sendable {
        case commitsEarlierTermsByCounting = "1: commits entries of earlier terms by counting"
        case forgetsTermAndVote = "3: term and vote are not kept"
        case votesTwice = "5: the vote is forgotten"
        case readsLocally = "11: the leader answers reads from local state"
        case acknowledgesEarly = "30: acknowledges before commit"

        var step: Simulation.Step {
            switch self {
            case .commitsEarlierTermsByCounting: Self.commitEarlierTerms
            case .forgetsTermAndVote:
                { server, event, random in
                    server.step(event, using: &random).filter { effect in
                        if case .keep = effect { false } else { true }
                    }
                }
            case .votesTwice:
                { server, event, random in
                    server.hard.vote = nil
                    return server.step(event, using: &random)
                }
            case .readsLocally:
                { server, event, random in
                    if case .read(let request) = event, case .leader = server.role {
                        return [.readable(request: request, index: server.commit)]
                    }
                    return server.step(event, using: &random)
                }
            case .acknowledgesEarly:
                { server, event, random in
                    server.step(event, using: &random).map { effect in
                        if case .proposed(let request, _, _) = effect {
                            .readable(request: request, index: 0)
                        } else {
                            effect
                        }
                    }
                }
            }
        }

        /// Figure 8: the check for the leader's own term is left out.
        private static let commitEarlierTerms: Simulation.Step = { server, event, random in
            let effects = server.step(event, using: &random)
            guard case .leader(let leadership) = server.role else { return effects }
            let index = server.membership.majorityIndex { id in
                id == server.id ? server.log.lastIndex : leadership.progress[id]?.match ?? 0
            }
            guard index != .max, index > server.commit else { return effects }
            server.effects = []
            server.advanceCommit(to: index)
            defer { server.effects = [] }
            return effects + server.effects
        }
    }

    @Test(arguments: Bug.allCases)
    func `the simulator finds it within a thousand seeds`(bug: Bug) {
        for seed in UInt64(1)...1_000 {
            var simulation = Simulation(seed: seed, seconds: 30, step: bug.step)
            if simulation.run().violation != nil { return }
        }
        Issue.record("a thousand seeds do not find \(bug.rawValue)")
    }

    @Test func `the simulator finds leases that outlast an election timeout`() {
        for seed in UInt64(1)...1_000 {
            var simulation = Simulation(seed: seed, servers: 3, seconds: 30, leaseTicks: 40)
            if simulation.run().violation != nil { return }
        }
        Issue.record("a thousand seeds do not find 15: a lease trusts the clock too far")
    }
}
