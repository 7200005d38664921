import Foundation
import Labs
import Plans
import Testing
import Topologies

@testable import Systems

/// Nodes of several processes, as a plan declares them.
@Suite struct `A node of several processes` {
    private static let plan = """
        name: x
        system:
          name: exec
          processes:
            storage:
              start: [cat, "{data}/storage"]
              join: [--join, "{first}"]
              environment: {ROLE: storage}
              ready: {tcp: 7001}
            front: {start: [tee]}
          environment: {ROLE: any, NODE: "{name}"}
          client: [cat]
        """

    private func declared(_ yaml: String) throws(PlanError) -> DeclaredSystem {
        try SystemCatalog.standard.system(of: try Plan(yaml: yaml))
    }

    @Test func `has them in the order of the plan, each with words of its own`() async throws {
        let plan = try Plan(yaml: Self.plan)
        let declared = try declared(Self.plan)
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(declared.character.processes.map(\.description) == ["storage", "front"])
        let topology = Topology(nodeCount: 3, base: IPv4Address(number: 0x0a4d_0000))
        let system = try ExecSystem(
            SystemSetup(
                settings: declared.settings, plan: plan, planFolder: "/nowhere",
                topology: topology, runFolder: folder))
        let starts = try system.processes(for: topology.nodes[1], folder: folder)
        #expect(starts.map(\.name?.description) == ["storage", "front"])
        #expect(
            starts[0].command.arguments == ["\(folder)/data/storage", "--join", "10.77.0.1"])
        #expect(starts[0].command.environment == ["ROLE": "storage", "NODE": "n2"])
        #expect(starts[1].command.environment == ["ROLE": "any", "NODE": "n2"])
        #expect(starts.map { $0.isReady != nil } == [true, false])
        let first = try system.processes(for: topology.nodes[0], folder: folder)
        #expect(first[0].command.arguments == ["\(folder)/data/storage"])
        try await system.close()
    }

    @Test(arguments: [
        (
            "ready: {tcp: 1}",
            "nobody listens on 127.0.0.1:1; a node must listen on its own {address}"
        ),
        ("ready: {log: up}", "no line of its log matches up"),
        ("ready: {http: 'http://{address}:1/'}", "http://127.0.0.1:1/ does not answer"),
    ])
    func `that is not ready says what was asked of which process`(
        ready: String, refusal: String
    ) async throws {
        let yaml = """
            name: x
            system: {name: exec, client: [cat], processes: {front: {start: [cat], \(ready)}}}
            """
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let topology = Topology(nodeCount: 1, base: IPv4Address(number: 0x7f00_0000))
        let system = try ExecSystem(
            SystemSetup(
                settings: try declared(yaml).settings, plan: try Plan(yaml: yaml),
                planFolder: "/nowhere", topology: topology, runFolder: folder))
        #expect(await !system.serves(topology.nodes[0]))
        let words = system.refusal(of: topology.nodes[0]) ?? ""
        #expect(words.hasPrefix("front: \(refusal)"), "\(words)")
        try await system.close()
    }

    @Test func `is written back as it was meant`() throws {
        let plan = try Plan(yaml: Self.plan)
        #expect(try Plan(yaml: plan.yaml).system == plan.system)
    }

    @Test(arguments: [
        ("processes: {a: {start: [x]}}\n  start: [y]", "system.start: belongs to one"),
        ("processes: {a: {start: [x]}}\n  join: [y]", "system.join: belongs to one"),
        ("processes: {}", "system.processes: has a key for each process"),
        ("processes: [a]", "system.processes: has a key for each process"),
        ("processes: {A: {start: [x]}}", "system.processes: 'A' is no name of a process"),
        ("processes: {a: [x]}", "system.processes: a: has keys of its own: start"),
        ("processes: {a: {}}", "system.processes: a: start is missing"),
        ("processes: {a: {start: x}}", "system.processes: a: start: is a list; write [x]"),
        (
            "processes: {a: {start: [x], redy: {tcp: 1}}}",
            "system.processes: a: unknown key of a process 'redy'; did you mean 'ready'?"
        ),
        (
            "processes: {a: {start: [x], ready: client}}",
            "system.processes: a: ready: a client speaks to the whole node"
        ),
        (
            "processes: {a: {start: [x], ready: {tcp: 0}}}",
            "system.processes: a: ready: tcp: '0' is no port"
        ),
        (
            "processes: {a: {start: [x, '{adress}']}}",
            "system.processes: a: unknown placeholder 'adress'; did you mean 'address'?"
        ),
    ])
    func `that makes no sense is refused in words`(keys: String, refusal: String) {
        let error = #expect(throws: PlanError.self) {
            try declared("name: x\nsystem:\n  name: exec\n  client: [c]\n  \(keys)")
        }
        #expect(error?.message.hasPrefix(refusal) == true, "\(error?.message ?? "accepted")")
    }
}
