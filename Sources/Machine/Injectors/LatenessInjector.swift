public import Faults
internal import Labs
internal import Topologies

extension LateTraffic: Injectable {
    /// The kernel does it where it can: tbf limits a rate, netem holds packets.
    ///
    /// Where it has no
    /// netem, NFQUEUE gives the packets to a thread of the harness that holds them; the evidence
    /// names which.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        let probes = LatenessProbes(self, number: number, site)
        switch lateness {
        case .slow(let rate):
            return ActiveShaping(
                self, try await Shaping(.slow(bitsPerSecond: rate), of: node), probes)
        case .delay(let time):
            return try await hold(.delay(time), or: .delay(time), number, probes, site)
        case .reorder(let time, let share):
            return try await hold(
                .reorder(time, share: share), or: .reorder(time, share: share), number, probes, site
            )
        }
    }

    /// By netem, or by NFQUEUE if the kernel does not know that discipline.
    private func hold(
        _ discipline: Shaping.Discipline, or policy: HoldPolicy, _ number: Int,
        _ probes: LatenessProbes, _ site: any FaultSite
    ) async throws -> any Injection {
        // A discipline is of a whole device, and cannot tell clients from peers.
        if site.network.hasDelayDiscipline, !sparesClients {
            return ActiveShaping(self, try await Shaping(discipline, of: node), probes)
        }
        // The numbers of a lab's queues are its own: they belong to its network namespace.
        let queue = UInt16(truncatingIfNeeded: number)
        let hold = try PacketHold(queue: queue, policy)
        do {
            let cut = try Cut(
                links, .hold(queue: queue, probes: .hold), of: site.network, named: "f\(number)")
            return ActiveLateness(self, cut, hold, probes)
        } catch {
            hold.finish()
            throw error
        }
    }
}

/// Lateness by a discipline of the kernel.
private final class ActiveShaping: Injection {
    private let effect: LateTraffic
    private let shaping: Shaping
    private let probes: LatenessProbes

    init(_ effect: LateTraffic, _ shaping: Shaping, _ probes: LatenessProbes) {
        self.effect = effect
        self.shaping = shaping
        self.probes = probes
    }

    func observe() async { await probes.run() }

    func heal() async throws -> Evidence {
        let (to, from) = try await shaping.statistics()
        try await shaping.heal()
        var isSlow = false
        if case .slow = effect.lateness { isSlow = true }
        var checks = [
            FaultRecord.Check(
                "packets of the node passed the kernel's \(isSlow ? "tbf" : "netem") in each "
                    + "direction", to.packets > 0 && from.packets > 0,
                "\(to.packets) to it and \(from.packets) from it")
        ]
        if isSlow {
            let waits = to.overlimits + from.overlimits
            checks.append(
                FaultRecord.Check(
                    "packets had to wait for the rate limit", waits > 0,
                    "\(waits) times, and \(to.drops + from.drops) found no room"))
        }
        return Evidence(checks + probes.checks)
    }
}

/// Lateness by a thread of the harness.
private final class ActiveLateness: Injection {
    private let effect: LateTraffic
    private let cut: Cut
    private let hold: PacketHold
    private let probes: LatenessProbes

    init(_ effect: LateTraffic, _ cut: Cut, _ hold: PacketHold, _ probes: LatenessProbes) {
        self.effect = effect
        self.cut = cut
        self.hold = hold
        self.probes = probes
    }

    func observe() async { await probes.run() }

    func heal() async throws -> Evidence {
        try cut.heal()
        hold.finish()
        return Evidence(checks(hold.statistics) + probes.checks)
    }

    private func checks(_ statistics: PacketHold.Statistics) -> [FaultRecord.Check] {
        guard let asked = effect.lateness.time else { return [] }
        var checks = [
            FaultRecord.Check(
                "packets of the node were held in user space (NFQUEUE, for "
                    + (effect.sparesClients
                        ? "its clients stay near)" : "this kernel has no netem)"),
                statistics.held > 0,
                "\(statistics.held) of \(statistics.arrived), half of them up to "
                    + statistics.median.formattedMilliseconds),
            FaultRecord.Check(
                "they were held within a tenth as long as asked",
                abs(statistics.median / asked - 1) < 0.1,
                "\(statistics.median.formattedMilliseconds) of \(asked.formattedMilliseconds)"),
        ]
        if case .reorder = effect.lateness {
            checks.append(
                FaultRecord.Check(
                    "packets were overtaken", statistics.overtaking > 0,
                    "\(statistics.overtaking) were"))
        }
        return checks
    }
}
