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
    }

    private let state = Mutex(State())
    private let count: SharedCount?

    /// Nothing counted yet; completions are also counted in `count`.
    public init(count: SharedCount? = nil) { self.count = count }

    package func note(_ function: String, _ completion: Completion) {
        state.withLock { state in
            state.counts[function, default: .init()].note(completion)
            count?.value += 1
        }
    }

    func note(fault: String?) { state.withLock { $0.fault = fault } }
    func note(phase: Phase) { state.withLock { $0.phase = phase } }
    func note(leader: LeaderSpan?) { state.withLock { $0.leader = leader } }

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
