internal import Topologies

/// Packets of one node are lost in some directions only, or those of all nodes in part.
public struct LostTraffic: Fault {
    /// Which packets.
    public enum Which: String, Hashable, Sendable, CaseIterable {
        /// Between one node and all others, in one direction only.
        case oneWay = "one-way"
        /// Between all nodes, at random.
        case flaky
        /// From one node to its clients and peers: it hears, but its answers are lost.
        case replies
        /// Between one node and its clients, the cluster whole.
        case clients
    }

    /// Which packets.
    public let which: Which
    /// The family's name.
    public let family: FaultName = "traffic"
    /// A node and another one.
    public let leastNodes = 2
    /// Cuts lie over each other.
    public let isExclusive = false

    /// Lost packets.
    public init(_ which: Which) { self.which = which }

    /// What a user types.
    public var name: FaultName { "\(which.rawValue)" }

    /// In words.
    public var summary: String {
        switch which {
        case .oneWay: "lose what one node sends to all others, or what they send to it"
        case .flaky: "lose packets between all nodes at random (faults.loss)"
        case .replies: "lose what one node sends to clients and peers; it still hears them"
        case .clients: "cut one node from its clients, not from its peers"
        }
    }

    /// Takes aim at the first node of the order; at all nodes if the network is flaky.
    public func aim(_ aiming: Aiming) -> Aim? {
        let node = aiming.order[0]
        let others = aiming.order.dropFirst().sorted()
        let out = others.map { Link(from: node, to: $0) }
        let toClients = Link(from: node, to: .clients)
        return switch which {
        case .oneWay:
            // Which way is drawn with the order.
            Aim(
                affected: [node],
                LinkCut([node < aiming.order[1] ? out : out.map(\.reversed)], aiming.cuts))
        case .flaky:
            Aim(affected: aiming.nodes, Self.flaky(aiming))
        case .replies:
            Aim(affected: [node], LinkCut([out, [toClients]], aiming.cuts))
        case .clients:
            Aim(affected: [node], LinkCut([[toClients], [toClients.reversed]], aiming.cuts))
        }
    }

    private static func flaky(_ aiming: Aiming) -> LinkCut {
        let links = aiming.order.flatMap { one in
            aiming.order.filter { $0 != one }.map { Link(from: one, to: $0) }
        }
        return LinkCut([links], .lose(aiming.intensity.loss))
    }
}
