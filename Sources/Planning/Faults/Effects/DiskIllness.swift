public import Topologies

/// Nodes' disks are ill while the nodes work on.
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

    /// The nodes.
    public let nodes: [NodeName]
    /// From what their disks suffer.
    public let kind: Kind

    /// What a disk does to a node shows at once.
    public let leastElectionTimeouts = 0

    /// Ill disks.
    public init(of nodes: [NodeName], _ kind: Kind) {
        self.nodes = nodes
        self.kind = kind
    }

    /// Whether a node may end because of it: it cannot keep what it is told.
    public var permitsExit: Bool { kind != .slow }
}
