/// How well a run shows a failure, as an example of it: the sooner the better, and the less there is
/// to read until then.
public struct Clarity: Hashable, Sendable, Comparable {
    /// Seconds of load until the failure was first seen; all that the run took where that is not known.
    private let first: Double
    private let operations: Int
    private let folder: String

    /// Of a run, for its failure of a name; nil if it has none of that name.
    public init?(of run: RunRow, showing signature: Signature) {
        guard let failure = run.failures.first(where: { $0.signature == signature }) else {
            return nil
        }
        first = failure.first ?? run.seconds
        operations = run.ok + run.failed + run.unknown
        folder = run.folder
    }

    /// The clearest comes first.
    public static func < (left: Clarity, right: Clarity) -> Bool {
        (left.first, left.operations, left.folder) < (right.first, right.operations, right.folder)
    }

    /// The clearest of some runs come first; those without such a failure are left out.
    public static func sorted(_ runs: [RunRow], showing signature: Signature) -> [RunRow] {
        runs.compactMap { run in Clarity(of: run, showing: signature).map { (run, $0) } }
            .sorted { $0.1 < $1.1 }.map(\.0)
    }
}
