public import Topologies

/// All that a node sends and receives comes late, or through a narrow link.
public struct LateTraffic: Effect {
    /// How packets are late.
    public enum Lateness: Hashable, Sendable {
        /// Every packet waits this long, each way.
        case delay(Duration)
        /// A share of packets waits, and the others overtake them.
        case reorder(Duration, share: Double)
        /// A rate limit in bits per second, each way.
        case slow(bitsPerSecond: Int)
    }

    /// The node.
    public let node: NodeName
    /// How packets are late.
    public let lateness: Lateness
    /// The node's links, to and from its peers and its clients.
    public let links: Set<Link>

    /// Late traffic of a node among others.
    public init(of node: NodeName, among nodes: [NodeName], _ lateness: Lateness) {
        self.node = node
        self.lateness = lateness
        let ends = nodes.filter { $0 != node } + [.clients]
        links = Set(ends.flatMap { [Link(from: node, to: $0), Link(from: $0, to: node)] })
    }
}
