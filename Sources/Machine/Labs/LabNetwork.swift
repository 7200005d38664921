internal import Foundation
internal import Netfilter
public import Topologies

/// The network of a lab: a namespace per node, a veth pair each, and one chain for all faults.
///
/// Lives in the network namespace that the process is in, which a ``Sandbox`` has made for it.
public struct LabNetwork: Sendable {
    /// The shape of the network.
    public let topology: Topology

    /// The lab's own chain; everything that is cut is cut by chains that it jumps to.
    static let chain = "WHITEWATER"
    /// Probes of the harness go to this UDP port of a node's address, so that their packets are
    /// counted apart from the nodes' own.
    public static let probePort: UInt16 = 7

    /// How rules get into the kernel.
    public let filter: PacketFilter
    /// Whether the kernel can delay packets by itself (netem).
    public let hasDelayDiscipline: Bool

    /// The longest that TCP waits before it sends again, in every namespace of the lab; nil where
    /// the kernel cannot be told (before Linux 6.15), and waits for up to two minutes.
    ///
    /// Without this a connection over a link that was cut for 20 s may be silent for 20 s more,
    /// which is neither the system's fault nor what is to be tested.
    public private(set) var longestRetransmission: Duration?

    private let ip: Program

    /// Builds the namespaces, the links, the routes and the chain.
    ///
    /// Rules get into the kernel by `filter`; nil stands for what there is.
    ///
    /// - Throws: `LabError` or `NetfilterError` for the step that failed.
    public init(_ topology: Topology, filter: PacketFilter? = nil) async throws {
        self.topology = topology
        self.filter = try filter ?? .available()
        ip = try Program("ip", package: "iproute2")
        hasDelayDiscipline = await Shaping.hasDelay()
        try Self.coverRun()
        try await ip.run(["-batch", "-"], input: rootCommands)
        for node in topology.nodes {
            try await ip.run(["-netns", "\(node.name)", "-batch", "-"], input: commands(of: node))
        }
        try Self.forwardPackets()
        try self.filter.setUp()
        longestRetransmission = await limitRetransmission()
    }

    /// The same network with another way for rules into the kernel.
    public init(_ network: LabNetwork, filter: PacketFilter) {
        topology = network.topology
        ip = network.ip
        hasDelayDiscipline = network.hasDelayDiscipline
        longestRetransmission = network.longestRetransmission
        self.filter = filter
    }

    /// What `ip netns` keeps in /run must not be seen outside, nor may the machine's be seen here.
    private static func coverRun() throws(LabError) {
        guard mount("tmpfs", "/run", "tmpfs", 0, nil) == 0 else {
            throw .systemCall(
                "mounting a tmpfs on /run", code: errno,
                advice: "the lab needs a mount namespace of its own")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: "/run/netns", withIntermediateDirectories: true)
        } catch {
            throw .systemCall("mkdir /run/netns", code: errno, advice: "\(error)")
        }
    }

    private static let retransmission = (file: "/proc/sys/net/ipv4/tcp_rto_max_ms", limit: 1_000)

    private func limitRetransmission() async -> Duration? {
        let (file, limit) = Self.retransmission
        guard (try? Data("\(limit)".utf8).write(to: URL(filePath: file))) != nil else { return nil }
        for node in topology.nodes {
            let command = ["netns", "exec", "\(node.name)", "sh", "-c", "echo \(limit) > \(file)"]
            guard (try? await ip.run(command)) != nil else { return nil }
        }
        return .milliseconds(limit)
    }

    private static func forwardPackets() throws(LabError) {
        do {
            try Data("1".utf8).write(to: URL(filePath: "/proc/sys/net/ipv4/ip_forward"))
        } catch {
            throw .systemCall(
                "writing /proc/sys/net/ipv4/ip_forward", code: errno,
                advice: "is /proc mounted read-only, as in some containers?")
        }
    }

    private var rootCommands: String {
        let nodes = topology.nodes.map { node in
            """
            netns add \(node.name)
            link add v\(node.name) type veth peer name eth0 netns \(node.name)
            address add \(topology.gateway)/32 dev v\(node.name)
            link set v\(node.name) up
            route add \(node.address)/32 dev v\(node.name)

            """
        }
        return "link set lo up\n" + nodes.joined()
    }

    private func commands(of node: Node) -> String {
        """
        link set lo up
        address add \(node.address)/32 dev eth0
        link set eth0 up
        route add \(topology.gateway)/32 dev eth0
        route add default via \(topology.gateway)

        """
    }
}
