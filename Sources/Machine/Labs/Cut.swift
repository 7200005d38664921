public import Netfilter
public import Topologies

/// A set of links whose packets are lost, wholly or in part, or held, by rules of its own.
///
/// For each link there are two rules. Of a whole cut the first catches the harness's probes, so
/// that the counters of the second show the nodes' own traffic only. Of a lossy one the first
/// drops its share, and the second counts what is left. Held packets meet the last one.
public struct Cut: Sendable {
    /// What becomes of packets.
    public enum Treatment: Hashable, Sendable {
        /// All are lost.
        case drop
        /// A share of them is lost, between 0 and 1.
        case lose(Double)
        /// All wait for the verdict of a ``PacketHold``; the harness's probes too, or they are lost.
        case hold(queue: UInt16, probes: ProbeTreatment)

        /// What becomes of the harness's own probes where the nodes' packets are held.
        public enum ProbeTreatment: Hashable, Sendable {
            /// They are lost: whether the link is cut can be seen, and only nodes' packets count.
            case drop
            /// They wait as well: how long can be seen.
            case hold
        }
    }

    /// What is cut.
    public let links: [Link]
    /// What becomes of packets.
    public let treatment: Treatment
    private let chain: String
    private let filter: PacketFilter

    /// What the rules of a link have seen of the nodes' own packets.
    public struct Traffic: Hashable, Sendable {
        /// Dropped.
        public var dropped: Counters
        /// Let through by a cut that loses some, or held; with the probes where those wait too.
        public var passed: Counters
    }

    /// Cuts all links in one commit; packets already past the chain still arrive.
    ///
    /// Linear in the links; about 40 microseconds for five nodes with libiptc.
    ///
    /// - Throws: `NetfilterError`, or `LabError` if it is nft that refuses; nothing is cut then.
    public init(
        _ links: some Sequence<Link>, _ treatment: Treatment = .drop, of network: LabNetwork,
        named name: String
    ) throws {
        self.links = links.sorted()
        self.treatment = treatment
        filter = network.filter
        chain = "WW-" + name
        try filter.add(
            self.links.flatMap { Self.rules($0, treatment, network.topology) }, named: chain,
            at: hooks)
    }

    /// Traffic between nodes passes through the lab's middle; that of clients begins or ends there.
    private var hooks: [FilterTable.Hook] {
        let isBetweenNodes = links.contains { $0.source != .clients && $0.destination != .clients }
        return (isBetweenNodes ? [.forward] : [])
            + (links.contains { $0.destination == .clients } ? [.input] : [])
            + (links.contains { $0.source == .clients } ? [.output] : [])
    }

    private static func rules(
        _ link: Link, _ treatment: Treatment, _ topology: Topology
    ) -> [Rule] {
        let source = topology.address(of: link.source)
        let destination = topology.address(of: link.destination)
        func rule(
            udpPort: UInt16? = nil, probability: Double? = nil, _ target: Rule.Target
        ) -> Rule {
            Rule(
                from: source, to: destination, udpPort: udpPort, probability: probability, target)
        }
        return switch treatment {
        case .drop: [rule(udpPort: LabNetwork.probePort, .drop), rule(.drop)]
        case .lose(let share): [rule(probability: share, .drop), rule(.goBack)]
        case .hold(let queue, .drop):
            [rule(udpPort: LabNetwork.probePort, .drop), rule(.queue(queue))]
        case .hold(let queue, .hold):
            [rule(udpPort: LabNetwork.probePort, .queue(queue)), rule(.queue(queue))]
        }
    }

    /// What has become of packets on each link so far.
    ///
    /// - Throws: `NetfilterError` or `LabError` if the rules are gone.
    public func traffic() throws -> [Link: Traffic] {
        let counters = try filter.counters(of: chain)
        var traffic: [Link: Traffic] = [:]
        for (number, link) in links.enumerated() {
            let (first, second) = (counters[2 * number], counters[2 * number + 1])
            traffic[link] =
                switch treatment {
                case .drop: Traffic(dropped: second, passed: Counters())
                case .lose: Traffic(dropped: first, passed: second)
                case .hold(_, .drop): Traffic(dropped: Counters(), passed: second)
                case .hold(_, .hold): Traffic(dropped: Counters(), passed: first + second)
                }
        }
        return traffic
    }

    /// Restores the links in one commit; other cuts stay.
    ///
    /// - Throws: `NetfilterError` or `LabError`; nothing is restored then.
    public func heal() throws { try filter.remove(chain, from: hooks) }
}
