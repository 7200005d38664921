internal import Faults
internal import Labs
internal import Synchronization
internal import Topologies

/// What datagrams of the harness meet on the way from a late node to another one.
final class LatenessProbes: Sendable {
    private static let count = 25

    private let effect: LateTraffic
    private let number: Int
    private let site: any FaultSite
    private let seen = Mutex<FaultRecord.Check?>(nil)

    init(_ effect: LateTraffic, number: Int, _ site: any FaultSite) {
        self.effect = effect
        self.number = number
        self.site = site
    }

    /// Sends them, if there is a link where no other fault is at work; a narrow link shows in the
    /// kernel's counters.
    func run() async {
        guard let asked = effect.lateness.time else { return }
        let start = ContinuousClock.now
        let others = site.active.links(besides: number, since: start)
        let link = site.network.topology.links.first {
            $0.source == effect.node && effect.links.contains($0) && !others.contains($0)
        }
        guard let link else { return }
        let arrivals = await site.probes(Self.count, along: link)
        guard !Task.isCancelled,
            !site.active.links(besides: number, since: start).contains(link)
        else { return }
        let check = check(arrivals, asked, link)
        seen.withLock { $0 = check }
    }

    private func check(
        _ arrivals: [Prober.Arrival], _ asked: Duration, _ link: Link
    ) -> FaultRecord.Check {
        if case .reorder = effect.lateness {
            let late = zip(arrivals, arrivals.dropFirst()).filter { $0.sequence > $1.sequence }
            return FaultRecord.Check(
                "probes arrived in another order", !late.isEmpty,
                "\(late.count) times one came behind a later one, along \(link)")
        }
        let latencies = arrivals.map(\.latency).sorted()
        let median = latencies.isEmpty ? .zero : latencies[latencies.count / 2]
        return FaultRecord.Check(
            "probes came within a tenth as late as asked", abs(median / asked - 1) < 0.1,
            "median \(median.formattedMilliseconds) along \(link)")
    }

    /// What was seen; nothing if no link was free, or the fault was over too soon.
    var checks: [FaultRecord.Check] { seen.withLock { $0 }.map { [$0] } ?? [] }
}

extension LateTraffic.Lateness {
    /// How long packets wait, where that is what is asked.
    var time: Duration? {
        switch self {
        case .delay(let time), .reorder(let time, _): time
        case .slow: nil
        }
    }
}

extension Duration {
    /// `99.8 ms`.
    var formattedMilliseconds: String {
        let tenths = Int((self / .microseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) ms"
    }
}
