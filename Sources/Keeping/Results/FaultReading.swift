public import Faults
public import Topologies

/// How results and pages read a fault's record.
extension FaultRecord {
    /// Whether it hit a node.
    public func hits(_ node: NodeName) -> Bool { nodes.contains { "\($0)" == "\(node)" } }
    /// The nodes that it hit, as words.
    public var nodeWords: String { nodes.map { "\($0)" }.joined(separator: ", ") }
    /// The name of its kind.
    public var kindName: String { "\(kind)" }
    /// The name of its family.
    public var familyName: String { "\(family)" }
}
