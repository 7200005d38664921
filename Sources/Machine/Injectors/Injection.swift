public import Faults
internal import Labs
internal import Netfilter
internal import Topologies

/// A fault while it lasts: made by injecting it, ended by healing it, which yields the evidence.
public struct Injection: Sendable {
    /// What is known so far.
    public private(set) var record: FaultRecord

    private let aim: Aim
    private let effect: Effect
    private let invocationsBefore: [NodeName: Int]

    /// What has to be undone.
    private enum Effect: Sendable {
        case cut(Cut)
        case late(Lateness)
        case killed([NodeName: ExitStatus])
        case paused
    }

    /// Injects a fault whose target has been aimed at.
    ///
    /// - Throws: the first error of the machine; what had been done by then is undone.
    public init(
        _ fault: ScheduledFault, aim: Aim, before: FaultRecord.Leadership?,
        at site: some FaultSite
    ) async throws {
        record = FaultRecord(fault)
        record.before = before
        record.nodes = aim.affected.map(\.description)
        self.aim = aim
        invocationsBefore = site.invocations()
        record.start = site.now() / .seconds(1)
        let clock = ContinuousClock()
        let start = clock.now
        effect = try await Self.apply(fault, aim: aim, at: site)
        record.injectionTime = (clock.now - start) / .seconds(1)
    }

    private static func apply(
        _ fault: ScheduledFault, aim: Aim, at site: some FaultSite
    ) async throws -> Effect {
        switch aim {
        case .links(let directions, let affected):
            let links = directions.flatMap(\.links)
            let name = "f\(fault.number)"
            if case .traffic(let traffic) = fault.kind, traffic.isLate {
                return .late(
                    try await Lateness(
                        traffic, of: affected[0], links: links, number: fault.number, at: site))
            }
            return .cut(
                try Cut(
                    links, fault.kind == .traffic(.flaky) ? .lose(site.intensity.loss) : .drop,
                    of: site.network, named: name))
        case .processes(let nodes):
            if case .pause = fault.kind {
                try await pause(nodes, at: site)
                return .paused
            }
            return .killed(try await kill(nodes, at: site))
        }
    }

    private static func pause(_ nodes: [NodeName], at site: some FaultSite) async throws {
        do {
            for node in nodes { try await site.process(of: node).pause() }
        } catch {
            for node in nodes { try? await site.process(of: node).resume() }
            throw error
        }
    }

    /// All at once, so that "all" does not let the last ones elect a leader meanwhile.
    private static func kill(
        _ nodes: [NodeName], at site: some FaultSite
    ) async throws -> [NodeName: ExitStatus] {
        try await withThrowingTaskGroup(of: (NodeName, ExitStatus).self) { group in
            for node in nodes {
                let process = site.process(of: node)
                group.addTask { (node, try await process.kill()) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    // MARK: Healing

    /// Ends the fault and says what was seen of it.
    ///
    /// - Throws: if the machine refuses to undo the fault.
    public func heal(at site: some FaultSite) async throws -> FaultRecord {
        var record = record
        switch effect {
        case .cut(let cut): try await heal(cut, into: &record, at: site)
        case .late(let lateness): try await heal(lateness, into: &record, at: site)
        case .killed(let statuses): try await restart(statuses, into: &record, at: site)
        case .paused: try await resume(into: &record, at: site)
        }
        addOperations(to: &record, at: site)
        return record
    }

    /// Waits until the healed cluster serves again, and completes the record.
    public func awaitRecovery(
        _ healed: FaultRecord, at site: some FaultSite
    ) async -> FaultRecord {
        var record = healed
        let deadline = ContinuousClock.now + site.recoveryTimeout
        var serving: [NodeName] = []
        for node in site.network.topology.names where await site.answers(node, by: deadline) {
            serving.append(node)
        }
        if serving.count == site.network.topology.nodes.count {
            record.recovered = site.now() / .seconds(1)
        }
        if case .killed = effect {
            let back = aim.affected.filter(serving.contains)
            record.checks.append(
                FaultRecord.Check(
                    "the node answered again", back == aim.affected, "answered: \(back)"))
        }
        record.after = await site.leadership()
        return record
    }

    private func heal(
        _ cut: Cut, into record: inout FaultRecord, at site: some FaultSite
    ) async throws {
        var elsewhere = site.active.links(besides: record.number)
        let arrived = await site.reachable()
        elsewhere.formUnion(site.active.links(besides: record.number))
        let traffic = try cut.traffic()
        try cut.heal()
        record.end = site.now() / .seconds(1)
        record.links = cut.links.map { link in
            FaultRecord.LinkEvidence(
                link: "\(link)", droppedPackets: traffic[link]?.dropped.packets ?? 0,
                droppedBytes: traffic[link]?.dropped.bytes ?? 0,
                probeArrived: arrived.contains(link))
        }
        addDrops(traffic, to: &record)
        if case .lose(let loss) = cut.treatment {
            addLoss(loss, traffic, to: &record)
        } else {
            addProbes(
                arrived, cut: Set(cut.links), elsewhere: elsewhere, to: &record, at: site)
        }
        addLength(to: &record, at: site)
    }

    private func heal(
        _ lateness: Lateness, into record: inout FaultRecord, at site: some FaultSite
    ) async throws {
        record.checks += try await lateness.heal(at: site)
        record.end = site.now() / .seconds(1)
        addLength(to: &record, at: site)
    }

    private func addLength(to record: inout FaultRecord, at site: some FaultSite) {
        let lasted = Duration.seconds(record.end - record.start)
        record.checks.append(
            FaultRecord.Check(
                "the fault outlasted two election timeouts", lasted > site.electionTimeout * 2,
                "lasted \(lasted.formattedSeconds)"))
    }

    /// A lossy cut must have lost about what it was asked to.
    private func addLoss(
        _ asked: Double, _ traffic: [Link: Cut.Traffic], to record: inout FaultRecord
    ) {
        let dropped = traffic.values.reduce(0) { $0 + $1.dropped.packets }
        let passed = traffic.values.reduce(0) { $0 + $1.passed.packets }
        let share = Double(dropped) / Double(max(dropped + passed, 1))
        let points = Int((share * 1_000).rounded())
        record.checks.append(
            FaultRecord.Check(
                "the share of lost packets was within 10 points of what was asked",
                abs(share - asked) < 0.1,
                "\(dropped) of \(dropped + passed) packets, \(points / 10).\(points % 10)%"))
    }

    private func addDrops(_ drops: [Link: Cut.Traffic], to record: inout FaultRecord) {
        guard case .links(let directions, _) = aim else { return }
        let sums = directions.map { direction in
            direction.links.reduce(0) { $0 + (drops[$1]?.dropped.packets ?? 0) }
        }
        record.checks.append(
            FaultRecord.Check(
                "packets of the nodes were dropped in each direction",
                sums.allSatisfy { $0 > 0 },
                sums.map { "\($0)" }.joined(separator: " and ") + " packets"))
    }

    private func addProbes(
        _ arrived: Set<Link>, cut: Set<Link>, elsewhere: Set<Link>, to record: inout FaultRecord,
        at site: some FaultSite
    ) {
        // Probes run between nodes; what clients lose, their operations show.
        let cut = cut.intersection(site.network.topology.links)
        let leaks = cut.intersection(arrived).sorted()
        // A demand about no link at all would always be met.
        if !cut.isEmpty {
            record.checks.append(
                FaultRecord.Check(
                    "probes across every cut link went unanswered", leaks.isEmpty,
                    leaks.isEmpty ? "\(cut.count) links silent" : "arrived along \(leaks)"))
        }
        let open = Set(site.network.topology.links).subtracting(cut).subtracting(elsewhere)
        let lost = open.subtracting(arrived).sorted()
        record.checks.append(
            FaultRecord.Check(
                "probes along every other link arrived", lost.isEmpty,
                lost.isEmpty ? "\(open.count) links open" : "lost along \(lost)"))
    }

    private func restart(
        _ statuses: [NodeName: ExitStatus], into record: inout FaultRecord,
        at site: some FaultSite
    ) async throws {
        record.end = site.now() / .seconds(1)
        for node in aim.affected { try await site.restart(node) }
        record.checks.append(
            FaultRecord.Check(
                "the wait status was SIGKILL",
                aim.affected.allSatisfy { statuses[$0] == .signaled(9) },
                aim.affected.map { "\($0): \(statuses[$0].map { "\($0)" } ?? "none")" }
                    .joined(separator: ", ")))
    }

    private func resume(into record: inout FaultRecord, at site: some FaultSite) async throws {
        var states: [NodeName: ProcessState] = [:]
        for node in aim.affected { states[node] = await site.process(of: node).kernelState }
        record.end = site.now() / .seconds(1)
        for node in aim.affected { try await site.process(of: node).resume() }
        let lasted = Duration.seconds(record.end - record.start)
        record.checks.append(
            FaultRecord.Check(
                "the kernel showed state T at the start and at the end, for over one election "
                    + "timeout",
                states.values.allSatisfy { $0 == .stopped } && lasted > site.electionTimeout,
                "stopped for \(lasted.formattedSeconds)"))
    }

    /// Clients must have tried: a fault that nobody noticed tests nothing.
    private func addOperations(to record: inout FaultRecord, at site: some FaultSite) {
        let after = site.invocations()
        func invoked(on nodes: [NodeName]) -> Int {
            nodes.reduce(0) { $0 + (after[$1] ?? 0) - (invocationsBefore[$1] ?? 0) }
        }
        let others = site.network.topology.names.filter { !aim.affected.contains($0) }
        let (hit, spared) = (invoked(on: aim.affected), invoked(on: others))
        record.checks.append(
            FaultRecord.Check(
                "operations were invoked on affected nodes", hit > 0, "\(hit) invoked"))
        guard !others.isEmpty else { return }
        record.checks.append(
            FaultRecord.Check(
                "operations were invoked on other nodes", spared > 0, "\(spared) invoked"))
    }
}
