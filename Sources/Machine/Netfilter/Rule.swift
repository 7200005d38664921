public import Topologies

/// One rule of a chain: which packets, and what becomes of them.
public struct Rule: Hashable, Sendable {
    /// What becomes of a packet.
    public enum Target: Hashable, Sendable {
        /// It vanishes.
        case drop
        /// It goes on with the chain that jumped here.
        case goBack
        /// It waits for the verdict of the program that listens on this queue; without one it
        /// passes.
        case queue(UInt16)
        /// It goes through another chain first.
        case jump(chain: String)
    }

    /// Packets from this address only.
    public var source: IPv4Address?
    /// Packets to this address only.
    public var destination: IPv4Address?
    /// UDP datagrams to this port only.
    public var udpPort: UInt16?
    /// Each packet with this probability only.
    public var probability: Double?
    /// What becomes of them.
    public var target: Target

    /// A rule for the packets that match everything that is given.
    public init(
        from source: IPv4Address? = nil, to destination: IPv4Address? = nil,
        udpPort: UInt16? = nil, probability: Double? = nil, _ target: Target
    ) {
        self.source = source
        self.destination = destination
        self.udpPort = udpPort
        self.probability = probability
        self.target = target
    }

    /// Whether packets wait for a program's verdict.
    public var isQueue: Bool { if case .queue = target { true } else { false } }
}

/// What a rule has caught.
public struct Counters: Hashable, Sendable {
    /// Packets.
    public var packets: Int
    /// Bytes of IP packets, headers included.
    public var bytes: Int

    /// Counts of packets and bytes.
    public init(packets: Int = 0, bytes: Int = 0) {
        self.packets = packets
        self.bytes = bytes
    }

    /// The counts of two rules together.
    public static func + (left: Counters, right: Counters) -> Counters {
        Counters(packets: left.packets + right.packets, bytes: left.bytes + right.bytes)
    }
}
