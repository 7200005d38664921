internal import Faults
internal import Labs
internal import Synchronization
internal import Topologies

/// Datagrams of the harness along every link while some are cut: those must stay silent, and all
/// others must carry.
final class CutProbes: Sendable {
    private struct Seen {
        let arrived: Set<Link>
        /// Links that other faults touched at any time meanwhile.
        let elsewhere: Set<Link>
    }

    private let cut: Set<Link>
    private let number: Int
    private let site: any FaultSite
    private let seen = Mutex<Seen?>(nil)

    init(_ links: Set<Link>, number: Int, _ site: any FaultSite) {
        // Probes run between nodes; what clients lose, their operations show.
        cut = links.intersection(site.network.topology.links)
        self.number = number
        self.site = site
    }

    /// Where a probe arrived.
    var arrived: Set<Link> { seen.withLock { $0?.arrived ?? [] } }

    /// Tries every link once; takes up to 160 ms.
    ///
    /// If the cut ends meanwhile nothing was seen.
    func run() async {
        guard !cut.isEmpty else { return }
        let start = ContinuousClock.now
        let arrived = await site.reachable()
        let elsewhere = site.active.links(besides: number, since: start)
        guard !Task.isCancelled else { return }
        seen.withLock { $0 = Seen(arrived: arrived, elsewhere: elsewhere) }
    }

    /// A demand about no link at all would always be met.
    var checks: [FaultRecord.Check] {
        guard !cut.isEmpty else { return [] }
        let demand = "probes across every cut link went unanswered"
        guard let seen = seen.withLock({ $0 }) else {
            return [FaultRecord.Check(demand, false, "the cut was over before they were")]
        }
        let leaks = cut.intersection(seen.arrived).sorted()
        let open = Set(site.network.topology.links).subtracting(cut).subtracting(seen.elsewhere)
        let lost = open.subtracting(seen.arrived).sorted()
        return [
            FaultRecord.Check(
                demand, leaks.isEmpty,
                leaks.isEmpty ? "\(cut.count) links silent" : "arrived along \(leaks)"),
            FaultRecord.Check(
                "probes along every other link arrived", lost.isEmpty,
                lost.isEmpty ? "\(open.count) links open" : "lost along \(lost)"),
        ]
    }
}
