import Foundation
import Plans
import Testing

@Suite struct `Plans` {
    @Test func `a system and a workload can be a name alone`() throws {
        let plan = try Plan(yaml: "name: x\nsystem: etcd\nworkload: lock")
        #expect(plan.system.name == "etcd")
        #expect(plan.workload.name == "lock")
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

    @Test(arguments: ["Workloads", "Workloads/systems"])
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
        ("name: x\nsystem: [etcd]", "2: system: is a name, or keys of which one is the name"),
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
        ("name: ../x", "1: name: '../x' is no folder's name"),
        ("name: ''", "1: name: '' is no folder's name"),
        (
            "name: x\nfaults:\n  kinds: [halfs]",
            "3: faults.kinds: unknown fault 'halfs'; did you "
                + "mean 'halves'? There are:"
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
        ("name: x\nseed: -1", "2: seed:"),
        ("name: x\nnodes: 3\nname: y", "the key 'name' stands there twice"),
        ("name: x\nfaults: {every: 2s, length: 1s, every: 3s}", "2: the key 'every' stands"),
        ("name: x\nrate: 1e-300", "2: rate: '1e-300' is not between 0.001 and 1000000"),
        ("name: x\nrate: .inf", "2: rate: '.inf' is not between"),
        ("name: x\nrate: fast", "2: rate: 'fast' is not between"),
        ("name: x\nnodes: 9223372036854775808", "2: nodes: '9223372036854775808' is no whole"),
        ("name: x\ntime-limit: 9e6h", "2: time-limit: '9e6h' is no length of time"),
        ("name: x\ntime-limit: 0.0001ms", "2: time-limit: '0.0001ms' is no length of time"),
        (
            "name: x\nchecker:\n  memory: 9223372036854775807",
            "3: checker.memory: 9223372036854775807 is not between"
        ),
        (
            "name: x\nchecker:\n  configurations: 9223372036854775807",
            "3: checker.configurations: 9223372036854775807 is not between"
        ),
        ("name: x\nfaults:\n  kinds: partition", "3: faults.kinds: is a list; write [partition]"),
        ("name: x\nfaults: [partition]", "2: faults: has keys of its own: kinds"),
        ("name: x\nfaults: partition", "2: faults: has keys of its own: kinds"),
        ("name: x\nnodes: [5]", "2: nodes: is one value, not a list"),
        ("name: x\nnodes: {five: 5}", "2: nodes: is one value, not keys"),
        ("name: [x]", "1: name: is one value, not a list"),
        ("name: x\nchecker: 5", "2: checker: has keys of its own: time"),
        ("name: latest", "1: name: 'latest' is the link to the last run"),
    ])
    func `what is no plan is refused with line and advice`(yaml: String, message: String) {
        let error = #expect(throws: PlanError.self) { try Plan(yaml: yaml) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func `a folder, a pipe and a file that is not there are refused in words`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try "name: quick".write(
            to: folder.appending(path: "quick.yaml"), atomically: true, encoding: .utf8)
        func refusal(_ name: String) -> String {
            let path = folder.appending(path: name).path
            let error = #expect(throws: PlanError.self) { try PlanFile(path) }
            return error?.description ?? ""
        }
        #expect(refusal("").contains("is a folder, not a plan; name a file in it, such as quick"))
        #expect(refusal("quik.yaml").contains("there is no such file; did you mean 'quick.yaml'?"))
        #expect(mkfifo(folder.appending(path: "pipe.yaml").path, 0o600) == 0)
        #expect(refusal("pipe.yaml").contains("is no regular file"))
        try Data([0x6e, 0xff]).write(to: folder.appending(path: "bytes.yaml"))
        #expect(refusal("bytes.yaml").contains("is not UTF-8 text"))
    }

    @Test func `a rate can be unlimited`() throws {
        let plan = try Plan(yaml: "name: x\nrate: unlimited")
        #expect(plan.rate == .unlimited)
        #expect(try Plan(yaml: plan.yaml) == plan)
    }

    @Test func `keys of systems and workloads are written as they were read`() throws {
        let plan = try Plan(
            yaml: "name: x\nsystem: {name: y, start: [a, 'b: c'], deep: {z: 1, a: 'true x'}}")
        #expect(plan.system["start"] == .list([.text("a"), .text("b: c")]))
        #expect(plan.system["deep"]?["z"] == .text("1"))
        #expect(try Plan(yaml: plan.yaml) == plan)
    }
}
