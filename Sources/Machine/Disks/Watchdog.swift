internal import Foundation
internal import Synchronization

/// Kills this process when it hangs.
///
/// A server of a file system that hangs holds the processes that use it in a state in which no
/// signal reaches them; its death frees them.
final class Watchdog: Sendable {
    /// A request that is being worked on.
    struct Turn: Sendable { fileprivate let number: UInt64 }

    private struct State {
        var turns: [UInt64: (what: String, began: ContinuousClock.Instant)] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())
    private let patience: Duration

    /// A watchdog that waits so long for one request; more than a sick disk's slowest sync.
    init(patience: Duration) { self.patience = patience }

    func begin(_ what: String) -> Turn {
        state.withLock { state in
            state.next += 1
            state.turns[state.next] = (what, .now)
            return Turn(number: state.next)
        }
    }

    func end(_ turn: Turn) { _ = state.withLock { $0.turns.removeValue(forKey: turn.number) } }

    /// What has taken too long by now.
    func overdue(at instant: ContinuousClock.Instant) -> String? {
        state.withLock { state in
            state.turns.values.first { instant - $0.began > patience }?.what
        }
    }

    /// Watches on a thread of its own, for the life of the process.
    func watch() {
        Thread.detachNewThread { [self] in
            while true {
                // Between two looks: a request that hangs announces nothing, time alone tells.
                Thread.sleep(forTimeInterval: min(1, patience / .seconds(4)))
                if let what = overdue(at: .now) {
                    let words = "request \(what) took more than \(patience); give up\n"
                    FileHandle.standardError.write(Data(words.utf8))
                    kill(getpid(), SIGKILL)
                }
            }
        }
    }
}
