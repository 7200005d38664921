public import Netfilter

/// A node's name, as it stands in plans, folders and reports: `n1`, `n2` and so on.
public struct NodeName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number behind the `n`, from 1.
    public let number: Int

    /// The node of this number.
    public init(number: Int) { self.number = number }

    /// The harness with all its clients, as the end of a link that can be cut.
    public static let clients = NodeName(number: 0)

    /// `n1` for example.
    public var description: String { number == 0 ? "clients" : "n\(number)" }

    /// Lower numbers first.
    public static func < (left: NodeName, right: NodeName) -> Bool { left.number < right.number }
}

/// A node's place in the network.
public struct Node: Hashable, Sendable {
    /// Its name.
    public let name: NodeName
    /// Its only address.
    public let address: IPv4Address

    /// A node at an address.
    public init(name: NodeName, address: IPv4Address) {
        self.name = name
        self.address = address
    }
}

/// Traffic from one node to another; the way back is another link.
public struct Link: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Where packets come from.
    public let source: NodeName
    /// Where they go.
    public let destination: NodeName

    /// The link between two nodes in this direction.
    public init(from source: NodeName, to destination: NodeName) {
        self.source = source
        self.destination = destination
    }

    /// `n1>n2`.
    public var description: String { "\(source)>\(destination)" }

    /// By source, then by destination.
    public static func < (left: Link, right: Link) -> Bool {
        (left.source, left.destination) < (right.source, right.destination)
    }
}

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
