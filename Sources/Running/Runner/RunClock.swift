/// Monotonic time since the start of the load.
package struct RunClock: Sendable {
    private let start = ContinuousClock.now

    /// A clock that starts now.
    package init() {}

    package var now: Duration { ContinuousClock.now - start }

    package func instant(at time: Duration) -> ContinuousClock.Instant { start + time }

    package func time(of instant: ContinuousClock.Instant) -> Duration { instant - start }
}
