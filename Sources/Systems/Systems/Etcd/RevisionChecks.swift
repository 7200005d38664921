/// Checks what etcd's replies say of the store's revision.
///
/// Every write raises it by one, and a reply carries the revision at which it was made
/// (<https://etcd.io/docs/v3.4/learning/api/>). So it never falls between operations that follow
/// each other on real time, whichever nodes answer, and no two writes share one. Where replicas have
/// diverged both happen, though the history of each key may still look right. Pure: replies in,
/// contradictions out.
struct RevisionChecks {
    /// A reply with a revision.
    struct Reading: Hashable, Sendable {
        /// The revision.
        var revision: Int
        /// The node that answered.
        var node: String
    }

    private var highest: Reading?
    private var writers: [Int: String] = [:]
    private var accused: Set<String> = []

    /// The highest revision of all replies so far; to be asked before a request leaves.
    var seen: Reading? { highest }

    /// Takes the reply to a request before which `earlier` was the highest revision.
    ///
    /// - Returns: what it contradicts; each rule at most once a node, for what has diverged stays
    ///   so.
    mutating func note(
        _ reading: Reading, isWrite: Bool, after earlier: Reading?
    ) -> [SystemContradiction.Statement] {
        var found: [SystemContradiction.Statement] = []
        if let earlier, reading.revision < earlier.revision {
            found.append(
                .init(
                    .wentBackward, node: reading.node,
                    "answered at revision \(reading.revision), though \(earlier.node) had answered "
                        + "at revision \(earlier.revision) before that request left"))
        }
        if isWrite, let other = writers.updateValue(reading.node, forKey: reading.revision) {
            found.append(
                .init(
                    .diverged, node: reading.node,
                    "acknowledged a write with revision \(reading.revision), which another write, "
                        + "acknowledged by \(other), has as well"))
        }
        if reading.revision > highest?.revision ?? 0 { highest = reading }
        return found.filter { accused.insert("\($0.rule) \($0.node)").inserted }
    }
}
