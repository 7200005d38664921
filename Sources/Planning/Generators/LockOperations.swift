public import Histories

/// Takes one lock and gives it back: a worker that holds it releases it, any other tries to get it.
///
/// Whoever does not know how its last operation ended is a new process, which holds nothing.
public struct LockOperations: Generator {
    private var left: Int
    private let hold: ClosedRange<Duration>
    private var holders: Set<Int> = []

    /// So many operations on one lock, which is held for a time drawn from a range.
    public init(count: Int, hold: ClosedRange<Duration> = .zero...(.zero)) {
        left = count
        self.hold = hold
    }

    /// The next operation, until the count is reached.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        guard left > 0 else { return .finished }
        left -= 1
        guard holders.contains(worker) else { return .invoke(Invocation("acquire"), at: now) }
        guard hold.upperBound > .zero else { return .invoke(Invocation("release"), at: now) }
        let share = Double.random(in: 0...1, using: &random)
        let time = hold.lowerBound + (hold.upperBound - hold.lowerBound) * share
        return .invoke(Invocation("release"), at: now + time)
    }

    /// Remembers who holds the lock.
    public mutating func observe(
        _ invocation: Invocation, _ completion: Completion, by worker: Int
    ) {
        if invocation.function == "acquire", case .ok = completion {
            holders.insert(worker)
        } else {
            holders.remove(worker)
        }
    }
}
