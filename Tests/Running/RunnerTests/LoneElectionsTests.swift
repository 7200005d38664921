import Results
import Testing
import Topologies

@testable import Runner

/// Five nodes in term 3, of which n5 is cut off from time 0 on.
@Suite struct `A node whose term rises` {
    private var elections = LoneElections(nodes: 5)

    init() { for node in 1...5 { _ = says(node, 3, at: -50) } }

    /// Whether a node that says this, so many milliseconds after it was cut off, is accused.
    private mutating func says(_ node: Int, _ term: Int, at time: Int) -> Bool {
        let finding = elections.note(
            NodeName(number: node), term: term, at: .milliseconds(time))
        return finding.map { $0.kind == .endlessElections && $0.aspect == "alone" } ?? false
    }

    /// The terms of n5 after 400 ms each, and what the others say in between.
    private mutating func isAccused(
        terms: [Int], others: (_ after: Int) -> [Int: Int]
    ) -> Bool {
        var found = false
        for (step, term) in terms.enumerated() {
            for (node, said) in others(step) { _ = says(node, said, at: step * 400 + 100) }
            found = says(5, term, at: step * 400 + 400) || found
        }
        return found
    }

    @Test mutating func `again and again while all others stay behind is accused, once`() {
        #expect(isAccused(terms: [4, 5, 6, 7]) { _ in [1: 3, 2: 3, 3: 3, 4: 3] })
        #expect(!isAccused(terms: [8, 9, 10, 11]) { _ in [1: 3, 2: 3, 3: 3, 4: 3] })
    }

    @Test mutating func `three times may have had consent that came late`() {
        #expect(!isAccused(terms: [4, 5, 6]) { _ in [1: 3, 2: 3, 3: 3, 4: 3] })
    }

    @Test mutating func `with somebody who says the same term has been heard`() {
        #expect(!isAccused(terms: [4, 5, 6, 7, 8, 9]) { [1: 3, 2: 3, 3: 3, 4: $0 + 3] })
    }

    @Test mutating func `with a majority of which nothing is seen may have been elected by it`() {
        #expect(!isAccused(terms: [4, 5, 6, 7, 8, 9]) { _ in [1: 3, 2: 3] })
        #expect(isAccused(terms: [10, 11, 12, 13, 14]) { _ in [1: 3, 2: 3, 3: 3] })
    }

    @Test mutating func `since others elect each other without it is not alone`() {
        #expect(
            !isAccused(terms: [4, 5, 6, 7, 8, 9]) { step in
                Dictionary(uniqueKeysWithValues: (1...4).map { ($0, step + 4) })
            })
    }
}
