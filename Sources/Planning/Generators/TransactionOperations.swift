public import Histories

/// Transactions over a few keys of one folder, as many as counted: reads of some, then writes of some.
///
/// Each value is written once, so that a read names the write that it saw. The steps are those of
/// Knossos and Elle: `[[:r 1 nil] [:w 2 7]]`.
public struct TransactionOperations: Generator {
    private let keys: Int
    private let most: Int
    private var left: Int
    private var lastWritten = 0

    /// So many transactions on so many keys, each with at most so many steps.
    public init(count: Int, keys: Int, most: Int) {
        left = count
        self.keys = keys
        self.most = min(most, keys)
    }

    /// The next transaction, until the count is reached: one of three writes nothing, one of six reads
    /// nothing.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        guard left > 0 else { return .finished }
        left -= 1
        let kind = Int.random(in: 0..<6, using: &random)
        var steps: [Value] = []
        if kind != 0 {
            steps += chosen(using: &random).map { [.keyword("r"), .int($0), .null] }
        }
        if kind < 4 {
            for key in chosen(using: &random) {
                lastWritten += 1
                steps.append([.keyword("w"), .int(key), .int(lastWritten)])
            }
        }
        return .invoke(Invocation("txn", .vector(steps)), at: now)
    }

    /// Nothing that comes depends on what was answered.
    public mutating func observe(
        _ invocation: Invocation, _ completion: Completion, by worker: Int
    ) {}

    /// Some of the keys, each once, in any order: systems refuse a key that is written twice.
    private func chosen(using random: inout some RandomNumberGenerator) -> [Int] {
        let count = Int.random(in: 1...most, using: &random)
        return Array((0..<keys).shuffled(using: &random).prefix(count))
    }
}
