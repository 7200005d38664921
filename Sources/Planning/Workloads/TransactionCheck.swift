public import Histories
public import Models

/// Whether a replay of all transactions in the order of their revisions explains every read, and
/// whether that order is one that clients could have seen: strict serializability, where the
/// system itself says in which order it worked.
///
/// A transaction whose client was told nothing has no revision, but whoever reads a value of its
/// says at which one it was put; from there on it is part of the replay, all of it. Finding the
/// order without such help is hard in general (Papadimitriou 1979); checking a given one takes n
/// log n for n steps.
public struct TransactionCheck: Check {
    /// The name in results.
    public let name = "transactions"

    /// A check.
    public init() {}

    /// Replays each folder.
    public func judge(_ history: History) throws(ModelError) -> CheckOutcome {
        var findings: [CheckFinding] = []
        for (key, ids) in history.idsByKey {
            var transactions: [Transaction] = []
            for id in ids {
                transactions.append(try Transaction(history.operations[Int(id)]))
            }
            var replay = TransactionReplay(transactions)
            findings += replay.run().map {
                CheckFinding(
                    check: name, sentence: $0.sentence, key: key, operations: $0.operations)
            }
        }
        return .findings(findings)
    }
}
