public import Histories

/// Takes one lock and gives it back: a worker that holds it releases it, any other tries to get it.
///
/// Whoever does not know how its last operation ended is a new process, which holds nothing.
public struct LockOperations: Generator {
    private var left: Int
    private var holders: Set<Int> = []

    /// So many operations on one lock.
    public init(count: Int) { left = count }

    /// The next operation, until the count is reached.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        guard left > 0 else { return .finished }
        left -= 1
        return .invoke(Invocation(holders.contains(worker) ? "release" : "acquire"), at: now)
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
