internal import Disks
public import Faults
internal import Labs
internal import Topologies

extension DiskIllness: Injectable {
    /// A node that ends because its disk is ill is started again when the disk is well.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        try await site.requireRunning(nodes)
        let disks = try nodes.map { ($0, try site.disks.disk(of: $0)) }
        for (node, disk) in disks {
            let seed = site.disks.seed(of: number, on: node)
            if permitsExit { site.disks.permits.grant(node) }
            try await disk.turn(Self.sickness(kind, seed), seed: seed)
        }
        return ActiveIllness(illness: self, disks: disks, site: site)
    }

    private static func sickness(_ kind: Kind, _ seed: UInt64) -> Sickness {
        switch kind {
        case .full: .full
        case .errors: .errors(every: 1 + Int(seed % 10))
        case .slow: .slow(from: 10, to: 2_000)
        }
    }
}

private struct ActiveIllness: Injection {
    let illness: DiskIllness
    let disks: [(node: NodeName, disk: any LosingDisk)]
    let site: any FaultSite

    /// A node that has met an error may take this long to end of it.
    private static let farewell = Duration.seconds(2)

    func heal() async throws -> Evidence {
        var symptoms: [NodeName: Health.Symptoms] = [:]
        for (node, disk) in disks { symptoms[node] = try await disk.turn(nil, seed: 0) }
        var ended: [NodeName] = []
        if illness.permitsExit {
            let failed = Set(symptoms.filter { $0.value.failed > 0 }.keys)
            ended = try await endings(of: failed)
            for node in ended { try await site.restart(node) }
        }
        return Evidence(disks.map { check(of: $0.node, symptoms[$0.node], ended) })
    }

    private func check(
        of node: NodeName, _ symptoms: Health.Symptoms?, _ ended: [NodeName]
    ) -> FaultRecord.Check {
        let symptoms = symptoms ?? Health.Symptoms()
        let ending = ended.contains(node) ? ", and the node ended" : ""
        return illness.kind == .slow
            ? FaultRecord.Check(
                "syncs of \(node) were late", symptoms.slow > 0,
                "\(symptoms.slow) were, by \(symptoms.waited) ms together")
            : FaultRecord.Check(
                "requests of \(node) failed", symptoms.failed > 0,
                "\(symptoms.failed) failed\(ending)")
    }

    /// Which of some nodes end by themselves.
    private func endings(of nodes: Set<NodeName>) async throws -> [NodeName] {
        let deadline = ContinuousClock.now + Self.farewell
        while true {
            var ended: [NodeName] = []
            for node in nodes.sorted() {
                if case .down = await site.process(of: node).state { ended.append(node) }
            }
            guard ended.count < nodes.count, ContinuousClock.now < deadline else { return ended }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func recovered(serving: Set<NodeName>) -> [FaultRecord.Check] {
        if illness.permitsExit { for node in illness.nodes { site.disks.permits.revoke(node) } }
        let back = illness.nodes.filter(serving.contains)
        return [
            FaultRecord.Check(
                "the node answered again", back == illness.nodes, "answered: \(back)")
        ]
    }
}
