import Generators
import Histories
import Models
import Testing

@testable import Workloads

/// Watches: what was told, and what had happened.
@Suite struct `Watches` {
    private func findings(_ story: Story) throws -> [String] {
        guard case .findings(let found) = try WatchCheck().judge(story.history) else {
            Issue.record("no findings, but keys")
            return []
        }
        return found.map(\.sentence)
    }

    /// Two puts and a deletion, at revisions 2, 4 and 5.
    private var changes: Story {
        var story = Story()
        story.done(0, "put", [1, 10], [1, 10, 2])
        story.done(0, "put", [2, 11], [2, 11, 4])
        story.done(0, "delete", 1, [1, 5])
        return story
    }

    private func told(_ from: Int, _ events: Value...) -> Value {
        .map(.init([.keyword("from"): .int(from), .keyword("events"): .vector(events)]))
    }

    private func findings(_ told: Value) throws -> [String] {
        var story = changes
        story.done(1, "watch", [1, 500], told)
        return try findings(story)
    }

    @Test func `everything in order is right, also in parts, and what may still come`() throws {
        #expect(try findings(told(1, [2, 1, 10], [4, 2, 11], [5, 1, .null])).isEmpty)
        #expect(try findings(told(3, [4, 2, 11], [5, 1, .null])).isEmpty)
        #expect(try findings(told(1, [2, 1, 10])).isEmpty)
        #expect(try findings(told(5)).isEmpty)
    }

    @Test func `an event that is left out is lost`() throws {
        let found = try findings(told(2, [2, 1, 10], [5, 1, .null]))
        #expect(found.map { $0.contains("never of 11 put at key 2 at revision 4") } == [true])
    }

    @Test func `a deletion at the revision from which on etcd told is lost like any other`() throws
    {
        var story = changes
        story.done(0, "compact", 5, 5)
        story.done(0, "put", [1, 12], [1, 12, 6])
        story.done(1, "watch", [1, 500], told(5, [6, 1, 12]))
        let found = try findings(story)
        #expect(found.map { $0.contains("never of the deletion of key 1 at revision 5") } == [true])
    }

    @Test func `what comes twice, out of order, or from before is found`() throws {
        #expect(try findings(told(2, [2, 1, 10], [2, 1, 10])).first?.hasSuffix("twice") == true)
        #expect(
            try findings(told(2, [2, 1, 10], [5, 1, .null], [4, 2, 11])).first?
                .hasSuffix("after revision 5") == true)
        #expect(
            try findings(told(4, [2, 1, 10])).first?.hasSuffix("watched from revision 4 on") == true
        )
    }

    @Test func `what nobody did is invented, and what somebody may have done is not`() throws {
        #expect(
            try findings(told(2, [2, 1, 10], [3, 3, 99])).first?.hasSuffix("nobody did") == true)
        #expect(
            try findings(told(2, [2, 1, 11])).first?.hasSuffix(
                "where 10 put at key 1 was acknowledged") == true)
        var story = changes
        story.line(.invoke, 2, "put", [3, 99])
        story.line(.info, 2, "put", [3, 99])
        story.done(1, "watch", [1, 500], told(2, [2, 1, 10], [3, 3, 99]))
        #expect(try findings(story).isEmpty)
    }

    @Test func `a watch goes on from where it stopped, and a compaction follows a deletion`() {
        var random = SplitMix64(seed: 3)
        var load = WatchOperations(count: 1_000, keys: 2, window: .milliseconds(500))
        load.observe(Invocation("watch", [1, 500]), .ok(told(1, [7, 1, 10])), by: 0)
        load.observe(Invocation("delete", 1), .ok([1, 8]), by: 0)
        var steps: [Invocation] = []
        while case .invoke(let invocation, _) = load.next(for: 0, at: .zero, using: &random) {
            steps.append(invocation)
        }
        #expect(steps.filter { $0.function == "watch" }.allSatisfy { $0.value == [8, 500] })
        #expect(steps.filter { $0.function == "compact" }.map(\.value) == [8])
        #expect(Set(steps.map(\.function)) == ["watch", "put", "delete", "compact"])
    }
}
