public import Histories

/// Spreads the operations of all workers over time, at random around a mean rate.
///
/// Intervals are uniform between nothing and twice the mean (Jepsen's stagger). A system that
/// falls behind is not made to catch up.
public struct Staggered<Inner: Generator>: Generator {
    /// What is spread out.
    public private(set) var inner: Inner
    private let meanInterval: Duration
    private var nextSlot = Duration.zero

    /// So many operations per second, all workers together.
    public init(_ inner: Inner, perSecond rate: Double) {
        self.inner = inner
        meanInterval = .seconds(1 / rate)
    }

    /// Each worker as soon as its last operation has ended.
    public init(unlimited inner: Inner) {
        self.inner = inner
        meanInterval = .zero
    }

    /// The inner generator's next operation, at the next free moment.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        let step = inner.next(for: worker, at: now, using: &random)
        guard case .invoke(let invocation, let earliest) = step else { return step }
        let slot = max(nextSlot, now)
        nextSlot = slot + meanInterval * Double.random(in: 0..<2, using: &random)
        // One that is to come later holds nobody else up.
        return .invoke(invocation, at: max(slot, earliest))
    }

    /// Passes the completion on.
    public mutating func observe(
        _ invocation: Invocation, _ completion: Completion, by worker: Int
    ) {
        inner.observe(invocation, completion, by: worker)
    }

    /// Those of the inner generator.
    public mutating func retiredKeys() -> [Value] { inner.retiredKeys() }
}

/// Ends the load at a time: nothing is invoked from then on.
public struct TimeLimited<Inner: Generator>: Generator {
    /// What is limited.
    public private(set) var inner: Inner
    private let limit: Duration

    /// The inner generator's operations before this time since the start of the load.
    public init(_ inner: Inner, _ limit: Duration) {
        self.inner = inner
        self.limit = limit
    }

    /// The inner generator's next operation, if it comes before the limit.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        guard now < limit else { return .finished }
        let step = inner.next(for: worker, at: now, using: &random)
        guard case .invoke(_, let time) = step, time >= limit else { return step }
        return .finished
    }

    /// Passes the completion on.
    public mutating func observe(
        _ invocation: Invocation, _ completion: Completion, by worker: Int
    ) {
        inner.observe(invocation, completion, by: worker)
    }

    /// Those of the inner generator.
    public mutating func retiredKeys() -> [Value] { inner.retiredKeys() }
}
