internal import Histories

/// Appends to one list, or additions to one set, each element once, and reads of all of it.
public struct AppendOperations: Generator {
    private let function: String
    private let reads: Int
    private let appends: Int
    private var left: Int
    private var lastAppended = 0

    /// So many operations on one list; reads and appends come as often as their weights say.
    public init(_ function: String = "append", count: Int, reads: Int, appends: Int) {
        self.function = function
        left = count
        self.reads = reads
        self.appends = appends
    }

    /// The next operation, until the count is reached.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        guard left > 0 else { return .finished }
        left -= 1
        guard Int.random(in: 0..<(reads + appends), using: &random) >= reads else {
            return .invoke(Invocation("read"), at: now)
        }
        lastAppended += 1
        return .invoke(Invocation(function, .int(lastAppended)), at: now)
    }
}
