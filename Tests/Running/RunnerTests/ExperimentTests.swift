import Checkers
import Foundation
import Histories
import Models
import Plans
import Runner
import Systems
import Testing
import Workloads

@Suite struct `An experiment` {
    private func resolve(_ yaml: String) throws(PlanError) -> Experiment {
        try Experiment(try PlanFile(yaml: yaml))
    }

    @Test func `holds every default, so that its plan reads back as itself`() throws {
        let experiment = try resolve("name: x\nsystem: etcd\nworkload: register\nseed: 7")
        #expect(experiment.seed == 7)
        #expect(experiment.plan.system["election-timeout"] == .text("300ms"))
        #expect(experiment.plan.workload["operations-per-key"] == .text("200"))
        #expect(experiment.workload.shape.workers == 10)
        #expect(try resolve(experiment.plan.yaml).plan == experiment.plan)
    }

    @Test func `is made of every committed plan`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Workloads").path
        let plans = try FileManager.default.subpathsOfDirectory(atPath: root)
            .filter { $0.hasSuffix(".yaml") && (!$0.contains("/") || $0.hasPrefix("systems/")) }
        #expect(plans.count > 18)
        for plan in plans { _ = try Experiment(PlanFile(root + "/" + plan)) }
    }

    @Test(arguments: ["wipe-one", "wipe"])
    func `wipes only nodes of systems that say that they keep such a node out`(fault: String) throws
    {
        let faults = "faults: {kinds: [\(fault)], every: 6s, length: 1s}"
        _ = try resolve("name: x\nsystem: etcd\n\(faults)")
        let other = "name: x\nsystem: {name: maelstrom, command: [x]}\n\(faults)"
        let error = #expect(throws: PlanError.self) { try resolve(other) }
        _ = try resolve(other.replacing("kinds:", with: "wiped: serves, kinds:"))
        #expect(
            error?.message.contains("empties a node's folder") == true,
            "\(error?.message ?? "none")")
    }

    @Test func `of a stored run ignores keys of another version`() throws {
        let file = try PlanFile(
            yaml: """
                name: x
                system: {name: etcd, leases: many}
                workload: {name: append, values: 5, mix: {read: 1, write: 1}}
                """)
        #expect(throws: PlanError.self) { try Experiment(file) }
        let lock = try PlanFile(yaml: "name: x\nworkload: {name: lock, values: 5}")
        #expect(try Experiment(stored: lock).workload is LockWorkload)
    }

    @Test(arguments: [
        ("name: x\nsystem: etdc", "2: system.name: unknown system 'etdc'; did you mean 'etcd'?"),
        ("name: x\nsystem:\n  nmae: etcd", "3: system.nmae: unknown key of system 'nmae'; did you"),
        (
            "name: x\nsystem:\n  reads: quickly",
            "3: system.reads: unknown word 'quickly'; there are"
        ),
        ("name: x\nsystem:\n  heartbeat: 5", "3: system.heartbeat: '5' is no length of time"),
        ("name: x\nsystem:\n  heartbeat: [5ms]", "3: system.heartbeat: is one value, not a list"),
        (
            "name: x\nworkload: regster",
            "2: workload.name: unknown workload 'regster'; did you mean 'register'?"
        ),
        ("name: x\nworkload:\n  vlaues: 3", "3: workload.vlaues: unknown key of workload 'vlaues'"),
        ("name: x\nsystem: raftd\nworkload: lease", "3: workload.name: raftd does not offer lease"),
        (
            "name: x\nfaults:\n  kinds: [compact]",
            "faults.kinds: compact: nodes of raftd do not compact"
        ),
        (
            "name: x\nfaults:\n  kinds: [replace]",
            "faults.kinds: replace replaces a node by a new one of its name, and raftd keeps those out"
        ),
        ("name: x\nworkload:\n  mix: {read: 0}", "3: workload.mix: weights are 0 or more"),
        ("name: x\nworkload:\n  mix: {raed: 1}", "3: workload.mix: unknown operation 'raed'; did"),
        ("name: x\nworkload:\n  mix: 5", "3: workload.mix: has keys of its own: read, write, cas"),
        (
            "name: x\nworkload:\n  mix: {read: 9223372036854775807, write: 1}",
            "3: workload.mix: read: 9223372036854775807 is no whole number between 0 and"
        ),
        (
            "name: x\nworkload:\n  operations-per-key: 0",
            "3: workload.operations-per-key: 0 is no whole number between 1 and"
        ),
        ("name: x\nconcurrency: 7", "2: concurrency: 7 workers do not form groups of 5"),
        (
            "name: x\nworkload:\n  workers-per-key: 3",
            "3: workload.workers-per-key: 10 workers do not form groups of 3"
        ),
        (
            "name: x\nworkload:\n  readers: 1n",
            "3: workload.readers: 5 of 5 workers of a key would only read, and none would write"
        ),
        (
            "name: x\ntime-limit: 12s\nfaults:\n  kinds: [halves, kill, pause, one]\n  every: 5s",
            "2: time-limit: 12s has time for 2 faults, and faults.kinds asks for 4"
        ),
        (
            "name: x\ntime-limit: 5s\nrate: 2",
            "2: time-limit: 5s at 2 operations a second are about 5 of read, and fewer than 10"
        ),
    ])
    func `that no run could make is refused with line and advice`(yaml: String, message: String) {
        let error = #expect(throws: PlanError.self) { try resolve(yaml) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func `an option in the place of a key is named instead of a line`() throws {
        var file = try PlanFile(yaml: "name: x\nnodes: 3")
        try file.override("nodes", by: "--nodes") { $0.nodes = 0 }
        let overridden = file
        let error = #expect(throws: PlanError.self) { try Experiment(overridden) }
        #expect(error?.description == "--nodes: 0 is not between 1 and 99")
    }

    @Test func `members change only where the system can be told so`() throws {
        let plan = "name: x\nfaults: {kinds: [remove-one, transfer]}\nsystem: "
        for system in ["raftd", "etcd"] {
            #expect(throws: Never.self) { try Experiment(PlanFile(yaml: plan + system)) }
        }
        let other = "{name: maelstrom, command: [x]}\nworkload: register"
        let error = #expect(throws: PlanError.self) {
            try Experiment(PlanFile(yaml: plan + other))
        }
        #expect(error?.description.contains("remove-one") == true, "\(String(describing: error))")
    }

    @Test func `a workload may have several checks, whose findings have one form`() throws {
        struct Nothing: Check {
            let name = "nothing lost"
            func judge(_ history: History) throws(ModelError) -> CheckOutcome {
                .findings([CheckFinding(check: name, sentence: "something was")])
            }
        }
        let checks: [any Check] = [
            LinearizabilityCheck(Register(), budget: Budget()), Nothing(),
        ]
        let outcomes = try checks.map { try $0.judge(History()) }
        guard case .keys = outcomes[0], case .findings(let found) = outcomes[1] else {
            Issue.record("one decides keys, the other finds")
            return
        }
        #expect(found.map(\.sentence) == ["something was"])
    }
}
