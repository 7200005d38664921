import Foundation
import Generators
import RaftMutants
import RaftSimulator
import Synchronization
import Testing

@testable import Raft

/// Proof that the simulator can fail: `whitewater-bench simulate --mutants` runs all of them.
@Suite struct `Planted bugs` {
    /// Those that are found soon, one for each kind of check.
    static let sample = ["1", "3", "5", "11", "18", "26", "28", "29", "31", "unsynced-copy"]

    @Test(arguments: sample)
    func `the simulator finds it within a thousand seeds`(id: String) throws {
        let mutant = try #require(Mutant.named(id))
        for seed in UInt64(1)...1_000 {
            let deviations = Mutex(0)
            var simulation = Simulation(
                seed: seed, seconds: 30,
                subject: Subject(mutant) { deviations.withLock { $0 += 1 } })
            guard simulation.run().violation != nil else { continue }
            #expect(deviations.withLock { $0 } > 0, "it says that it did what no right one does")
            return
        }
        Issue.record("a thousand seeds do not find \(mutant.title)")
    }

    @Test func `what is likely to find one is a plan of the self-test`() {
        let plans = URL(filePath: #filePath).appending(path: "../../../../Workloads/self-test")
        for mutant in Mutant.all {
            for plan in mutant.likelyPlans {
                let file = plans.appending(path: plan + ".yaml").standardized.path
                #expect(FileManager.default.fileExists(atPath: file), "\(mutant.id): \(plan)")
            }
        }
        #expect(Mutant.all.contains { !$0.likelyPlans.isEmpty })
    }

    @Test func `each row of the catalogue is a mutant, or proven equivalent, and at least 20 more`()
    {
        let ids = Mutant.all.map(\.id) + Equivalent.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect((1...36).allSatisfy { ids.contains("\($0)") })
        #expect(ids.count >= 56)
    }
}
