package import Histories
public import Results
internal import Synchronization

/// Counts of operations by name and outcome, and what is going on, for the live line and the
/// results.
///
/// Kept apart from the recorder: what the history says is compared with it.
public final class Tally: Sendable {
    /// How far a run has come.
    public enum Phase: String, Sendable {
        /// Network, processes, first leader.
        case settingUp = "set-up"
        /// The load with its faults.
        case load
        /// Kept as it is for somebody to look at.
        case frozen
        /// Waiting for recovery, and final reads.
        case finalReads = "final reads"
        /// Reading logs, deciding.
        case judging
    }

    private struct State {
        var counts: [String: RunResults.Counts] = [:]
        var fault: String?
        var phase = Phase.settingUp
        var leader: LeaderSpan?
        var verdict = SoFar()
    }

    /// What has been said of keys and nodes while the run goes on.
    public struct SoFar: Hashable, Sendable {
        /// Keys that were decided.
        public var decided = 0
        /// Those of them that are broken.
        public var broken = 0
        /// What nodes did or said that is wrong.
        public var findings = 0
    }

    private let state = Mutex(State())
    private let count: SharedCount?
    private let news: @Sendable (String) -> Void

    /// Nothing counted yet; completions are also counted in `count`, and `news` gets a sentence
    /// for each thing that is wrong, as soon as it is known.
    public init(count: SharedCount? = nil, news: @escaping @Sendable (String) -> Void = { _ in }) {
        self.count = count
        self.news = news
    }

    package func note(_ function: String, _ completion: Completion) {
        state.withLock { state in
            state.counts[function, default: .init()].note(completion)
            count?.value += 1
        }
    }

    func note(fault: String?) { state.withLock { $0.fault = fault } }
    func note(phase: Phase) { state.withLock { $0.phase = phase } }
    func note(leader: LeaderSpan?) { state.withLock { $0.leader = leader } }

    func noteDecided() { state.withLock { $0.verdict.decided += 1 } }

    /// Says something to whoever watches the run.
    func tell(_ sentence: String) { news(sentence) }

    func tell(_ violation: EarlyVerdict.Violation) {
        state.withLock { $0.verdict.broken += 1 }
        tell("after \(violation.said.fixed(1)) s: key \(violation.key): \(violation.sentence)")
    }

    func tell(finding: Finding, after seconds: Double) {
        state.withLock { $0.verdict.findings += 1 }
        tell("after \(seconds.fixed(1)) s: \(finding.sentence)")
    }

    /// What has been said of keys and nodes.
    public var verdict: SoFar { state.withLock { $0.verdict } }

    /// Counts by the operation's name.
    public var counts: [String: RunResults.Counts] { state.withLock { $0.counts } }

    /// Counts of all operations.
    public var total: RunResults.Counts {
        counts.values.reduce(into: RunResults.Counts()) { $0.add($1) }
    }

    /// The fault that lasts at present.
    public var fault: String? { state.withLock { $0.fault } }
    /// How far the run has come.
    public var phase: Phase { state.withLock { $0.phase } }
    /// Who leads, as nodes say.
    public var leader: LeaderSpan? { state.withLock { $0.leader } }
}

extension RunResults.Counts {
    mutating func note(_ completion: Completion) {
        switch completion {
        case .ok: ok += 1
        case .fail: fail += 1
        case .mismatch:
            fail += 1
            refused = (refused ?? 0) + 1
        case .info, .nonsense: info += 1
        }
    }
}
