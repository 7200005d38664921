import Checkers
import Histories
import Testing

@testable import Workloads

/// Locks with leases: what is held without a gap, and what may have ended by itself.
@Suite struct `Locks with leases` {
    private func findings(_ story: Story) throws -> [String] {
        guard case .findings(let found) = try LockHoldsCheck().judge(story.history) else {
            Issue.record("no findings, but keys")
            return []
        }
        return found.map(\.sentence)
    }

    private func verdict(_ story: Story) throws -> [Verdict] {
        guard case .keys(let report) = try LeasedLockCheck(budget: Budget()).judge(story.history)
        else {
            Issue.record("no keys, but findings")
            return []
        }
        return report.keys.map(\.verdict)
    }

    private func isLinearizable(_ story: Story) throws -> Bool {
        try verdict(story).allSatisfy { if case .linearizable = $0 { true } else { false } }
    }

    @Test func `one holder after the other is right`() throws {
        var story = Story()
        story.whole(0, "acquire", .granted(2))
        story.line(.invoke, 1, "acquire")
        story.whole(0, "release", .released(5))
        story.line(.ok, 1, "acquire", .granted(5))
        story.whole(1, "release", .released(9))
        #expect(try findings(story).isEmpty)
        #expect(try isLinearizable(story))
    }

    @Test func `a lock whose key was gone when it was granted is nobody's`() throws {
        var story = Story()
        story.whole(0, "acquire", .granted(5, held: false))
        #expect(try findings(story).map { $0.contains("its lease had expired") } == [true])
    }

    @Test func `two holds that share a revision are found, whatever the times say`() throws {
        var story = Story()
        story.whole(0, "acquire", .granted(2))
        story.whole(0, "release", .released(7))
        story.whole(1, "acquire", .granted(6))
        #expect(try findings(story).map { $0.contains("at revision 6") } == [true])
    }

    @Test func `two holds that last at once are found without revisions`() throws {
        var story = Story()
        story.line(.invoke, 1, "acquire")
        story.whole(0, "acquire", .map(.init([:])))
        story.line(.ok, 1, "acquire", .map(.init([:])))
        story.whole(0, "release", .map(.init([:])))
        story.whole(1, "release", .map(.init([:])))
        #expect(try findings(story).map { $0.contains("got the lock while") } == [true])
        #expect(try !isLinearizable(story))
    }

    @Test func `so is a grant within a hold, though it lapses`() throws {
        var story = Story()
        story.whole(0, "acquire", .map(.init([:])))
        story.whole(1, "acquire", .map(.init([:])))
        story.whole(0, "release", .map(.init([:])))
        #expect(try findings(story).count == 1)
    }

    @Test func `a lease may end by itself, and the next one gets the lock`() throws {
        var story = Story()
        story.whole(0, "acquire", .granted(2))
        story.whole(1, "acquire", .granted(5))
        story.line(.invoke, 0, "release")
        story.line(.fail, 0, "release", error: .keyword("mismatch"))
        story.whole(1, "release", .released(8))
        #expect(try findings(story).isEmpty)
        #expect(try isLinearizable(story))
    }

    @Test func `a lock without a lease does not end by itself`() throws {
        var story = Story()
        story.whole(0, "acquire")
        story.whole(1, "acquire")
        #expect(try findings(story).isEmpty)
        #expect(try !isLinearizable(story))
    }
}
