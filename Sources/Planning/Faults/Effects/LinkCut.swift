public import Topologies

/// Links whose packets are lost, wholly or in part, or wait until the links are whole again.
public struct LinkCut: Effect {
    /// Links that are cut in one direction between two sides.
    public typealias Direction = [Link]

    /// What becomes of packets.
    public enum Treatment: Hashable, Sendable {
        /// All are lost.
        case drop
        /// A share of them is lost, between 0 and 1.
        case lose(Double)
        /// All wait, up to a limit of bytes, and arrive when the cut heals.
        case hold(HeldPackets)
    }

    /// The links, each direction apart: in each of them packets must have met the cut.
    public let directions: [Direction]
    /// What becomes of packets.
    public let treatment: Treatment

    /// A cut of links.
    public init(_ directions: [Direction], _ treatment: Treatment = .drop) {
        self.directions = directions.map { $0.sorted() }
        self.treatment = treatment
    }

    /// A cut of pairs of nodes, each both ways.
    public init(pairs: [(NodeName, NodeName)], _ treatment: Treatment = .drop) {
        self.init(
            [
                pairs.map { Link(from: $0.0, to: $0.1) },
                pairs.map { Link(from: $0.1, to: $0.0) },
            ], treatment)
    }

    /// All of them.
    public var links: Set<Link> { Set(directions.joined()) }
}

/// How packets wait for the end of a cut.
public struct HeldPackets: Hashable, Sendable {
    /// In which order they arrive.
    public enum Order: Hashable, Sendable {
        /// As they were sent.
        case sent
        /// Shuffled, by dice of this seed.
        case shuffled(seed: UInt64)
    }

    /// In which order they arrive.
    public var order: Order
    /// More bytes than this do not wait: what comes then is lost.
    public var limit: Int

    /// 64 MiB: a five-node cluster under full load sends less in ten seconds.
    public static let defaultLimit = 64 << 20

    /// Packets that wait.
    public init(order: Order = .sent, limit: Int = defaultLimit) {
        self.order = order
        self.limit = limit
    }
}
