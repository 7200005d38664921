/// A node's place in the network.
public struct Node: Hashable, Sendable, Codable {
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
