public import Netfilter

/// A set of links that are cut together, wholly or in part, by a chain of its own.
///
/// For each link there are two rules. Of a whole cut the first catches the harness's probes, so
/// that the counters of the second show the nodes' own traffic only. Of a lossy one the first
/// drops its share, and the second counts what is left.
public struct Cut: Sendable {
    /// What is cut.
    public let links: [Link]
    /// The share of packets that is dropped; nil if all are.
    public let loss: Double?
    private let chain: String

    /// What the rules of a link have seen of the nodes' own packets.
    public struct Traffic: Hashable, Sendable {
        /// Dropped.
        public var dropped: Counters
        /// Let through by a lossy cut.
        public var passed: Counters
    }

    /// Cuts all links in one commit; packets already past the chain still arrive.
    ///
    /// Linear in the links; about 40 microseconds for five nodes.
    ///
    /// - Throws: `NetfilterError`; nothing is cut then.
    public init(
        _ links: some Sequence<Link>, loss: Double? = nil, of network: LabNetwork,
        named name: String
    ) throws(NetfilterError) {
        self.links = links.sorted()
        self.loss = loss
        chain = "WW-" + name
        let (chain, hooks) = (chain, hooks)
        let rules = Self.rules(self.links, loss: loss, network.topology)
        try FilterTable.transaction { table throws(NetfilterError) in
            try table.createChain(chain)
            for rule in rules { try table.append(rule, to: chain) }
            for hook in hooks { try table.append(Rule(.jump(chain: chain)), to: hook) }
        }
    }

    /// The lab's chain for traffic between nodes; the host's own ones for that of clients.
    private var hooks: [String] {
        let isBetweenNodes = links.contains { $0.source != .clients && $0.destination != .clients }
        return (isBetweenNodes ? [LabNetwork.chain] : [])
            + (links.contains { $0.destination == .clients }
                ? [FilterTable.Hook.input.rawValue] : [])
            + (links.contains { $0.source == .clients } ? [FilterTable.Hook.output.rawValue] : [])
    }

    private static func rules(
        _ links: [Link], loss: Double?, _ topology: Topology
    ) -> [Rule] {
        links.flatMap { link in
            let source = topology.address(of: link.source)
            let destination = topology.address(of: link.destination)
            guard let loss else {
                return [
                    Rule(from: source, to: destination, udpPort: LabNetwork.probePort, .drop),
                    Rule(from: source, to: destination, .drop),
                ]
            }
            return [
                Rule(from: source, to: destination, probability: loss, .drop),
                Rule(from: source, to: destination, .goBack),
            ]
        }
    }

    /// What has become of packets on each link so far.
    ///
    /// - Throws: `NetfilterError` if the chain is gone.
    public func traffic() throws(NetfilterError) -> [Link: Traffic] {
        let counters = try FilterTable.counters(of: chain)
        var traffic: [Link: Traffic] = [:]
        for (number, link) in links.enumerated() {
            let (first, second) = (counters[2 * number], counters[2 * number + 1])
            traffic[link] =
                loss == nil
                ? Traffic(dropped: second, passed: Counters())
                : Traffic(dropped: first, passed: second)
        }
        return traffic
    }

    /// Restores the links in one commit; other cuts stay.
    ///
    /// - Throws: `NetfilterError`; nothing is restored then.
    public func heal() throws(NetfilterError) {
        let (chain, hooks) = (chain, hooks)
        try FilterTable.transaction { table throws(NetfilterError) in
            for hook in hooks { try table.removeJumps(to: chain, from: hook) }
            try table.deleteChain(chain)
        }
    }
}
