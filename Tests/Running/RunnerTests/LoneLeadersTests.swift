import Results
import Testing
import Topologies

@testable import Runner

/// n1 of five leads term 3, and elections take 300 ms.
@Suite struct `A leader that a majority has left` {
    private var leaders = LoneLeaders(nodes: 5, electionTimeout: .milliseconds(300))

    /// What is found while n1 goes on leading; so many others say term 4.
    private mutating func found(
        milliseconds: Int, left: Int = 3, every step: Int = 50, from start: Int = 0
    ) -> [Finding.Kind] {
        for node in 2..<2 + left {
            _ = leaders.note(
                NodeName(number: node), term: 4, isLeader: node == 2, at: .milliseconds(start))
        }
        return stride(from: start, through: start + milliseconds, by: step).compactMap { time in
            leaders.note(
                NodeName(number: 1), term: 3, isLeader: true, at: .milliseconds(time))?.kind
        }
    }

    @Test mutating func `is accused once if it goes on for six election timeouts`() {
        #expect(found(milliseconds: 4_000) == [.stubbornLeader])
    }

    @Test mutating func `has some of them to see it`() {
        #expect(found(milliseconds: 1_750).isEmpty)
    }

    @Test mutating func `is not left by two of four others`() {
        #expect(found(milliseconds: 4_000, left: 2).isEmpty)
    }

    @Test mutating func `begins anew where it was silent, as one that was frozen`() {
        #expect(found(milliseconds: 1_500).isEmpty)
        #expect(found(milliseconds: 1_500, from: 2_100).isEmpty)
        #expect(found(milliseconds: 8_000, every: 600, from: 4_200).isEmpty)
    }

    @Test mutating func `begins anew where the harness stood still`() {
        #expect(found(milliseconds: 1_500).isEmpty)
        leaders.disturb()
        #expect(found(milliseconds: 1_500, from: 1_550).isEmpty)
    }

    @Test mutating func `is none any more once it says so`() {
        #expect(found(milliseconds: 1_500).isEmpty)
        _ = leaders.note(NodeName(number: 1), term: 3, isLeader: false, at: .milliseconds(1_550))
        #expect(found(milliseconds: 1_500, from: 1_600).isEmpty)
    }
}
