internal import Histories
public import Topologies

/// A node on which nothing that clients asked for took effect in the whole run, though others did what
/// they were asked.
///
/// Of a system whose followers refuse, that may be as it should; of another its client is perhaps wrong.
public struct RefusingNode: Codable, Hashable, Sendable {
    /// The node.
    public var node: NodeName
    /// Operations that certainly did not take effect there.
    public var failed: Int
    /// Operations there of which nobody knows.
    public var unknown: Int

    /// Fewer operations may be a fault's, or chance.
    static let fewest = 20

    /// `n3 did none of 240 operations: 238 refused, 2 unknown`.
    public var sentence: String {
        "\(node) did none of \(failed + unknown) operations: \(failed) refused, \(unknown) unknown"
    }

    /// All of them, by node; O(n).
    ///
    /// A compare-and-set that compared and refused is an answer.
    static func all(in history: History, of results: RunResults) -> [RefusingNode] {
        var refusing: [NodeName: RefusingNode] = [:]
        var serving: Set<NodeName> = []
        for operation in history.operations {
            guard let node = results.node(of: operation), !serving.contains(node) else { continue }
            switch operation.outcome {
            case .ok, .failed(.mismatch):
                serving.insert(node)
                refusing[node] = nil
            case .failed(.notExecuted):
                refusing[node, default: .init(node: node, failed: 0, unknown: 0)].failed += 1
            case .unknown:
                refusing[node, default: .init(node: node, failed: 0, unknown: 0)].unknown += 1
            }
        }
        guard !serving.isEmpty else { return [] }
        return refusing.values.filter { $0.failed > 0 && $0.failed + $0.unknown >= fewest }
            .sorted { $0.node < $1.node }
    }
}
