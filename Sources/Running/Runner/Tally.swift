internal import Histories
public import Stores
internal import Synchronization

/// Counts of operations by name and outcome, and what is being done to the cluster, for the live
/// line and the results.
public final class Tally: Sendable {
    private struct State {
        var counts: [String: RunResults.Counts] = [:]
        var fault: String?
    }

    private let state = Mutex(State())
    private let count: SharedCount?

    /// Nothing counted yet; completions are also counted in `count`.
    public init(count: SharedCount? = nil) { self.count = count }

    func note(_ function: String, _ completion: Completion) {
        state.withLock { state in
            switch completion.kind {
            case .ok: state.counts[function, default: .init()].ok += 1
            case .fail: state.counts[function, default: .init()].fail += 1
            case .info, .invoke: state.counts[function, default: .init()].info += 1
            }
            count?.value += 1
        }
    }

    func note(fault: String?) { state.withLock { $0.fault = fault } }

    /// Counts by the operation's name.
    public var counts: [String: RunResults.Counts] { state.withLock { $0.counts } }

    /// Counts of all operations.
    public var total: RunResults.Counts {
        counts.values.reduce(into: RunResults.Counts()) { total, counts in
            total.ok += counts.ok
            total.fail += counts.fail
            total.info += counts.info
        }
    }

    /// The fault that lasts at present.
    public var fault: String? { state.withLock { $0.fault } }
}
