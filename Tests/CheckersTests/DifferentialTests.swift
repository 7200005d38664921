import Foundation
import Models
import Testing

@testable import Checkers

@Suite struct `Every decider agrees with the definition of linearizability` {
    /// `WHITEWATER_HISTORIES=1000000 swift test` runs more.
    static let count =
        ProcessInfo.processInfo.environment["WHITEWATER_HISTORIES"].flatMap(Int.init) ?? 20_000

    @Test(arguments: [2, 5, 8, 12])
    func `the search, on repeated values`(operations: Int) {
        var histories = RandomHistories(operations: operations)
        histories.values = 2 + operations % 3
        compare(histories, seed: 1) { track in
            switch Frontier.search(track, budget: Budget()).finding {
            case .linearizable: true
            case .violation: false
            case .undecided: nil
            }
        }
    }

    @Test func `the search, on many crashed operations and processes`() {
        var histories = RandomHistories(operations: 14)
        histories.crashRate = 0.4
        histories.processes = 6
        histories.lieRate = 0.1
        compare(histories, seed: 2, count: Self.count / 4) { track in
            switch Frontier.search(track, budget: Budget()).finding {
            case .linearizable: true
            case .violation: false
            case .undecided: nil
            }
        }
    }

    @Test(arguments: [3, 6, 10, 14])
    func `the decider of unique values, which yields a witness`(operations: Int) {
        var histories = RandomHistories(operations: operations)
        histories.unique = true
        histories.lieRate = 0.1
        var decided = 0
        compare(histories, seed: 3, dropRefusals: true) { track in
            switch UniqueValues.decide(track) {
            case .order(let order):
                decided += 1
                #expect(track.accepts(order))
                return true
            case .contradiction:
                decided += 1
                return false
            case .notUnique: return nil
            }
        }
        #expect(decided > Self.count / 2)
    }

    private func compare(
        _ histories: RandomHistories, seed: UInt64, count: Int = Self.count,
        dropRefusals: Bool = false, decide: (Track<Register>) -> Bool?
    ) {
        var random = SeededGenerator(seed: seed)
        var linearizable = 0
        for round in 0..<count {
            var track = histories.track(using: &random)
            if dropRefusals { track = track.withoutRefusals }
            let truth = BruteForce.isLinearizable(track)
            if truth { linearizable += 1 }
            guard let verdict = decide(track) else { continue }
            if verdict != truth {
                Issue.record("seed \(seed), round \(round): said \(verdict) of \(track.entries)")
                return
            }
        }
        // A comparison on histories of one kind only would prove little.
        #expect(linearizable > count / 20 && linearizable < count - count / 50)
    }
}

extension Track<Register> {
    fileprivate var withoutRefusals: Self {
        let kept = entries.filter { if case .refused = $0.call { false } else { true } }
        return Track(model: model, entries: kept, length: length)
    }
}
