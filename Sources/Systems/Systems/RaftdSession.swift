internal import Synchronization
internal import Wire
internal import WireNIO

/// Commands that are sent until somebody says what became of them: each has a number in a session,
/// by which servers know one that they have applied already (dissertation §6.3).
///
/// One command at a time.
final class RaftdSession: Sendable {
    private struct State {
        var session: UInt64?
        var sequence: UInt64 = 0
    }

    /// A try gets this share of the time, so that there are several.
    private static let tries = 4
    private static let pause = Duration.milliseconds(20)

    private let link: RaftdLink
    private let state = Mutex(State())

    init(_ link: RaftdLink) { self.link = link }

    /// Sends a command, and again while nobody knows, until the time is over.
    ///
    /// - Throws: the failure of the last try, if nobody ever said what became of it.
    func send(
        _ call: Call, on key: [UInt8], timeout: Duration
    ) async throws(Connection.Failure) -> Reply.Body {
        let deadline = ContinuousClock.now + timeout
        guard let session = try await open(timeout: timeout) else {
            return .refused(.busy("no session was opened"))
        }
        let stamp = state.withLock { state in
            state.sequence += 1
            return Command.Stamp(session: session, sequence: state.sequence)
        }
        var resending = Resending()
        while true {
            let left = deadline - .now
            let attempt: Resending.Attempt
            do {
                attempt = .replied(
                    try await link.send(
                        .command(.call(key: key, call, stamp), .forward),
                        timeout: min(left, timeout / Self.tries)))
            } catch {
                attempt = .failed(error)
            }
            if let end = resending.step(attempt, isLast: deadline - .now < Self.pause * 2) {
                return try end.get()
            }
            // A server without a leader refuses at once.
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// The session, opened with the first command; nil if no server can open one now.
    private func open(timeout: Duration) async throws(Connection.Failure) -> UInt64? {
        if let session = state.withLock({ $0.session }) { return session }
        let reply: Reply.Body
        do {
            reply = try await link.send(.command(.openSession, .forward), timeout: timeout)
        } catch {
            // A session that nobody uses changes nothing: this is no doubt about the command.
            return nil
        }
        guard case .answer(.session(let session)) = reply else { return nil }
        state.withLock { $0.session = session }
        return session
    }
}

/// What to make of the tries of one command, which is the same one however often it is sent.
struct Resending {
    /// How a try ended.
    enum Attempt {
        /// With a reply.
        case replied(Reply.Body)
        /// Without one.
        case failed(Connection.Failure)
    }

    /// Whether an earlier try may take effect yet.
    private var isOpen = false

    /// The end of it all; nil to try again.
    ///
    /// A refusal is certain of its own try only: after one of which nobody knows it says nothing.
    mutating func step(
        _ attempt: Attempt, isLast: Bool
    ) -> Result<Reply.Body, Connection.Failure>? {
        switch attempt {
        case .replied(.refused(let why)):
            guard isLast else { return nil }
            return .success(
                isOpen
                    ? .unknown("refused (\(why)), after a try of which nobody knows")
                    : .refused(why))
        case .replied(.answer(.stale)), .replied(.answer(.sessionExpired)):
            return .success(.unknown("the session does not know the command any more"))
        case .replied(.unknown(let why)):
            isOpen = true
            return isLast ? .success(.unknown(why)) : nil
        case .replied(let reply): return .success(reply)
        case .failed(.unreachable(let why)) where !isOpen:
            return isLast ? .failure(.unreachable(why)) : nil
        case .failed(let failure):
            isOpen = true
            guard isLast else { return nil }
            if case .unreachable = failure { return .failure(.timedOut) }
            return .failure(failure)
        }
    }
}
