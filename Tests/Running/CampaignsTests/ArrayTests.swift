import Archive
import Foundation
import Plans
import Testing

@testable import Campaigns

/// A campaign on a cluster, without one.
@Suite struct `A campaign's array` {
    private static let share = ArrayPlan.Share(runs: 2, cores: 2, megabytes: 1_500)

    private func campaign(runs: Int? = 5, stop: String = "never") throws -> Campaign {
        try Campaign(
            yaml: """
                name: night
                plans: [{plan: a.yaml, weight: 3}, {plan: b.yaml, seeds: 5..6, expect: invalid}]
                budget: {time: 60s\(runs.map { ", runs: \($0)" } ?? "")}
                parallel: 4
                stop: \(stop)
                """)
    }

    private let ticket = CampaignFolder.Ticket(
        file: "/plans/night.yaml", seed: 7, commit: "abc", began: 1_000)

    private func plan(
        stop: String = "never", after notes: [CampaignFolder.RunNote] = []
    ) throws -> ArrayPlan {
        try ArrayPlan(campaign(stop: stop), ticket: ticket, after: notes, share: Self.share)
    }

    private func note(
        _ order: RunOrder, _ outcome: RunOutcome, attempt: Int = 1
    ) -> CampaignFolder.RunNote {
        .init(order: order, attempt: attempt, outcome: outcome)
    }

    private func ended(
        _ order: RunOrder, _ outcome: RunOutcome, attempt: Int = 1, restart: Int = 0
    ) -> ArrayFolder.EndedRun {
        .init(
            copy: .init(task: 0, restart: restart), note: note(order, outcome, attempt: attempt),
            place: "\(order.number).\(attempt) of \(restart)")
    }

    @Test func `each run is in one task, in the order of the campaign, and none that has ended`()
        throws
    {
        let whole = try plan()
        #expect(whole.tasks.map { $0.map(\.number) } == [[1, 2], [3, 4], [5]])
        #expect(whole.parallel == 4)
        var schedule = CampaignSchedule(try campaign(), seed: 7)
        #expect(whole.tasks.joined().first == schedule.next(), "the runs of a campaign at home")
        let orders = whole.tasks.joined().map(\.self)
        let rest = try plan(after: [
            note(orders[0], .valid), note(orders[1], .failed), note(orders[3], .invalid),
        ])
        #expect(rest.tasks.map { $0.map(\.number) } == [[2, 3], [5]])
        #expect(rest.tasks[0][0] == whole.tasks[0][1], "a number is the same run in each array")
    }

    @Test func `what was refused is replaced by other plans' runs in the next array`() throws {
        let first = try plan()
        let orders = first.tasks.joined().map(\.self)
        let refused = try #require(orders.first { $0.cell.plan == "b.yaml" })
        let others = orders.filter { $0.cell != refused.cell }
        let ended = [note(refused, .refused)] + others.map { note($0, .valid) }
        #expect(first.reason(at: 1_001, after: ended, isStopped: false) == .complete)
        let next = try plan(after: ended).tasks.joined().map(\.self)
        #expect(next.count == 5 - others.count, "the budget's runs are made")
        #expect(next.allSatisfy { $0.cell.plan == "a.yaml" && $0.number > orders.count })
        let all = ended + next.map { note($0, .valid) }
        #expect(try plan(after: all).tasks.isEmpty, "and no more")
        let mended = ended.filter { $0.outcome != .refused }
        let again = try plan(after: mended).tasks.joined().filter { $0.cell == refused.cell }
        #expect(again.first == refused, "a refusal that is forgotten is tried again")
    }

    @Test func `violations of earlier arrays count for the stop rule`() throws {
        let orders = try plan().tasks.joined().map(\.self)
        let found = try #require(orders.first { $0.cell.expect == .valid })
        let other = try #require(orders.last { $0.cell.expect == .valid })
        let later = try plan(stop: "2", after: [note(found, .invalid)])
        #expect(later.isOpen(other, at: 1_001, after: []))
        #expect(!later.isOpen(other, at: 1_001, after: [note(other, .invalid)]))
    }

    @Test func `a campaign without an end is refused in words`() throws {
        let endless = try campaign(runs: nil)
        let error = #expect(throws: PlanError.self) {
            try ArrayPlan(endless, ticket: ticket, after: [], share: Self.share)
        }
        #expect(error?.message.contains("budget: {runs: 500}") == true)
    }

    @Test func `no run starts when time is up, its plan is refused, or enough was found`() throws {
        let plan = try plan(stop: "first-violation")
        let orders = plan.tasks.joined().map(\.self)
        let expected = try #require(orders.first { $0.cell.expect == .invalid })
        let other = try #require(orders.first { $0.cell.expect == .valid })
        #expect(plan.isOpen(other, at: 1_059, after: []))
        #expect(!plan.isOpen(other, at: 1_060, after: []))
        #expect(plan.isOpen(other, at: 1_001, after: [note(expected, .invalid)]), "the canary's")
        #expect(!plan.isOpen(other, at: 1_001, after: [note(other, .invalid)]))
        #expect(!plan.isOpen(other, at: 1_001, after: [note(other, .refused)]))
        #expect(plan.isOpen(expected, at: 1_001, after: [note(other, .refused)]))
    }

    @Test func `why an array is over is said as it is`() throws {
        let plan = try plan(stop: "first-violation")
        let orders = plan.tasks.joined().map(\.self)
        let all = orders.map { note($0, .valid) }
        #expect(plan.reason(at: 1_001, after: all, isStopped: true) == .complete)
        #expect(plan.reason(at: 1_001, after: [], isStopped: true) == .stopped)
        #expect(plan.reason(at: 1_001, after: [all[0]], isStopped: false) == .lost(4))
        #expect(plan.reason(at: 1_060, after: [all[0]], isStopped: false) == .timeIsUp)
        let half = [note(orders[0], .failed)]
        #expect(plan.reason(at: 1_001, after: half, isStopped: false) == .lost(5))
        #expect(
            plan.reason(at: 1_001, after: [note(orders[0], .invalid)], isStopped: false)
                == .violations(1))
        let refused = Dictionary(grouping: orders, by: \.cell).values.map { note($0[0], .refused) }
        #expect(plan.reason(at: 1_001, after: refused, isStopped: false) == .refused)
        let isOpen = orders.count { $0.cell != refused[0].order.cell }
        #expect(
            plan.reason(at: 1_001, after: [refused[0]], isStopped: false) == .lost(isOpen),
            "the other plan's runs are missing, those of the refused one are not")
        #expect(CampaignVerdict([], reason: .lost(1)).exitStatus == 70)
    }

    @Test func `the script asks for what the campaign wants and replaces itself by the task`()
        throws
    {
        let script = SlurmScript(
            name: "whitewater-night", folder: "/shared/100%/it's", program: "/usr/bin/whitewater",
            plan: try plan())
        #expect(
            script.text == """
                #!/bin/sh
                #SBATCH --job-name=whitewater-night
                #SBATCH --array=0-2%4
                #SBATCH --cpus-per-task=2
                #SBATCH --mem=1500M
                #SBATCH --requeue
                #SBATCH --open-mode=append
                #SBATCH --signal=B:TERM@90
                #SBATCH --output="/shared/100%%/it's/output/%a.txt"
                exec '/usr/bin/whitewater' campaign-task '/shared/100%/it'\\''s' \\
                    --task "$SLURM_ARRAY_TASK_ID" --restart "${SLURM_RESTART_COUNT:-0}"

                """)
    }

    // MARK: Twice run, once kept

    @Test func `of a task that ran twice the first copy is kept, whichever is seen first`() throws {
        let order = try plan().tasks[0][0]
        let (first, second) = (ended(order, .valid), ended(order, .valid, restart: 1))
        #expect(
            Gathering.steps(for: [second, first], known: []) == [
                .keep(first, attempt: 1), .drop(second),
            ])
        #expect(Gathering.steps(for: [first], known: [note(order, .valid)]) == [.drop(first)])
    }

    @Test func `a violation that only the second copy found is not thrown away`() throws {
        let order = try plan().tasks[0][0]
        let found = ended(order, .invalid, restart: 1)
        #expect(
            Gathering.steps(for: [found], known: [note(order, .valid)]) == [
                .keep(found, attempt: 2)
            ])
        let innocent = ended(order, .valid, restart: 1)
        #expect(
            Gathering.steps(for: [innocent], known: [note(order, .invalid)]) == [.drop(innocent)])
    }

    @Test func `a failed try waits for the second one, and both are kept`() throws {
        let order = try plan().tasks[0][0]
        let (first, second) = (ended(order, .failed), ended(order, .valid, attempt: 2))
        #expect(Gathering.steps(for: [first], known: []) == [])
        #expect(
            Gathering.steps(for: [second, first], known: []) == [
                .keep(first, attempt: 1), .keep(second, attempt: 2),
            ])
        let elsewhere = ended(order, .valid, restart: 1)
        #expect(
            Gathering.steps(for: [first, elsewhere], known: []) == [.keep(elsewhere, attempt: 1)],
            "the copy that did not get to its second try counts for nothing")
    }

    // MARK: Watching

    @Test func `a watch ends when the queue is empty and nothing is missing`() {
        var watch = ArrayWatch()
        #expect(
            watch.step(.looked(.tasks(["RUNNING": 2]), missing: 3)) == [.say("tasks: 2 running")])
        #expect(watch.step(.looked(.tasks(["RUNNING": 2]), missing: 3)) == [], "said already")
        #expect(watch.step(.looked(.tasks([:]), missing: 0)) == [.finish])
    }

    @Test func `an empty queue is looked at again while the shared folder may be late`() {
        var watch = ArrayWatch()
        for _ in 1..<ArrayWatch.lateLooks {
            #expect(watch.step(.looked(.tasks([:]), missing: 1)) == [])
        }
        #expect(watch.step(.looked(.tasks([:]), missing: 1)) == [.finish])
    }

    @Test func `a controller that does not answer ends nothing`() {
        var watch = ArrayWatch()
        for look in 1...10 {
            let effects = watch.step(.looked(.silent("timed out"), missing: 0))
            #expect(effects.contains(.finish) == false, "look \(look)")
        }
    }

    @Test func `a person's wish cancels the job once, and what ends is still awaited`() {
        var watch = ArrayWatch()
        #expect(watch.step(.stopAsked).first == .cancel)
        #expect(watch.step(.stopAsked) == [])
        #expect(!watch.step(.looked(.tasks(["COMPLETING": 1]), missing: 1)).contains(.finish))
        #expect(watch.isStopping)
    }
}
