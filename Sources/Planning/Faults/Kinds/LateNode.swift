/// All packets of one node come late rather than never.
public struct LateNode: Fault {
    /// How.
    public enum How: String, Hashable, Sendable, CaseIterable {
        /// Through a narrow link.
        case slow
        /// Later.
        case delay
        /// Some later than those behind them.
        case reorder
        /// Later, to and from its peers alone.
        case delayPeers = "delay-peers"
    }

    /// How.
    public let how: How
    /// The family's name.
    public let family: FaultName = "traffic"
    /// A node and another one.
    public let leastNodes = 2
    /// The kernel has room for one discipline a device; packets between peers are held elsewhere.
    public var isExclusive: Bool { how != .delayPeers }

    /// A late node.
    public init(_ how: How) { self.how = how }

    /// What a user types.
    public var name: FaultName { "\(how.rawValue)" }

    /// In words.
    public var summary: String {
        switch how {
        case .slow: "squeeze all that one node sends and receives (faults.rate)"
        case .delay: "deliver all that one node sends and receives late (faults.delay)"
        case .reorder: "deliver a share of one node's packets late (faults.reorder, faults.delay)"
        case .delayPeers: "deliver late what one node and its peers send each other (faults.delay)"
        }
    }

    /// Takes aim at the first node of the order.
    public func aim(_ aiming: Aiming) -> Aim? {
        let intensity = aiming.intensity
        let lateness: LateTraffic.Lateness =
            switch how {
            case .slow: .slow(bitsPerSecond: intensity.bitsPerSecond)
            case .delay, .delayPeers: .delay(intensity.delay)
            case .reorder: .reorder(intensity.delay, share: intensity.reorderedShare)
            }
        let node = aiming.order[0]
        return Aim(
            affected: [node],
            how == .delayPeers
                ? LateTraffic(ofPeers: [node], among: aiming.nodes, lateness)
                : LateTraffic(of: node, among: aiming.nodes, lateness))
    }
}
