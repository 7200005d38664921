internal import Faults
internal import Labs
internal import Netfilter
internal import Topologies

/// A fault that makes a node's packets late instead of losing them.
///
/// The kernel does it where it can: tbf limits a rate, netem holds packets. Where it has no netem,
/// NFQUEUE gives the packets to a thread of the harness that holds them. The evidence names which.
struct Lateness: Sendable {
    private enum Means: Sendable {
        case kernel(Shaping)
        case userSpace(Cut, PacketHold)
    }

    private let kind: FaultKind.Traffic
    private let node: NodeName
    private let means: Means
    private let number: Int

    private static let probeCount = 25

    init(
        _ kind: FaultKind.Traffic, of node: NodeName, links: [Link], number: Int,
        at site: some FaultSite
    ) async throws {
        self.kind = kind
        self.node = node
        self.number = number
        let intensity = site.intensity
        switch kind {
        case .slow:
            means = .kernel(
                try await Shaping(.slow(bitsPerSecond: intensity.bitsPerSecond), of: node))
        case .reorder:
            means = try await Self.hold(
                .reorder(intensity.delay, share: intensity.reorderedShare),
                or: .reorder(intensity.delay, share: intensity.reorderedShare), of: node,
                links: links, number: number, at: site)
        case .delay, .oneWay, .flaky, .replies, .clients:
            means = try await Self.hold(
                .delay(intensity.delay), or: .delay(intensity.delay), of: node, links: links,
                number: number, at: site)
        }
    }

    /// By netem, or by NFQUEUE if the kernel does not know that discipline.
    private static func hold(
        _ discipline: Shaping.Discipline, or policy: HoldPolicy, of node: NodeName,
        links: [Link], number: Int, at site: some FaultSite
    ) async throws -> Means {
        do {
            return .kernel(try await Shaping(discipline, of: node))
        } catch let error as LabError {
            guard case .commandFailed = error else { throw error }
        }
        // The numbers of a lab's queues are its own: they belong to its network namespace.
        let queue = UInt16(truncatingIfNeeded: number)
        let hold = try PacketHold(queue: queue, policy)
        do {
            let cut = try Cut(links, .hold(queue: queue), of: site.network, named: "f\(number)")
            return .userSpace(cut, hold)
        } catch {
            hold.finish()
            throw error
        }
    }

    // MARK: Healing

    /// Ends the fault and says what was seen of it.
    func heal(at site: some FaultSite) async throws -> [FaultRecord.Check] {
        var checks = await probes(at: site)
        switch means {
        case .kernel(let shaping):
            let (to, from) = try await shaping.statistics()
            try await shaping.heal()
            checks.insert(
                FaultRecord.Check(
                    "packets of the node passed the kernel's \(kind == .slow ? "tbf" : "netem") "
                        + "in each direction", to.packets > 0 && from.packets > 0,
                    "\(to.packets) to it and \(from.packets) from it"), at: 0)
            if kind == .slow {
                let waits = to.overlimits + from.overlimits
                checks.append(
                    FaultRecord.Check(
                        "packets had to wait for the rate limit", waits > 0,
                        "\(waits) times, and \(to.drops + from.drops) found no room"))
            }
        case .userSpace(let cut, let hold):
            try cut.heal()
            hold.finish()
            checks.insert(
                contentsOf: self.checks(hold.statistics, at: site), at: 0)
        }
        return checks
    }

    private func checks(
        _ statistics: PacketHold.Statistics, at site: some FaultSite
    ) -> [FaultRecord.Check] {
        let asked = site.intensity.delay
        let held = FaultRecord.Check(
            "packets of the node were held in user space (NFQUEUE, for this kernel has no netem)",
            statistics.held > 0,
            "\(statistics.held) of \(statistics.arrived), half of them up to "
                + "\(Self.milliseconds(statistics.median))")
        let isClose = abs(statistics.median / asked - 1) < 0.1
        let time = FaultRecord.Check(
            "they were held within a tenth as long as asked", isClose,
            "\(Self.milliseconds(statistics.median)) of \(Self.milliseconds(asked))")
        return [held, time]
            + (kind == .reorder
                ? [
                    FaultRecord.Check(
                        "packets were overtaken", statistics.overtaking > 0,
                        "\(statistics.overtaking) were")
                ] : [])
    }

    /// What datagrams of the harness meet on the way from the node to another one.
    private func probes(at site: some FaultSite) async -> [FaultRecord.Check] {
        // Where no other fault is at work; and a narrow link shows in the kernel's counters.
        let others = site.active.links(besides: number)
        let link = site.network.topology.links.first {
            $0.source == node && !others.contains($0)
        }
        guard let link, kind != .slow else { return [] }
        let arrivals = await site.probes(Self.probeCount, along: link)
        if kind == .reorder {
            let late = zip(arrivals, arrivals.dropFirst()).filter { $0.sequence > $1.sequence }
            return [
                FaultRecord.Check(
                    "probes arrived in another order", !late.isEmpty,
                    "\(late.count) times one came behind a later one, along \(link)")
            ]
        }
        let latencies = arrivals.map(\.latency).sorted()
        let median = latencies.isEmpty ? .zero : latencies[latencies.count / 2]
        return [
            FaultRecord.Check(
                "probes came within a tenth as late as asked",
                abs(median / site.intensity.delay - 1) < 0.1,
                "median \(Self.milliseconds(median)) along \(link)")
        ]
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let tenths = Int((duration / .microseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) ms"
    }
}
