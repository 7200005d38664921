import Generators
import Histories
import Models
import Testing

@testable import Workloads

/// Leases: what was promised, and what was lost before its time.
@Suite struct `Leases` {
    private func findings(_ story: Story) throws -> [CheckFinding] {
        guard case .findings(let found) = try LeaseCheck().judge(story.history) else {
            Issue.record("no findings, but keys")
            return []
        }
        return found
    }

    @Test func `a lease that is gone after its time is no finding`() throws {
        var story = Story()
        story.whole(0, "grant", [2, 77], from: 0, to: 10)
        story.whole(0, "renew", [2, 77], from: 1_000, to: 1_010)
        story.whole(0, "renew", [0, 77], from: 2_980, to: 3_001)
        #expect(try findings(story).isEmpty)
    }

    @Test func `one that is gone before is, and told once`() throws {
        var story = Story()
        story.whole(0, "grant", [2, 77], from: 0, to: 10)
        story.whole(1, "renew", [2, 77], from: 1_000, to: 1_010)
        story.whole(0, "renew", [0, 77], from: 2_900, to: 2_990)
        story.whole(0, "renew", [0, 77], from: 2_991, to: 2_995)
        let found = try findings(story)
        #expect(found.map(\.operations) == [[1, 2]])
        #expect(found.first?.sentence.contains("promised 2 s") == true)
    }

    @Test func `a renewal that nobody acknowledged promises nothing`() throws {
        var story = Story()
        story.whole(0, "grant", [2, 77], from: 0, to: 10)
        story.line(.invoke, 0, "renew", 77, at: 1_900)
        story.line(.info, 0, "renew", 77, at: 2_900)
        story.whole(1, "renew", [0, 77], from: 2_950, to: 2_960)
        #expect(try findings(story).isEmpty)
    }

    @Test func `leases are told apart`() throws {
        var story = Story()
        story.whole(0, "grant", [2, 77], from: 0, to: 10)
        story.whole(0, "renew", [0, 78], from: 20, to: 30)
        #expect(try findings(story).isEmpty)
    }

    @Test func `other operations are refused`() throws {
        var story = Story()
        story.whole(0, "read")
        let history = try story.history
        #expect(throws: ModelError.self) { try LeaseCheck().judge(history) }
    }

    @Test func `a lease is renewed by whoever is free, four times in its life, until it is gone`() {
        var random = SplitMix64(seed: 1)
        var load = LeaseOperations(
            count: 100, leases: 1, timeToLive: 2, interval: .milliseconds(500))
        let grant = Invocation("grant", 2)
        #expect(load.next(for: 0, at: .zero, using: &random) == .invoke(grant, at: .zero))
        load.observe(grant, .ok([2, 77]), by: 0)
        let renewal = Invocation("renew", 77)
        #expect(
            load.next(for: 1, at: .seconds(1), using: &random) == .invoke(renewal, at: .seconds(1)))
        load.observe(renewal, .ok([2, 77]), by: 1)
        #expect(
            load.next(for: 0, at: .seconds(1), using: &random)
                == .invoke(renewal, at: .milliseconds(1_500)))
        load.observe(renewal, .info(.keyword("timeout")), by: 0)
        #expect(
            load.next(for: 1, at: .seconds(3), using: &random) == .invoke(renewal, at: .seconds(3)))
        load.observe(renewal, .ok([0, 77]), by: 1)
        #expect(
            load.next(for: 1, at: .seconds(4), using: &random) == .invoke(grant, at: .seconds(4)))
    }
}
