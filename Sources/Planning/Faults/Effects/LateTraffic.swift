public import Topologies

/// All that a node sends and receives comes late, or through a narrow link.
///
/// Where its clients stay near, they see at once what the node says that its peers do not know yet.
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

    /// The node, or the first of several.
    public let node: NodeName
    /// How packets are late.
    public let lateness: Lateness
    /// The links that are late.
    public let links: Set<Link>
    /// Whether its clients stay near.
    public let sparesClients: Bool

    /// Late traffic of a node among others, to and from its peers and its clients.
    public init(of node: NodeName, among nodes: [NodeName], _ lateness: Lateness) {
        self.node = node
        self.lateness = lateness
        sparesClients = false
        links = Self.links(of: node, to: nodes + [.clients])
    }

    /// Late traffic between nodes and their peers, whose clients stay near; among all nodes, it is
    /// that of a cluster that is far apart.
    public init(ofPeers far: [NodeName], among nodes: [NodeName], _ lateness: Lateness) {
        precondition(!far.isEmpty, "somebody is late")
        node = far[0]
        self.lateness = lateness
        sparesClients = true
        links = far.reduce(into: []) { $0.formUnion(Self.links(of: $1, to: nodes)) }
    }

    private static func links(of node: NodeName, to ends: [NodeName]) -> Set<Link> {
        Set(
            ends.filter { $0 != node }.flatMap {
                [Link(from: node, to: $0), Link(from: $0, to: node)]
            })
    }
}
