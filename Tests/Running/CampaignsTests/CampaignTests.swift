import Foundation
import Plans
import Testing

@testable import Campaigns

@Suite struct `Campaigns` {
    private let text = """
        name: night
        plans:
          - {plan: a.yaml, weight: 3}
          - {plan: b.yaml, seeds: 5..6}
          - {plan: c.yaml, binaries: [/x/etcd, /y/etcd], variants: [{rate: 10}, {}], expect: invalid}
        budget: {runs: 40}
        parallel: 2
        stop: never
        """

    @Test func `shares are kept at any moment, and bounded seeds come once each`() throws {
        var schedule = CampaignSchedule(try Campaign(yaml: text), seed: 1)
        var orders: [RunOrder] = []
        while orders.count < 80, let order = schedule.next() { orders.append(order) }
        #expect(orders.map(\.number) == Array(1...80))
        #expect(orders.filter { $0.cell.plan == "b.yaml" }.map(\.seed) == [5, 6])
        let afterBounded = orders.suffix(70)
        #expect(abs(afterBounded.count { $0.cell.plan == "a.yaml" } - 30) <= 1)
        let cells = Set(orders.filter { $0.cell.plan == "c.yaml" }.map(\.cell))
        #expect(cells.count == 4)
        #expect(cells.allSatisfy { $0.expect == .invalid })
        #expect(Set(orders.map { "\($0.cell.name) \($0.seed)" }).count == 80, "no seed twice")
    }

    @Test func `the same seed asks for the same runs`() throws {
        func orders(_ seed: UInt64) throws -> [RunOrder?] {
            var schedule = CampaignSchedule(try Campaign(yaml: text), seed: seed)
            return (0..<30).map { _ in schedule.next() }
        }
        #expect(try orders(4) == orders(4))
        #expect(try orders(4) != orders(5))
    }

    @Test(arguments: [
        ("name: x", "plans"), ("plans: [a.yaml]", "name"),
        ("name: x\nplans: [a.yaml]\nbudgte: {runs: 1}", "did you mean 'budget'"),
        ("name: x\nplans: [a.yaml]\nbudget: {runs: 0}", "budget.runs"),
        ("name: x\nplans: [{plan: a.yaml, seeds: 9..1}]", "no range of seeds"),
        ("name: x\nplans: [{plan: a.yaml, weight: 9223372036854775807}]", "weight"),
        ("name: ../x\nplans: [a.yaml]", "names a folder"),
        ("name: x\nplans: [{plan: a.yaml, variants: [{seed: 4}]}]", "sets itself"),
        ("name: x\nplans: []", "names no plan"), ("", "is empty"),
    ])
    func `what cannot be meant is refused in words`(text: String, words: String) {
        let error = #expect(throws: PlanError.self) { try Campaign(yaml: text) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func `every committed campaign is valid and has its file's name`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Workloads/campaigns")
        let files = try FileManager.default.contentsOfDirectory(atPath: root.path)
        #expect(!files.isEmpty)
        for file in files {
            let campaign = try Campaign(contentsOf: root.appending(path: file).path)
            #expect(campaign.name + ".yaml" == file)
            for entry in campaign.plans {
                _ = try Plan(contentsOf: root.appending(path: entry.plan).standardized.path)
            }
        }
    }
}

/// A dialogue with a machine: events go in, effects come out.
@Suite struct `A campaign's machine` {
    private func machine(
        runs: Int = 10, stop: String = "never", expect: String = "valid"
    ) throws -> CampaignMachine {
        CampaignMachine(
            try Campaign(
                yaml: """
                    name: n
                    plans: [{plan: a.yaml, expect: \(expect)}]
                    budget: {runs: \(runs), time: 60s}
                    stop: \(stop)
                    """), seed: 1)
    }

    private func orders(_ effects: [CampaignMachine.Effect]) -> [RunOrder] {
        effects.compactMap { if case .start(let order, _) = $0 { order } else { nil } }
    }

    @Test func `runs start as far as the capacity goes, and it ends when all have`() throws {
        var machine = try machine(runs: 3)
        let first = orders(machine.step(.began(after: [:])))
        #expect(first.map(\.number) == [1])
        let second = orders(machine.step(.capacity(2)))
        #expect(second.map(\.number) == [2])
        #expect(orders(machine.step(.ended(first[0], .valid))).map(\.number) == [3])
        #expect(machine.step(.ended(second[0], .invalid)) == [])
        let third = try #require(machine.step(.time(.seconds(1))).isEmpty ? 3 : nil)
        let order = RunOrder(number: third, cell: first[0].cell, seed: 0)
        #expect(machine.step(.ended(order, .valid)) == [.finish(.complete)])
        #expect(machine.step(.time(.seconds(2))) == [], "it ends once")
    }

    @Test func `a campaign that goes on asks for nothing that has ended`() throws {
        var machine = try machine(runs: 4)
        let effects = machine.step(.began(after: [1: .valid, 2: .failed, 4: .invalid]))
        #expect(orders(effects).map(\.number) == [3])
    }

    @Test func `a failed set-up is tried once more, a violation never`() throws {
        var machine = try machine(runs: 1)
        let order = try #require(orders(machine.step(.began(after: [:]))).first)
        #expect(machine.step(.ended(order, .failed)) == [.start(order, attempt: 2)])
        #expect(machine.step(.ended(order, .failed)) == [.finish(.complete)])
        var other = try self.machine(runs: 1)
        let violated = try #require(orders(other.step(.began(after: [:]))).first)
        #expect(other.step(.ended(violated, .invalid)) == [.finish(.complete)])
    }

    @Test func `the first violation ends it where that is asked, but not a canary's`() throws {
        var machine = try machine(stop: "first-violation")
        let order = try #require(orders(machine.step(.began(after: [:]))).first)
        #expect(machine.step(.ended(order, .invalid)) == [.finish(.violations(1))])
        var canary = try self.machine(stop: "first-violation", expect: "invalid")
        let found = try #require(orders(canary.step(.began(after: [:]))).first)
        #expect(orders(canary.step(.ended(found, .invalid))).count == 1)
    }

    @Test func `when time is up nothing new starts, and what runs may end`() throws {
        var machine = try machine()
        let order = try #require(orders(machine.step(.began(after: [:]))).first)
        #expect(machine.step(.time(.seconds(61))) == [])
        #expect(machine.step(.ended(order, .valid)) == [.finish(.timeIsUp)])
    }

    @Test func `a person's wish interrupts what runs`() throws {
        var machine = try machine()
        let order = try #require(orders(machine.step(.began(after: [:]))).first)
        #expect(machine.step(.stopAsked) == [.interrupt(order)])
        #expect(machine.step(.ended(order, .inconclusive)) == [.finish(.stopped)])
    }

    @Test func `a plan that is refused ends it, for it would be refused all night`() throws {
        var machine = try machine()
        let order = try #require(orders(machine.step(.began(after: [:]))).first)
        #expect(machine.step(.ended(order, .refused)) == [.finish(.refused(order.cell))])
    }
}

@Suite struct `A machine's capacity` {
    @Test func `is one until a run was measured, then what cores and memory allow`() {
        var capacity = Capacity(cores: 4, memory: 8_000_000_000)
        #expect(capacity.count == 1)
        capacity.note(cpu: .seconds(30), wall: .seconds(60), memory: 1_000_000_000)
        #expect(capacity.count == 6)
        capacity.note(cpu: .seconds(30), wall: .seconds(60), memory: 4_000_000_000)
        #expect(capacity.count == 1)
    }
}
