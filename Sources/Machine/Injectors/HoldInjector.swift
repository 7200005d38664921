internal import Faults
internal import Labs
internal import Netfilter
internal import Topologies

/// A cut whose packets wait in user space (NFQUEUE) and arrive when it heals.
///
/// Rules of a whole cut come before those that hold, so what is cut as well stays cut.
final class ActiveHold: Injection {
    private let effect: LinkCut
    private let cut: Cut
    private let hold: PacketHold
    private let probes: CutProbes
    private let site: any FaultSite

    init(
        _ effect: LinkCut, _ packets: HeldPackets, _ number: Int, _ site: any FaultSite
    ) throws {
        self.effect = effect
        self.site = site
        // The numbers of a lab's queues are its own: they belong to its network namespace.
        let queue = UInt16(truncatingIfNeeded: number)
        let order: HoldPolicy.Order =
            switch packets.order {
            case .sent: .sent
            case .shuffled(let seed): .shuffled(seed: seed)
            }
        let hold = try PacketHold(queue: queue, .untilReleased(order, limit: packets.limit))
        self.hold = hold
        do {
            cut = try effect.cut(.hold(queue: queue, probes: .drop), number, site)
        } catch {
            hold.finish()
            throw error
        }
        probes = CutProbes(effect.links, number: number, site)
    }

    func observe() async { await probes.run() }

    func heal() async throws -> Evidence {
        let traffic = try cut.traffic()
        // What waits goes first, then the rules: nothing overtakes it on its own link.
        hold.release()
        let released = site.now()
        try cut.heal()
        hold.finish()
        let seen = hold.statistics
        return Evidence(
            [
                effect.metCheck("packets of the nodes were held in each direction") {
                    traffic[$0]?.passed.packets ?? 0
                },
                FaultRecord.Check(
                    "held packets arrived when it healed", seen.released > 0,
                    "\(seen.released) packets of \(seen.heldBytes) bytes at "
                        + released.formattedSeconds
                        + (seen.refused > 0 ? "; \(seen.refused) found no room" : "")),
            ] + probes.checks,
            links: cut.links.map { link in
                FaultRecord.LinkEvidence(
                    link: link, droppedPackets: 0, droppedBytes: 0,
                    probeArrived: probes.arrived.contains(link))
            })
    }
}
