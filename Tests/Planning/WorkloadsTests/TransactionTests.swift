import Generators
import Histories
import Models
import Testing

@testable import Workloads

/// Transactions, and the order that the system says.
@Suite struct `Transactions` {
    private func findings(_ story: Story) throws -> [String] {
        guard case .findings(let found) = try TransactionCheck().judge(story.history) else {
            Issue.record("no findings, but keys")
            return []
        }
        return found.map(\.sentence)
    }

    private func r(_ key: Value, _ value: Value = .null, _ written: Int? = nil) -> Value {
        written.map { [.keyword("r"), key, value, .int($0)] } ?? [.keyword("r"), key, value]
    }

    private func w(_ key: Value, _ value: Value) -> Value { [.keyword("w"), key, value] }

    private func told(_ revision: Int, _ steps: Value...) -> Value {
        .map(.init([.keyword("revision"): .int(revision), .keyword("txn"): .vector(steps)]))
    }

    /// 10 and 20 put at keys 1 and 2 at revision 2, and 11 at key 1 at revision 3.
    private var twoWrites: Story {
        var story = Story()
        story.done(0, "txn", [w(1, 10), w(2, 20)], told(2, w(1, 10), w(2, 20)))
        story.done(0, "txn", [r(2), w(1, 11)], told(3, r(2, 20, 2), w(1, 11)))
        return story
    }

    @Test func `that a replay explains are right`() throws {
        var story = twoWrites
        story.done(1, "txn", [r(1), r(2)], told(3, r(1, 11, 3), r(2, 20, 2)))
        story.done(1, "read", .null, told(3, r(1, 11, 3), r(2, 20, 2)))
        story.done(1, "txn", [r(3), w(3, 30)], told(4, r(3, .null, 0), w(3, 30)))
        #expect(try findings(story).isEmpty)
    }

    @Test func `of which one read half of another are found`() throws {
        var story = twoWrites
        story.done(1, "txn", [r(1), r(2)], told(3, r(1, 11, 3), r(2, .null, 0)))
        let found = try findings(story)
        #expect(found.count == 1)
        #expect(found.first?.contains("read nil at key 2 as of revision 3") == true)
        #expect(found.first?.contains("had written 20 there at revision 2") == true)
    }

    @Test func `are found that read an old value, or one from later`() throws {
        var story = twoWrites
        story.done(1, "txn", [r(1)], told(3, r(1, 10, 2)))
        #expect(try findings(story).map { $0.contains("had written 11 there") } == [true])
        story = twoWrites
        story.done(1, "txn", [r(1), w(3, 30)], told(3, r(1, 11, 3), w(3, 30)))
        #expect(try findings(story).contains { $0.contains("at revision 3 only") })
        #expect(try findings(story).contains { $0.contains("wrote at revision 3, as") })
    }

    @Test func `a read of everything that leaves a key out is found`() throws {
        var story = twoWrites
        story.done(1, "read", .null, told(3, r(1, 11, 3)))
        #expect(try findings(story).map { $0.contains("read nil at key 2") } == [true])
    }

    @Test func `that are behind what had been answered are found, though they fit the replay`()
        throws
    {
        var story = twoWrites
        story.done(1, "txn", [r(1)], told(2, r(1, 10, 2)))
        let found = try findings(story)
        #expect(found.map { $0.contains("came at revision 2, though") } == [true])
        // While the other was still under way, it may be behind.
        var early = Story()
        early.line(.invoke, 0, "txn", [w(1, 10)])
        early.line(.invoke, 1, "txn", [r(1)])
        early.line(.ok, 0, "txn", told(2, w(1, 10)))
        early.line(.ok, 1, "txn", told(1, r(1, .null, 0)))
        #expect(try findings(early).isEmpty)
    }

    @Test func `of unknown outcome stand where somebody saw them, all of them or nothing`() throws {
        var story = twoWrites
        story.line(.invoke, 2, "txn", [w(1, 12), w(3, 30)])
        story.line(.info, 2, "txn", [w(1, 12), w(3, 30)])
        let before = story
        #expect(try findings(story).isEmpty, "perhaps it never came about")
        story.done(1, "txn", [r(1), r(3)], told(4, r(1, 12, 4), r(3, 30, 4)))
        #expect(try findings(story).isEmpty)
        var half = before
        half.done(1, "txn", [r(1), r(3)], told(4, r(1, 12, 4), r(3, .null, 0)))
        #expect(try findings(half).map { $0.contains("read nil at key 3") } == [true])
        var twice = before
        twice.done(1, "txn", [r(1), r(3)], told(5, r(1, 12, 4), r(3, 30, 5)))
        #expect(try findings(twice).contains { $0.contains("wrote it at revision 4") })
        var taken = before
        taken.done(1, "txn", [r(1)], told(3, r(1, 12, 3)))
        #expect(try findings(taken).contains { $0.contains("put there at revision 3, at which") })
    }

    @Test func `what nobody wrote, or was refused to write, is no reading`() throws {
        var story = twoWrites
        story.line(.invoke, 2, "txn", [w(1, 13)])
        story.line(.fail, 2, "txn", [w(1, 13)])
        story.done(1, "txn", [r(1), r(2)], told(4, r(1, 13, 4), r(2, 99, 4)))
        let found = try findings(story)
        #expect(found.contains { $0.contains("had been refused to write") })
        #expect(found.contains { $0.hasSuffix("which nobody wrote") })
    }

    @Test func `another workload's operations are refused`() {
        var story = Story()
        story.done(0, "enqueue", 1, 1)
        #expect(throws: ModelError.self) { try findings(story) }
    }

    @Test func `write every value once, and no key twice at a time`() {
        var random = SplitMix64(seed: 7)
        var load = TransactionOperations(count: 500, keys: 4, most: 3)
        var values: [Value] = []
        var count = 0
        var kinds: Set<[Bool]> = []
        while case .invoke(let invocation, _) = load.next(for: 0, at: .zero, using: &random) {
            count += 1
            let steps = invocation.value.elements ?? []
            let (reads, writes) = (
                steps.filter { $0.elements?.first == .keyword("r") },
                steps.filter { $0.elements?.first == .keyword("w") }
            )
            #expect(reads.count <= 3 && writes.count <= 3 && steps == reads + writes)
            #expect(Set(reads.compactMap { $0.elements?[1] }).count == reads.count)
            #expect(Set(writes.compactMap { $0.elements?[1] }).count == writes.count)
            values += writes.compactMap { $0.elements?[2] }
            kinds.insert([reads.isEmpty, writes.isEmpty])
        }
        #expect(count == 500)
        #expect(Set(values).count == values.count)
        #expect(kinds == [[true, false], [false, true], [false, false]])
    }
}
