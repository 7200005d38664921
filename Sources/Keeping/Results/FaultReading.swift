public import Faults

/// How pages read a fault's record.
extension FaultRecord {
    /// The nodes that it hit, as words.
    public var nodeWords: String { nodes.map { "\($0)" }.joined(separator: ", ") }
}
