public import Histories

/// Takes one lock and gives it back: a worker that holds it releases it, any other tries to get it.
///
/// Whoever does not know how its last operation ended is a new process, which holds nothing.
public struct LockOperations: Generator {
    private var left: Int
    private let hold: ClosedRange<Duration>
    private let strays: Double
    private var holders: Set<Int> = []

    /// So many operations on one lock, which is held for a time drawn from a range.
    ///
    /// Of the operations of workers that do not hold it, the share `strays` releases it all the same,
    /// which must come to nothing.
    public init(
        count: Int, hold: ClosedRange<Duration> = .zero...(.zero), strays: Double = 0
    ) {
        left = count
        self.hold = hold
        self.strays = strays
    }

    /// The next operation, until the count is reached.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        guard left > 0 else { return .finished }
        left -= 1
        guard holders.contains(worker) else {
            let strays = strays > 0 && Double.random(in: 0..<1, using: &random) < strays
            return .invoke(Invocation(strays ? "release" : "acquire"), at: now)
        }
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
