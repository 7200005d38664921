public import Topologies

/// What nodes have on disk changes while they are down: bytes rot, or all of it is gone.
public struct FolderDamage: Effect {
    /// What becomes of a node's folder.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A bit of a file is flipped, or a file is cut short, by the seed.
        case corrupt
        /// The folder is empty: the node comes back under its old name and remembers nothing.
        case wipe
    }

    /// The nodes.
    public let nodes: [NodeName]
    /// What becomes of their folders.
    public let kind: Kind
    /// Where bytes rot.
    public let place: DamagedPlace

    /// What a node makes of its folder shows when it starts.
    public let leastElectionTimeouts = 0

    /// Damage to nodes' folders.
    public init(of nodes: [NodeName], _ kind: Kind, in place: DamagedPlace = .anywhere) {
        self.nodes = nodes
        self.kind = kind
        self.place = place
    }
}

/// Where the bytes of a node rot.
public enum DamagedPlace: String, Codable, Hashable, Sendable, CaseIterable {
    /// In any of its files, at any place.
    case anywhere
    /// In what it wrote last, and so in what it needs when it starts again.
    case recent
}
