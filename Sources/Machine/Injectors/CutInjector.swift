public import Faults
internal import Labs
internal import Netfilter
internal import Synchronization
internal import Topologies

extension LinkCut: Injectable {
    /// Cuts all links in one commit.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        switch treatment {
        case .drop: try ActiveCut(self, try cut(.drop, number, site), number, site)
        case .lose(let share): try ActiveLoss(self, share, cut(.lose(share), number, site))
        case .hold(let packets): try ActiveHold(self, packets, number, site)
        }
    }

    func cut(_ treatment: Cut.Treatment, _ number: Int, _ site: any FaultSite) throws -> Cut {
        try Cut(links, treatment, of: site.network, named: "f\(number)")
    }

    /// In each direction packets must have met the cut.
    func metCheck(
        _ demand: String, _ packets: (Link) -> Int
    ) -> FaultRecord.Check {
        let sums = directions.map { $0.reduce(0) { $0 + packets($1) } }
        return FaultRecord.Check(
            demand, sums.allSatisfy { $0 > 0 },
            sums.map { "\($0)" }.joined(separator: " and ") + " packets")
    }
}

/// A whole cut.
///
/// Probes of the harness try every link while it lasts.
final class ActiveCut: Injection {
    private let effect: LinkCut
    private let cut: Cut
    private let probes: CutProbes

    init(_ effect: LinkCut, _ cut: Cut, _ number: Int, _ site: any FaultSite) throws {
        self.effect = effect
        self.cut = cut
        probes = CutProbes(effect.links, number: number, site)
    }

    func observe() async { await probes.run() }

    func heal() async throws -> Evidence {
        let traffic = try cut.traffic()
        try cut.heal()
        let arrived = probes.arrived
        return Evidence(
            [
                effect.metCheck("packets of the nodes were dropped in each direction") {
                    traffic[$0]?.dropped.packets ?? 0
                }
            ] + probes.checks,
            links: cut.links.map { link in
                FaultRecord.LinkEvidence(
                    link: link, droppedPackets: traffic[link]?.dropped.packets ?? 0,
                    droppedBytes: traffic[link]?.dropped.bytes ?? 0,
                    probeArrived: arrived.contains(link))
            })
    }
}

/// A cut that loses a share of packets.
final class ActiveLoss: Injection {
    private let effect: LinkCut
    private let asked: Double
    private let cut: Cut

    init(_ effect: LinkCut, _ asked: Double, _ cut: Cut) {
        self.effect = effect
        self.asked = asked
        self.cut = cut
    }

    func heal() async throws -> Evidence {
        let traffic = try cut.traffic()
        try cut.heal()
        let dropped = traffic.values.reduce(0) { $0 + $1.dropped.packets }
        let passed = traffic.values.reduce(0) { $0 + $1.passed.packets }
        let share = Double(dropped) / Double(max(dropped + passed, 1))
        let points = Int((share * 1_000).rounded())
        return Evidence(
            [
                effect.metCheck("packets of the nodes were dropped in each direction") {
                    traffic[$0]?.dropped.packets ?? 0
                },
                FaultRecord.Check(
                    "the share of lost packets was within 10 points of what was asked",
                    abs(share - asked) < 0.1,
                    "\(dropped) of \(dropped + passed) packets, \(points / 10).\(points % 10)%"),
            ],
            links: cut.links.map { link in
                FaultRecord.LinkEvidence(
                    link: link, droppedPackets: traffic[link]?.dropped.packets ?? 0,
                    droppedBytes: traffic[link]?.dropped.bytes ?? 0, probeArrived: false)
            })
    }
}
