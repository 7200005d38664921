public import Topologies

/// Nodes lose power, all at once: SIGKILL, and what their disks had not made durable is gone or
/// torn.
public struct PowerCut: Effect {
    /// Whose power.
    public let nodes: [NodeName]
    /// What the disks keep of what had not been synced.
    public let kept: KeptWrites

    /// What was not on disk is forgotten at once.
    public let leastElectionTimeouts = 0

    /// A power cut of nodes.
    public init(_ nodes: [NodeName], kept: KeptWrites) {
        self.nodes = nodes
        self.kept = kept
    }
}

/// What a disk that loses power keeps of the writes that nobody had synced.
public enum KeptWrites: String, Codable, Hashable, Sendable, CaseIterable {
    /// One of the others, drawn anew each time.
    case any
    /// None.
    case nothing
    /// All up to some moment, and none after it.
    case prefix
    /// Some pages of 4,096 bytes.
    case pages
    /// Some sectors of 512 bytes: pages are torn.
    case sectors
}
