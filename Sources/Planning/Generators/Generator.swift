public import Histories

/// Decides what each worker does next: pure, seeded, composable.
///
/// A worker is a place in the load that is never empty; the logical process in it changes after
/// an operation of unknown outcome. Time enters as an argument and dice are lent, so that the
/// same seed and the same completions give the same operations.
public protocol Generator: Sendable {
    /// What the worker does next, asked at this time since the start of the load.
    mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step

    /// Learns how an operation that it gave out has ended.
    mutating func observe(_ invocation: Invocation, _ completion: Completion, by worker: Int)

    /// The keys that it has left for good since this was last asked: it gives out nothing more on
    /// them, though what it gave out may still go on.
    mutating func retiredKeys() -> [Value]
}

extension Generator {
    /// Learns nothing.
    public mutating func observe(
        _ invocation: Invocation, _ completion: Completion, by worker: Int
    ) {}

    /// Leaves no key before its end.
    public mutating func retiredKeys() -> [Value] { [] }
}

/// What a worker does next.
public enum Step: Hashable, Sendable {
    /// Invoke this at this time since the start of the load, or at once if that has passed.
    case invoke(Invocation, at: Duration)
    /// There is nothing more for this worker.
    case finished
}
