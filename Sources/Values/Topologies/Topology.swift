/// The shape of a lab's network: a routed star, the lab's own namespace in the middle.
///
/// Every packet between two nodes crosses the middle's FORWARD chain, so one commit there changes
/// the whole cluster at once; the harness's own traffic crosses INPUT and OUTPUT instead.
public struct Topology: Hashable, Sendable {
    /// The most nodes that a /24 of addresses and a small machine hold.
    public static let mostNodes = 99

    /// The nodes, by number.
    public let nodes: [Node]
    /// The harness's address, the way out of every node.
    public let gateway: IPv4Address

    /// So many nodes at the addresses from `base` + 1 on, with the gateway at `base` + 254.
    public init(nodeCount: Int, base: IPv4Address) {
        precondition((1...Self.mostNodes).contains(nodeCount), "a plan checks its node count")
        nodes = (1...nodeCount).map { number in
            Node(
                name: NodeName(number: number),
                address: IPv4Address(number: base.number + UInt32(number)))
        }
        gateway = IPv4Address(number: base.number + 254)
    }

    /// The names of all nodes.
    public var names: [NodeName] { nodes.map(\.name) }

    /// The address of a node, or of the clients.
    public func address(of name: NodeName) -> IPv4Address {
        name == .clients ? gateway : nodes[name.number - 1].address
    }

    /// Every ordered pair of two nodes.
    public var links: [Link] {
        names.flatMap { source in
            names.filter { $0 != source }.map { Link(from: source, to: $0) }
        }
    }
}
