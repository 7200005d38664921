public import Topologies

/// A node's disk is ill while the node works on.
public struct DiskIllness: Effect {
    /// From what it suffers.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// No block is left: writes fail with ENOSPC.
        case full
        /// Every nth sync or read fails with EIO, n drawn from 1 to 10.
        case errors
        /// Each sync takes 10 ms to 2 s longer.
        case slow
    }

    /// The node.
    public let node: NodeName
    /// From what its disk suffers.
    public let kind: Kind

    /// What a disk does to a node shows at once.
    public let leastElectionTimeouts = 0

    /// An ill disk.
    public init(of node: NodeName, _ kind: Kind) {
        self.node = node
        self.kind = kind
    }

    /// Whether a node may end because of it: it cannot keep what it is told.
    public var permitsExit: Bool { kind != .slow }
}
