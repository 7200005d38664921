internal import Foundation
internal import Synchronization

/// Ends a run that does not come to its end.
///
/// Everything that waits in a run has a limit of its own, kept by tasks. Where not even tasks go
/// on, because the machine has no more threads or memory to give, somebody must still say so: a
/// thread that was there from the start, and that needs nothing but a clock.
final class Watchdog: Sendable {
    private static let interval = 0.25

    private let allowance: @Sendable (Tally.Phase) -> Duration?
    private let phase: @Sendable () -> Tally.Phase
    private let isOver = Mutex(false)

    /// Watches over phases, each with so much time; nil for as long as it takes.
    init(
        of phase: @escaping @Sendable () -> Tally.Phase,
        allowing allowance: @escaping @Sendable (Tally.Phase) -> Duration?
    ) {
        self.phase = phase
        self.allowance = allowance
    }

    /// Begins to watch; calls `bark` on its own thread, once, when a phase takes too long.
    func begin(_ bark: @escaping @Sendable (_ phase: Tally.Phase, _ limit: Duration) -> Void) {
        Thread.detachNewThread { [self] in
            var timer = PhaseTimer()
            while !isOver.withLock({ $0 }) {
                let phase = phase()
                if let limit = allowance(phase),
                    timer.step(phase, at: ContinuousClock.now) > limit
                {
                    return bark(phase, limit)
                }
                // Between two looks: a phase that hangs announces nothing, and a condition would need
                // somebody to signal it.
                Thread.sleep(forTimeInterval: Self.interval)
            }
        }
    }

    /// Ends watching.
    func end() { isOver.withLock { $0 = true } }
}

/// Tells for how long a phase has lasted.
struct PhaseTimer {
    private var current: (phase: Tally.Phase, since: ContinuousClock.Instant)?

    /// How long the phase has lasted at an instant.
    mutating func step(_ phase: Tally.Phase, at now: ContinuousClock.Instant) -> Duration {
        guard let current, current.phase == phase else {
            current = (phase, now)
            return .zero
        }
        return now - current.since
    }
}
