internal import Disks
public import Faults
internal import Labs
internal import Topologies

extension DiskIllness: Injectable {
    /// A node that ends because its disk is ill is started again when the disk is well.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        try await site.requireRunning([node])
        let disk = try site.disks.disk(of: node)
        let seed = site.disks.seed(of: number, on: node)
        if permitsExit { site.disks.permits.grant(node) }
        try await disk.turn(Self.sickness(kind, seed), seed: seed)
        return ActiveIllness(illness: self, disk: disk, site: site)
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
    let disk: MountedDisk
    let site: any FaultSite

    /// A node that has met an error may take this long to end of it.
    private static let farewell = Duration.seconds(2)

    func heal() async throws -> Evidence {
        let symptoms = try await disk.turn(nil)
        var hasEnded = false
        if illness.permitsExit, symptoms.failed > 0 { hasEnded = try await ends() }
        if hasEnded { try await site.restart(illness.node) }
        let ending = hasEnded ? ", and the node ended" : ""
        return Evidence([
            illness.kind == .slow
                ? FaultRecord.Check(
                    "syncs were late", symptoms.slow > 0,
                    "\(symptoms.slow) were, by \(symptoms.waited) ms together")
                : FaultRecord.Check(
                    "requests failed", symptoms.failed > 0, "\(symptoms.failed) failed\(ending)")
        ])
    }

    private func ends() async throws -> Bool {
        let process = site.process(of: illness.node)
        let deadline = ContinuousClock.now + Self.farewell
        while await process.state != .down {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    func recovered(serving: Set<NodeName>) -> [FaultRecord.Check] {
        if illness.permitsExit { site.disks.permits.revoke(illness.node) }
        let isBack = serving.contains(illness.node)
        return [
            FaultRecord.Check("the node answered again", isBack, isBack ? "it did" : "it did not")
        ]
    }
}
