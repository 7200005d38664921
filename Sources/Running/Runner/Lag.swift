/// Tells which nodes lag: those that have not applied yet what some node had applied a while before.
///
/// A follower learns of a commit with the next message of its leader, so that a node which is no
/// leader is always a little behind; half a second is more than that. Pure: what nodes say they have
/// applied, in the order of the times of the answers.
struct Lag {
    /// A node that is so far behind lags.
    static let patience = Duration.milliseconds(500)

    /// The most that any node had applied, each time that it grew, by time; what is older than the
    /// patience is one entry.
    private var most: [(time: Duration, index: UInt64)] = []

    /// Takes what a node has applied by its answer, and says whether it lags; amortised constant time.
    ///
    /// - Parameters:
    ///   - applied: The index of the last entry that it has applied.
    ///   - asked: When it was asked.
    ///   - answered: When its answer was there.
    /// - Returns: Whether it lags.
    mutating func note(_ applied: UInt64, asked: Duration, answered: Duration) -> Bool {
        // Only the last of what was known so long ago can tell.
        let known = most.prefix { $0.time <= asked - Self.patience }.count
        if known > 1 { most.removeFirst(known - 1) }
        let behind = known > 0 && applied < most[0].index
        if applied > most.last?.index ?? 0 { most.append((answered, applied)) }
        return behind
    }
}
