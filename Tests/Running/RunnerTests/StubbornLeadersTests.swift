import Results
import Testing
import Topologies

@testable import Runner

/// n1 leads term 3, and n2 term 4 from time 0 on.
@Suite struct `A leader beside a later one` {
    private var leaders = StubbornLeaders()

    /// What is found while n1 goes on like this; each says something every so many milliseconds.
    private mutating func found(
        for seconds: Int, from start: Int = 0, every step: Int = 50, lets later: Bool = true,
        _ term: (_ time: Int) -> Int? = { _ in 3 }
    ) -> [Finding.Kind] {
        var found: [Finding.Kind] = []
        for time in stride(from: start * 1_000, to: (start + seconds) * 1_000, by: step) {
            for (node, term) in [(1, term(time)), (2, later ? 4 : nil)] {
                let finding = leaders.note(
                    NodeName(number: node), term: term ?? 4, isLeader: term != nil,
                    at: .milliseconds(time))
                if let finding { found.append(finding.kind) }
            }
        }
        return found
    }

    @Test mutating func `is accused once if nothing kept it from hearing that one`() {
        #expect(found(for: 3) == [.stubbornLeader])
    }

    @Test mutating func `may take a moment to hear of it`() {
        #expect(found(for: 3) { $0 < 900 ? 3 : nil }.isEmpty)
    }

    @Test mutating func `is none if the other one leads no more`() {
        #expect(found(for: 3, lets: false).isEmpty)
    }

    @Test mutating func `may not have heard of it soon after a fault`() {
        leaders.disturb(at: .zero)
        #expect(found(for: 10).isEmpty)
        #expect(found(for: 3, from: 11) == [.stubbornLeader])
    }

    @Test mutating func `that was not heard often enough may have stood still`() {
        #expect(found(for: 3, every: 500).isEmpty)
    }
}
