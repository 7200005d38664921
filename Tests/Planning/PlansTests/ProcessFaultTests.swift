import Faults
import Plans
import Testing
import Topologies

/// Faults that strike one process of a node.
@Suite struct `A fault of one process` {
    private func requests(_ faults: String) throws -> [FaultRequest] {
        try Plan(yaml: "name: x\nfaults: {\(faults)}").faults.requests(nodes: 3)
    }

    @Test func `is a kind with the name of the process behind it`() throws {
        let request = try #require(requests("kinds: [kill-leader/tikv]").first)
        #expect(request.kinds.map(\.name) == ["kill-leader/tikv"])
        let tikv = try #require(ProcessName("tikv"))
        #expect(request.kinds.first?.needs == [.process(tikv)])
        let fault = try #require(request.kinds.first as? any Fault)
        let nodes = (1...3).map(NodeName.init(number:))
        let aim = try #require(fault.aim(Aiming(order: nodes, leader: nodes[1])))
        #expect(aim.effect as? ProcessKill == ProcessKill([nodes[1]], of: tikv))
        #expect(aim.affected == [nodes[1]])
    }

    @Test func `may be any of a family`() throws {
        let names = try #require(requests("kinds: [pause/pd]").first).kinds.map(\.name)
        #expect(Set(names) == Set(Target.allCases.map { "pause-\($0.rawValue)/pd" }))
    }

    @Test func `is a verb with the process beside it`() throws {
        let steps = "- {kill: leader, process: tikv, as: t}\n      - {start: t}"
        let plan = try Plan(yaml: "name: x\nfaults:\n  rounds:\n    - \(steps)")
        let request = try #require(plan.faults.requests(nodes: 3).first)
        let tikv = try #require(ProcessName("tikv"))
        #expect(request.kinds.first?.needs == [.process(tikv)])
        #expect(try Plan(yaml: plan.yaml).faults == plan.faults)
    }

    @Test(arguments: [
        ("kinds: [halves/tikv]", "halves strikes whole nodes"),
        ("kinds: [scenario/tikv]", "scenario strikes whole nodes"),
        ("kinds: [kil-one/tikv]", "unknown fault 'kil-one'; did you mean 'kill-one'?"),
        ("kinds: [kill-one/Tikv]", "'Tikv' is no name of a process"),
        ("kinds: [kill-one/]", "'' is no name of a process"),
        ("rounds: [[{cut: leader, process: tikv}]]", "cut strikes whole nodes"),
        ("rounds: [[{kill: leader, process: T}]]", "'T' is no name of a process"),
        ("rounds: [[{process: tikv}]]", "process: is struck by no verb"),
    ])
    func `that cannot be is refused in words`(faults: String, refusal: String) {
        let error = #expect(throws: PlanError.self) { try requests(faults) }
        #expect(error?.message.contains(refusal) == true, "\(error?.message ?? "accepted")")
    }
}
