import Archive
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

    @Test func `plans of two folders with one name are told apart`() {
        func name(_ plan: String) -> String {
            Cell(plan: plan, binary: nil, options: ["rate": "10"], expect: .valid).name
        }
        #expect(name("../planted/storm.yaml") == "planted/storm rate=10")
        #expect(name("../self-test/storm.yaml") == "self-test/storm rate=10")
        #expect(name("/far/away/storm.yaml") == "storm rate=10")
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

/// The campaign that `make nightly-proof` runs.
@Suite struct `The campaign over all plans` {
    private static let workloads = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Workloads")

    @Test func `names every plan but those of systems that no setup brings`() throws {
        let campaign = try Campaign(
            contentsOf: Self.workloads.appending(path: "campaigns/all-plans.yaml").path)
        let named = Set(campaign.plans.map { String($0.plan.dropFirst("../".count)) })
        let folders = ["", "etcd/", "planted/", "self-test/", "systems/"]
        let there = try folders.flatMap { folder in
            try FileManager.default.contentsOfDirectory(
                atPath: Self.workloads.appending(path: folder).path
            ).filter { $0.hasSuffix(".yaml") }.map { folder + $0 }
        }
        let absent = ["cockroachdb", "postgres", "tidb"].map { "systems/\($0)-" }
        #expect(named == Set(there.filter { plan in !absent.contains(where: plan.hasPrefix) }))
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

    private func note(
        _ order: RunOrder, _ outcome: RunOutcome, attempt: Int = 1
    ) -> CampaignFolder.RunNote {
        .init(order: order, attempt: attempt, outcome: outcome)
    }

    /// Tells a machine how each run ends, until it starts no more: what it noted, and its last words.
    private func play(
        _ machine: inout CampaignMachine, after notes: [CampaignFolder.RunNote] = [],
        _ outcome: (RunOrder) -> RunOutcome
    ) -> (notes: [CampaignFolder.RunNote], last: [CampaignMachine.Effect]) {
        var made: [CampaignFolder.RunNote] = []
        var effects = machine.step(.began(after: notes))
        while case .start(let order, let attempt)? = effects.first, made.count < 100 {
            made.append(note(order, outcome(order), attempt: attempt))
            effects = machine.step(.ended(order, outcome(order)))
        }
        return (made, effects)
    }

    @Test func `runs start as far as the capacity goes, and it ends when all have`() throws {
        var machine = try machine(runs: 3)
        let first = orders(machine.step(.began(after: [])))
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
        var first = try machine(runs: 4)
        let all = play(&first) { _ in .valid }.notes.map(\.order)
        var machine = try machine(runs: 4)
        let notes = [
            note(all[0], .valid), note(all[1], .failed), note(all[1], .failed, attempt: 2),
            note(all[3], .invalid),
        ]
        #expect(machine.step(.began(after: notes)) == [.start(all[2], attempt: 1)])
    }

    @Test func `a failed set-up has one more try, also of a campaign that goes on`() throws {
        var first = try machine(runs: 1)
        let order = try #require(orders(first.step(.began(after: []))).first)
        var machine = try machine(runs: 1)
        let failed = note(order, .failed)
        #expect(machine.step(.began(after: [failed])) == [.start(order, attempt: 2)])
        #expect(machine.step(.ended(order, .failed)) == [.finish(.complete)])
    }

    @Test func `what was found before counts for the stop rule of a campaign that goes on`() throws
    {
        var first = try machine(stop: "3")
        let all = play(&first) { _ in .invalid }
        #expect(all.notes.count == 3)
        #expect(all.last == [.finish(.violations(3))])
        var machine = try machine(stop: "3")
        let rest = play(&machine, after: Array(all.notes.prefix(2))) { _ in .invalid }
        #expect(rest.notes.map(\.order.number) == [3])
        var over = try self.machine(stop: "3")
        #expect(over.step(.began(after: all.notes)) == [.finish(.violations(3))])
    }

    @Test func `a failed set-up is tried once more, a violation never`() throws {
        var machine = try machine(runs: 1)
        let order = try #require(orders(machine.step(.began(after: []))).first)
        #expect(machine.step(.ended(order, .failed)) == [.start(order, attempt: 2)])
        #expect(machine.step(.ended(order, .failed)) == [.finish(.complete)])
        var other = try self.machine(runs: 1)
        let violated = try #require(orders(other.step(.began(after: []))).first)
        #expect(other.step(.ended(violated, .invalid)) == [.finish(.complete)])
    }

    @Test func `the first violation ends it where that is asked, but not a canary's`() throws {
        var machine = try machine(stop: "first-violation")
        let order = try #require(orders(machine.step(.began(after: []))).first)
        #expect(machine.step(.ended(order, .invalid)) == [.finish(.violations(1))])
        var canary = try self.machine(stop: "first-violation", expect: "invalid")
        let found = try #require(orders(canary.step(.began(after: []))).first)
        #expect(orders(canary.step(.ended(found, .invalid))).count == 1)
    }

    @Test func `when time is up nothing new starts, and what runs may end`() throws {
        var machine = try machine()
        let order = try #require(orders(machine.step(.began(after: []))).first)
        #expect(machine.step(.time(.seconds(61))) == [])
        #expect(machine.step(.ended(order, .valid)) == [.finish(.timeIsUp)])
    }

    @Test func `a person's wish interrupts what runs`() throws {
        var machine = try machine()
        let order = try #require(orders(machine.step(.began(after: []))).first)
        #expect(machine.step(.stopAsked) == [.interrupt(order)])
        #expect(machine.step(.ended(order, .inconclusive)) == [.finish(.stopped)])
    }

    @Test func `it ends when every plan is refused, for they would be refused all night`() throws {
        var machine = try machine()
        let order = try #require(orders(machine.step(.began(after: []))).first)
        #expect(machine.step(.ended(order, .refused)) == [.finish(.refused)])
    }

    @Test func `a plan that is refused is left out, and the others have its runs`() throws {
        let campaign = try Campaign(
            yaml: """
                name: n
                plans: [a.yaml, b.yaml]
                budget: {runs: 4}
                """)
        var machine = CampaignMachine(campaign, seed: 1)
        let night = play(&machine) { $0.cell.plan == "a.yaml" ? .refused : .valid }
        #expect(night.last == [.finish(.complete)])
        #expect(night.notes.count { $0.outcome == .refused } == 1, "\(night.notes)")
        #expect(night.notes.count { $0.outcome == .valid } == 4, "\(night.notes)")

        var still = CampaignMachine(campaign, seed: 1)
        let refused = play(&still, after: night.notes) { _ in .refused }
        #expect(refused.notes.map(\.order.cell.plan) == ["a.yaml"], "it is asked once")
        #expect(refused.last == [.finish(.complete)])

        var mended = CampaignMachine(campaign, seed: 1)
        let rest = play(&mended, after: night.notes) { _ in .valid }
        #expect(rest.last == [.finish(.complete)])
        #expect(Set(rest.notes.map(\.order.cell.plan)) == ["a.yaml"])
        #expect(rest.notes.map(\.order.number) == [1, 3], "its share of the four")
    }

    @Test func `a night whose other plans have used their seeds ends without the refused one`()
        throws
    {
        let campaign = try Campaign(
            yaml: """
                name: n
                plans: [a.yaml, {plan: b.yaml, seeds: 1..3}]
                budget: {runs: 40}
                """)
        var machine = CampaignMachine(campaign, seed: 1)
        let night = play(&machine) { $0.cell.plan == "a.yaml" ? .refused : .valid }
        #expect(night.last == [.finish(.complete)])
        #expect(night.notes.count { $0.outcome == .valid } == 3)
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

@Suite struct `What a campaign comes to` {
    private func row(
        _ number: Int, _ verdict: RunRow.Verdict, canary: Bool = false, attempt: Int = 1
    ) -> RunRow {
        var row = RunRow(folder: "r/\(number).\(attempt)", seed: 1, verdict: verdict)
        (row.number, row.attempt, row.cell) = (number, attempt, canary ? "canary" : "plan")
        row.expectsViolation = canary
        return row
    }

    @Test func `its exit status is that of the worst run, against what was expected`() {
        func status(_ rows: [RunRow], _ reason: CampaignMachine.Reason? = .complete) -> Int32 {
            CampaignVerdict(rows, reason: reason).exitStatus
        }
        #expect(status([row(1, .valid), row(2, .invalid, canary: true)]) == 0)
        #expect(status([row(1, .valid), row(2, .valid, canary: true)]) == 1, "a dead canary")
        #expect(status([row(1, .invalid), row(2, .failed), row(3, .undecided)]) == 1)
        #expect(status([row(1, .failed), row(2, .inconclusive)]) == 70)
        #expect(status([row(1, .inconclusive), row(2, .valid)]) == 2)
        #expect(status([]) == 2, "nothing was tested")
        #expect(status([row(1, .refused), row(2, .valid)]) == 64, "a plan was left out")
        #expect(status([row(1, .refused), row(2, .invalid)]) == 1)
        #expect(status([row(1, .refused)], .refused) == 64)
        #expect(status([row(1, .failed), row(1, .valid, attempt: 2)]) == 0, "the last try counts")
    }

    @Test func `plans are named from the campaign's own folder, folders above it too`() {
        let ticket = CampaignFolder.Ticket(
            file: "/w/Workloads/campaigns/n.yaml", seed: 1, commit: nil, began: 0)
        #expect(ticket.path(of: "../a.yaml") == "/w/Workloads/a.yaml")
        #expect(ticket.path(of: "b.yaml") == "/w/Workloads/campaigns/b.yaml")
        #expect(ticket.path(of: "/x/c.yaml") == "/x/c.yaml")
    }

    /// A folder of a campaign that has just begun, and that of all results around it.
    private static func folder() throws -> (results: String, CampaignFolder) {
        let results = FileManager.default.temporaryDirectory
            .appending(path: "whitewater-\(UUID().uuidString)").path
        let folder = try CampaignFolder(
            results: results, name: "n", started: "s",
            ticket: .init(file: "/n.yaml", seed: 1, commit: nil, began: 0))
        return (results, folder)
    }

    @Test func `a campaign that goes on forgets what was refused, and what the index alone knows`()
        throws
    {
        let (results, folder) = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: results) }
        let campaign = try Campaign(yaml: "name: n\nplans: [a.yaml]\nbudget: {runs: 3}")
        var schedule = CampaignSchedule(campaign, seed: 1)
        let orders = (0..<3).compactMap { _ in schedule.next() }
        for (order, outcome) in zip(orders, [RunOutcome.refused, .failed]) {
            try folder.write(.init(order: order, attempt: 1, outcome: outcome))
        }
        // A process was killed between the index and the note.
        var ghost = RunRow(
            folder: folder.relative(folder.place(of: orders[2], attempt: 1)) + "/latest", seed: 1,
            verdict: .valid)
        ghost.campaign = folder.name
        let archive = try Archive(file: results + "/index.sqlite")
        var other = RunRow(folder: "other", seed: 1, verdict: .valid)
        other.campaign = "campaigns/other/s"
        try archive.record([ghost, other])

        try folder.removeUnfinished()
        try folder.removeRefused()
        try RunReader(folder: folder, ticket: folder.ticket()).bring(archive)
        #expect(folder.notes().map(\.outcome) == [.failed])
        #expect(try archive.runs(of: folder.name).map(\.number) == [2])
        #expect(try archive.runs(of: "campaigns/other/s").count == 1, "another campaign's stay")
    }

    @Test func `a folder is worked on by one process at a time, and says how it stands`() throws {
        let (results, folder) = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: results) }
        #expect(folder.state == .cutShort)
        var hold: CampaignHold? = try CampaignHold(folder.path)
        #expect(folder.state == .running)
        let error = #expect(throws: CampaignError.self) { try CampaignHold(folder.path) }
        #expect(error?.description.contains("another process works on it") == true)
        withExtendedLifetime(hold) {}
        hold = nil
        try folder.write(end: .complete)
        guard case .ended("the campaign is complete", _) = folder.state else {
            Issue.record("\(folder.state)")
            return
        }
        try folder.write(end: nil)
        #expect(folder.state == .cutShort)
        for path in [folder.path, results + "/campaigns/n"] {
            #expect(try CampaignFolder(at: path).name == "campaigns/n/s")
        }
        #expect(throws: CampaignError.self) { try CampaignFolder(at: results) }
    }
}
