internal import Checkers
internal import Dispatch
internal import Foundation
internal import Histories
internal import Results
internal import Synchronization
internal import Workloads

/// Decides keys while the run goes on, on one thread that yields to everybody else, and tells at
/// once what is wrong.
///
/// What it cannot decide cheaply, or in time, it leaves to the judgement of the whole history.
final class EarlyJudge: Sendable {
    /// So many keys wait to be decided; when more are ready, the machine has better things to do.
    private static let mostWaiting = 256
    /// Of a run that is wrong everywhere, this is enough.
    private static let mostTold = 50
    /// The thread's niceness: the load and the nodes come first.
    private static let niceness: Int32 = 10

    private struct State {
        var waiting: [OpenKeys.Ready] = []
        var isOver = false
        var verdict = EarlyVerdict()
    }

    private let checks: [any Check]
    private let clock: RunClock
    private let tally: Tally
    private let naming: @Sendable (String) -> String
    private let state = Mutex(State())
    private let cancellation = Cancellation()
    private let arrivals = DispatchSemaphore(value: 0)
    private let ended = StopSignal()

    /// Given when the first thing that is wrong has been told.
    let first = StopSignal()

    /// A judge of keys by these checks, at work from now on; `naming` puts a sentence about processes
    /// into the words of people, who know nodes.
    init(
        _ checks: [any Check], clock: RunClock, tally: Tally,
        naming: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.naming = naming
        self.checks = checks
        self.clock = clock
        self.tally = tally
        let thread = Thread { [self] in
            // Of the calling thread alone, on Linux; a thread that must not yield works as well.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
            work()
        }
        thread.name = "early judge"
        thread.start()
    }

    /// Takes histories of keys that the load has left.
    func take(_ ready: [OpenKeys.Ready]) {
        guard !ready.isEmpty else { return }
        state.withLock { state in
            state.verdict.retired += ready.count
            let room = state.isOver ? 0 : max(0, Self.mostWaiting - state.waiting.count)
            state.waiting += ready.prefix(room)
        }
        for _ in ready { arrivals.signal() }
    }

    /// Tells what nodes did or said; once of each kind and node.
    func tell(_ finding: Finding) {
        let said = clock.now / .seconds(1)
        let isNews = state.withLock { state in
            let told = state.verdict.findings
            guard !state.isOver, told.count < Self.mostTold,
                !told.contains(where: {
                    $0.finding.kind == finding.kind && $0.finding.node == finding.node
                })
            else { return false }
            state.verdict.findings.append(.init(finding, said: said))
            return true
        }
        guard isNews else { return }
        tally.tell(finding: finding, after: said)
        first.stop()
    }

    /// Ends the work, whatever is still to be decided.
    ///
    /// - Returns: what was said.
    func finish() async -> EarlyVerdict {
        state.withLock { $0.isOver = true }
        cancellation.cancel()
        arrivals.signal()
        await ended.wait()
        return state.withLock { $0.verdict }
    }

    // MARK: The thread

    private func work() {
        while true {
            arrivals.wait()
            let next = state.withLock { state -> OpenKeys.Ready?? in
                guard !state.isOver else { return .none }
                return .some(state.waiting.isEmpty ? nil : state.waiting.removeFirst())
            }
            guard let next else { break }
            if let next { decide(next) }
        }
        ended.stop()
    }

    private func decide(_ ready: OpenKeys.Ready) {
        var isDecided = false
        for check in checks {
            guard let report = report(check, ready.key, ready.events) else { continue }
            isDecided = true
            guard case .violation(let contradiction) = report.verdict else { continue }
            let broken = breakingTime(of: ready, by: check)
            let said = clock.now / .seconds(1)
            let violation = EarlyVerdict.Violation(
                key: "\(ready.key)", broken: broken, said: said,
                sentence: naming(contradiction.sentence))
            let isNews = state.withLock { state in
                guard !state.isOver else { return false }
                if state.verdict.violations.count < Self.mostTold {
                    state.verdict.violations.append(violation)
                }
                return true
            }
            guard isNews else { continue }
            tally.tell(violation)
            first.stop()
        }
        guard isDecided else { return }
        state.withLock { $0.verdict.decided += 1 }
        tally.noteDecided()
    }

    /// What a check says of the first events of a key; nil for what it does not decide.
    private func report(
        _ check: any Check, _ key: Value, _ events: some Sequence<Event>
    ) -> KeyReport? {
        // What cannot be read is for the judgement of the whole history to say.
        guard let history = try? History(events) else { return nil }
        return
            (try? check.decide(key: key, of: history.operations, until: cancellation))
            .flatMap(\.self)
    }

    /// When the first completion was recorded with which the key was broken, in seconds of load:
    /// a search by halves, for what is broken stays so.
    private func breakingTime(of ready: OpenKeys.Ready, by check: any Check) -> Double {
        var (sound, broken) = (0, ready.events.count)
        while broken - sound > 1 {
            let middle = (sound + broken) / 2
            switch report(check, ready.key, ready.events.prefix(middle))?.verdict {
            case .violation: broken = middle
            default: sound = middle
            }
        }
        return ready.events[broken - 1].time?.seconds ?? 0
    }
}
