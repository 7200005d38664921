import Faults
import Plans
import Testing

@testable import Runner

@Suite struct `A plan on ext4` {
    private func refusal(_ faults: String) throws -> String? {
        let file = try PlanFile(
            yaml: "name: x\nfaults: {disks: ext4, every: 6s, length: 1s, \(faults)}")
        let experiment = try Experiment(file)
        return Experiment.beyondExt4(
            experiment.plan.faults, isSick: experiment.needs.contains(.sickDisks))
    }

    @Test(arguments: ["kinds: [power-all, kill-one]", "kinds: [power], keep: any, names: ext4"])
    func `may have power losses`(faults: String) throws {
        #expect(try refusal(faults) == nil)
    }

    @Test(arguments: [
        ("kinds: [power-all], keep: sectors", "faults.keep: sectors"),
        ("kinds: [power-all], names: posix", "faults.names: posix"),
        ("kinds: [power-all], flushed: 2s", "faults.flushed: 2s"),
        ("kinds: [power-all, disk-slow]", "falls ill"),
        ("rounds: [[{fail-disk: one}, {after: 1s}, {heal: one}]]", "falls ill"),
    ])
    func `may not ask for what only a file system of the lab's own can do`(
        faults: String, words: String
    ) throws {
        #expect(try refusal(faults)?.contains(words) == true)
    }
}
