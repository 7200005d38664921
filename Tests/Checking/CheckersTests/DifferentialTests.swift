import CheckerTrials
import Foundation
import Testing

@Suite struct `Every decider agrees with the definition of linearizability` {
    /// `whitewater check --self-test 1000000` runs more.
    private static let count = 2_000

    @Test(arguments: SelfTest.subjects.map(\.name))
    func `on random histories, about as many legal as not`(name: String) throws {
        let subject = try #require(SelfTest.subjects.first { $0.name == name })
        let outcome = SelfTest.compare(subject, histories: Self.count, seed: 1)
        #expect(outcome.disagreement == nil)
        // A comparison of histories of one kind only, or that the decider leaves to others, would
        // prove little.
        #expect(outcome.linearizable > Self.count / 20)
        #expect(outcome.linearizable < Self.count * 49 / 50)
        #expect(outcome.decided > Self.count / 20)
    }
}
