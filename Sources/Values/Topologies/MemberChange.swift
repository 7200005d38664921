/// A change of who belongs to a cluster, or of who leads it, that the cluster itself makes (Raft
/// dissertation §3.10, §4).
public enum MemberChange: Hashable, Sendable, CustomStringConvertible {
    /// A node that has no vote any more and gets no entries.
    case remove(NodeName)
    /// Nodes that are to go together, in one change; asked for once, and not waited for.
    case dismiss([NodeName])
    /// A node that gets the log, and a vote once it has it.
    case add(NodeName)
    /// Another leader.
    case transferLeadership(to: NodeName)

    /// In words.
    public var description: String {
        switch self {
        case .remove(let node): "the removal of \(node)"
        case .dismiss(let nodes):
            "the dismissal of \(nodes.map(\.description).joined(separator: " "))"
        case .add(let node): "the addition of \(node)"
        case .transferLeadership(let node): "the transfer of leadership to \(node)"
        }
    }
}

/// Why a cluster has not changed as it was told.
public enum MemberChangeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system cannot be told so.
    case unsupported(MemberChange)
    /// It was not so in time.
    case timedOut(MemberChange, after: Duration, lastly: String)

    /// Why.
    public var description: String {
        switch self {
        case .unsupported(let change): "this system knows no way for \(change)"
        case .timedOut(let change, let time, let words):
            "\(change) was not done after \(time.formattedSeconds): \(words)"
        }
    }
}
