/// No operations at all.
public struct NothingMore: Generator {
    /// The end.
    public init() {}

    /// The end.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step { .finished }
}
