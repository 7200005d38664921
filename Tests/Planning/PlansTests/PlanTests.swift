import Foundation
import Plans
import Testing

@Suite struct `Plans` {
    @Test func `a system and a workload can be a name alone`() throws {
        let plan = try Plan(yaml: "name: x\nsystem: etcd\nworkload: lock")
        #expect(plan.system.name == "etcd")
        #expect(plan.workload.name == "lock")
        #expect(plan.workload.operationsPerKey == 200)
    }

    @Test func `a name is enough`() throws {
        let plan = try Plan(yaml: "name: small")
        #expect(plan.nodes == 5)
        #expect(plan.system.name == "raftd")
        #expect(plan.concurrency.count(nodes: plan.nodes) == 10)
        #expect(plan.timeLimit.duration == .seconds(60))
    }

    @Test func `what is written reads back, defaults and all`() throws {
        var plan = try Plan(yaml: "name: small\nrate: 12.5\nfaults: {kinds: [halves, kill]}")
        plan.seed = 42
        #expect(try Plan(yaml: plan.yaml) == plan)
    }

    @Test func `faults may overlap where the plan says so`() throws {
        let plan = try Plan(
            yaml: "name: x\nfaults: {kinds: [kill], overlap: true, every: 2s, length: 9s}")
        #expect(plan.faults.overlap)
        #expect(try Plan(yaml: plan.yaml) == plan, "every value is written as it is read")
        #expect(PlanBitRate("1.5mbit")?.bitsPerSecond == 1_500_000)
        #expect(PlanBitRate("1.5mbit")?.description == "1500kbit")
    }

    @Test(arguments: ["Workloads"])
    func `every committed plan is valid and has its file's name`(folder: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: root.path)
            .filter { $0.hasSuffix(".yaml") }
        #expect(files.count >= 3)
        for file in files {
            let plan = try Plan(contentsOf: root.appending(path: file).path)
            #expect(plan.name + ".yaml" == file)
        }
    }

    @Test(arguments: [
        ("", "is empty"),
        ("[1, 2]", "is not a plan"),
        ("name: [", "is not YAML"),
        ("nodes: 5", "the key 'name' is missing"),
        ("name: x\nnode: 5", "2: unknown key 'node'; did you mean 'nodes'?"),
        ("name: x\nsystem:\n  nmae: etcd", "3: unknown key of system 'nmae'; did you mean 'name'?"),
        ("name: x\nsystem: [etcd]", "2: system has keys of its own"),
        ("name: x\nnodes: five", "2: nodes:"),
        ("name: x\nnodes: 0", "2: nodes: 0 is not between 1 and 99"),
        ("name: x\nnodes: -3", "2: nodes: -3 is not between"),
        ("name: x\ntime-limit: -5s", "2: time-limit: '-5s' is no length of time"),
        ("name: x\ntime-limit: 5", "2: time-limit:"),
        ("name: x\ntime-limit: 5 parsecs", "is no length of time"),
        ("name: x\nrate: 0", "2: rate:"),
        ("name: x\nnetwork: 10.77.0.9", "2: network: '10.77.0.9' is no network's address"),
        ("name: x\nnetwork: here", "2: network: 'here' is no network's address"),
        ("name: x\nconcurrency: 0n", "is no number of workers"),
        ("name: x\nconcurrency: many", "is no number of workers"),
        ("name: x\nconcurrency: 7", "does not divide the 7 workers"),
        ("name: ../x", "1: name: '../x' is no folder's name"),
        ("name: ''", "1: name: '' is no folder's name"),
        ("name: x\nworkload:\n  mix: {read: 0}", "3: workload.mix: weights"),
        ("name: x\nworkload:\n  mix: {raed: 1}", "did you mean 'read'?"),
        ("name: x\nworkload:\n  operations-per-key: 0", "3: workload.operations-per-key"),
        (
            "name: x\nfaults:\n  kinds: [halfs]",
            "3: faults.kinds: unknown fault 'halfs'; did you "
                + "mean 'halves'?"
        ),
        ("name: x\nnodes: 3\nfaults:\n  kinds: [majorities-ring]", "needs more than 3 nodes"),
        ("name: x\nfaults:\n  loss: 30", "3: faults.loss: 30.0 is not between 0 and 1"),
        ("name: x\nfaults:\n  length: 9s", "leaves no time to recover"),
        ("name: x\nfaults:\n  rate: 5 apples", "3: faults.rate: '5 apples' is no rate"),
        ("name: x\nfaults:\n  rate: 1kbit", "3: faults.rate: '1kbit' is no rate from 8kbit"),
        ("name: x\nfaults:\n  delay: 11s", "3: faults.delay: 11s is more than 10s"),
        ("name: x\nfaults:\n  reorder: 1", "3: faults.reorder: 1.0 is not between 0 and 1"),
        ("name: x\nfaults:\n  overlap: perhaps", "3: faults.overlap:"),
        ("name: x\ntime-limit: 3s\nfaults:\n  kinds: [kill]", "too short for a single fault"),
        ("name: x\nsystem:\n  reads: quickly", "3: system.reads:"),
        ("name: x\nseed: -1", "2: seed:"),
        ("name: x\nname: y", "is not YAML"),
    ])
    func `what is no plan is refused with line and advice`(yaml: String, message: String) {
        let error = #expect(throws: PlanError.self) { try Plan(yaml: yaml) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
