internal import Foundation
public import Topologies

/// A discipline of the kernel's (`tc`) over everything that a node sends and receives: on its own
/// end of its link and on the lab's end of it.
public struct Shaping: Hashable, Sendable {
    /// What is done to packets.
    public enum Discipline: Hashable, Sendable {
        /// A rate limit, in bits per second, in each direction (tbf).
        case slow(bitsPerSecond: Int)
        /// Every packet waits (netem).
        case delay(Duration)
        /// A share of packets waits, the others overtake them (netem).
        case reorder(Duration, share: Double)

        /// As `tc qdisc add` wants it.
        var words: [String] {
            switch self {
            case .slow(let rate):
                [
                    "tbf", "rate", "\(rate)bit", "burst", "\(max(2_000, rate / 800))", "latency",
                    "1s",
                ]
            case .delay(let time): ["netem", "delay", "\(Self.microseconds(time))us"]
            case .reorder(let time, let share):
                // netem lets the share of "reorder" go at once, and delays all others.
                [
                    "netem", "delay", "\(Self.microseconds(time))us", "reorder",
                    "\(100 - Int((share * 100).rounded()))%",
                ]
            }
        }

        private static func microseconds(_ time: Duration) -> Int {
            Int((time / .microseconds(1)).rounded())
        }
    }

    /// What has gone through, both directions apart.
    public struct Statistics: Codable, Hashable, Sendable {
        /// Packets that left.
        public var packets: Int
        /// How often a packet had to wait for the rate limit.
        public var overlimits: Int
        /// Packets that found no room.
        public var drops: Int
    }

    private let node: NodeName
    private let tc: Program

    /// Shapes the traffic of a node.
    ///
    /// - Throws: `LabError` if the kernel does not know the discipline, or the node has one
    ///   already; nothing is shaped then.
    public init(_ discipline: Discipline, of node: NodeName) async throws {
        self.node = node
        tc = try Program("tc", package: "iproute2")
        try await tc.run(["qdisc", "add"] + toNode + ["root"] + discipline.words)
        do {
            try await tc.run(fromNode + ["qdisc", "add", "dev", "eth0", "root"] + discipline.words)
        } catch {
            try await tc.run(["qdisc", "del"] + toNode + ["root"])
            throw error
        }
    }

    /// Whether the kernel knows netem: it is tried on the loopback device of this namespace.
    static func hasDelay() async -> Bool {
        guard let tc = try? Program("tc", package: "iproute2"),
            (try? await tc.run(["qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"]))
                != nil
        else { return false }
        return (try? await tc.run(["qdisc", "del", "dev", "lo", "root"])) != nil
    }

    private var toNode: [String] { ["dev", "v\(node)"] }
    private var fromNode: [String] { ["-netns", "\(node)"] }

    /// What has gone to the node, and what has come from it.
    ///
    /// - Throws: `LabError` if the discipline is gone.
    public func statistics() async throws -> (to: Statistics, from: Statistics) {
        let to = try await tc.run(["-s", "-j", "qdisc", "show"] + toNode)
        let from = try await tc.run(fromNode + ["-s", "-j", "qdisc", "show", "dev", "eth0"])
        return (try Self.statistics(in: to), try Self.statistics(in: from))
    }

    private static func statistics(in listing: String) throws -> Statistics {
        let all = try JSONDecoder().decode([Statistics].self, from: Data(listing.utf8))
        guard let first = all.first else {
            throw LabError.commandFailed(
                command: "tc qdisc show", status: "0", output: "no discipline is there")
        }
        return first
    }

    /// Removes the discipline from both ends.
    ///
    /// - Throws: `LabError` if the kernel refuses.
    public func heal() async throws {
        try await tc.run(["qdisc", "del"] + toNode + ["root"])
        try await tc.run(fromNode + ["qdisc", "del", "dev", "eth0", "root"])
    }
}
