public import Faults
internal import Labs
public import Topologies

/// One fault while it lasts: made by injecting it, ended by healing it, which yields the evidence.
///
/// What every kind owes stands here: that clients tried meanwhile, and that it lasted long enough.
public struct Strike: Sendable {
    /// What is known so far.
    public private(set) var record: FaultRecord

    private let aim: Aim
    private let injection: any Injection
    private let observation: Task<Void, Never>
    private let least: Duration
    private let clients: StruckClients
    private let invocationsBefore: [NodeName: Int]

    /// Injects a fault whose target has been aimed at.
    ///
    /// - Parameters:
    ///   - record: its number, its name, and what is known of it.
    ///   - aim: what is struck, and how.
    ///   - length: how long it was asked to last; nil if that is not known beforehand. What ends
    ///     sooner than that, and sooner than its effect needs, has not bitten.
    ///   - clients: what those of the nodes do.
    ///   - site: where.
    /// - Throws: `InjectionError` if it cannot be had at present; otherwise the first error of the
    ///   machine. What had been done by then is undone.
    public init(
        _ record: FaultRecord, aim: Aim, length: Duration?, clients: StruckClients = .stay,
        at site: any FaultSite
    ) async throws {
        guard let effect = aim.effect as? any Injectable else {
            throw InjectionError.unknownEffect("\(aim.effect)")
        }
        self.record = record
        self.record.nodes = aim.affected
        self.aim = aim
        let needed = site.electionTimeout * effect.leastElectionTimeouts
        // It begins a little late and ends on time: nine tenths are as long as asked.
        least = min(needed, length.map { $0 * 9 / 10 } ?? needed)
        self.clients = clients
        invocationsBefore = site.invocations()
        let start = site.now()
        let injection = try await effect.inject(record.number, at: site)
        self.injection = injection
        observation = Task { await injection.observe() }
        self.record.start = start / .seconds(1)
        self.record.injectionTime = (site.now() - start) / .seconds(1)
    }

    /// Ends the fault and says what was seen of it.
    ///
    /// - Throws: if the machine refuses to undo the fault.
    public func heal(at site: any FaultSite) async throws -> FaultRecord {
        var record = record
        observation.cancel()
        record.end = site.now() / .seconds(1)
        let evidence = try await injection.heal()
        record.links = evidence.links
        record.checks += evidence.checks
        let lasted = Duration.seconds(record.end - record.start)
        if least > .zero {
            record.checks.append(
                FaultRecord.Check(
                    "the fault lasted \(least.formattedSeconds) or more", lasted >= least,
                    "lasted \(lasted.formattedSeconds)"))
        }
        if clients == .stay { addOperations(to: &record, at: site) }
        return record
    }

    /// Completes the record when the healed cluster serves again, or has had its time.
    public func completed(_ healed: FaultRecord, serving: Set<NodeName>) -> FaultRecord {
        var record = healed
        record.checks += injection.recovered(serving: serving)
        return record
    }

    /// Clients must have tried: a fault that nobody noticed tests nothing.
    ///
    /// An operation that waits
    /// for its answer is an attempt that lasts.
    private func addOperations(to record: inout FaultRecord, at site: any FaultSite) {
        let (after, waiting) = (site.invocations(), site.waiting())
        func tried(on nodes: [NodeName]) -> Int {
            nodes.reduce(0) { sum, node in
                sum + max((after[node] ?? 0) - (invocationsBefore[node] ?? 0), waiting[node] ?? 0)
            }
        }
        let others = site.network.topology.names.filter { !aim.affected.contains($0) }
        let (hit, spared) = (tried(on: aim.affected), tried(on: others))
        record.checks.append(
            FaultRecord.Check(
                "operations were invoked on affected nodes", hit > 0, "\(hit) invoked"))
        guard !others.isEmpty else { return }
        record.checks.append(
            FaultRecord.Check(
                "operations were invoked on other nodes", spared > 0, "\(spared) invoked"))
    }
}
