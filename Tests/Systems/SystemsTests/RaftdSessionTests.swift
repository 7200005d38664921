import Testing
import Wire
import WireNIO

@testable import Systems

@Suite struct `A command that is sent again` {
    private typealias Attempt = Resending.Attempt

    private let refused = Attempt.replied(.refused(.notLeader(hint: nil)))
    private let lost = Attempt.failed(.lost("reset"))

    private func end(of attempts: [Resending.Attempt]) -> Result<Reply.Body, Connection.Failure>? {
        var resending = Resending()
        for (number, attempt) in attempts.enumerated() {
            let isLast = number == attempts.count - 1
            if let end = resending.step(attempt, isLast: isLast) { return end }
        }
        return nil
    }

    @Test func `is answered by whichever try is, for it is the same command`() {
        #expect(end(of: [lost, refused, .replied(.answer(.done))]) == .success(.answer(.done)))
        #expect(end(of: [lost, .replied(.answer(.mismatch))]) == .success(.answer(.mismatch)))
    }

    @Test func `is refused for certain only if every try was`() {
        #expect(end(of: [refused, refused]) == .success(.refused(.notLeader(hint: nil))))
        guard case .success(.unknown)? = end(of: [lost, refused]) else {
            Issue.record("a try of which nobody knows was forgotten")
            return
        }
    }

    @Test func `was never sent only if no try reached anybody`() {
        let unreachable = Attempt.failed(.unreachable("refused"))
        #expect(end(of: [unreachable, unreachable]) == .failure(.unreachable("refused")))
        #expect(end(of: [.failed(.timedOut), unreachable]) == .failure(.timedOut))
    }

    @Test func `is unknown if its session has forgotten it`() {
        guard case .success(.unknown)? = end(of: [lost, .replied(.answer(.sessionExpired))]) else {
            Issue.record("a command that may have been applied was called refused")
            return
        }
    }
}
