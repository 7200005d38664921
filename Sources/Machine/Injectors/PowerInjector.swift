internal import Disks
public import Faults
internal import Labs
internal import Topologies

extension PowerCut: Injectable {
    /// How long the power waits for a node to write: longer than clients are silent under load.
    private static let patience = Duration.milliseconds(250)

    /// The disks fall silent first, then the nodes are killed, and only then do those that wait for
    /// a disk get their error: no node acts on one, and none is held by its disk.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        try await site.requireRunning(nodes)
        let acknowledged = site.acknowledgedWrites()
        let disks = try nodes.map { ($0, try site.disks.disk(of: $0)) }
        do {
            try await freeze(
                disks.map(\.1), first: Int(site.disks.seed(of: number, on: nodes[0]) % 97))
            return ActivePowerCut(nodes, try await cut(disks, number, site), acknowledged, site)
        } catch {
            // A silent disk would hold its node for ever; the node may end of what it gets instead.
            for (node, disk) in disks {
                site.disks.permits.grant(node)
                try? await disk.fail()
            }
            throw error
        }
    }

    /// The power goes when one of them, whichever the dice say, is writing.
    private func freeze(_ disks: [any LosingDisk], first: Int) async throws {
        let first = first % disks.count
        try await disks[first].freeze(within: Self.patience)
        try await withThrowingTaskGroup { group in
            for (index, disk) in disks.enumerated() where index != first {
                group.addTask { try await disk.freeze(within: .zero) }
            }
            try await group.waitForAll()
        }
    }

    private func cut(
        _ disks: [(NodeName, any LosingDisk)], _ number: Int, _ site: any FaultSite
    ) async throws -> [NodeName: LossReport] {
        try await withThrowingTaskGroup(of: (NodeName, LossReport).self) { group in
            for (node, disk) in disks {
                let process = site.process(of: node)
                let seed = site.disks.seed(of: number, on: node)
                let loss = PowerLoss(Self.keep(kept, seed), seed: seed)
                group.addTask {
                    try await process.kill { try await disk.fail() }
                    return (node, try await disk.loseUnsynced(loss))
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private static func keep(_ kept: KeptWrites, _ seed: UInt64) -> PowerLoss.Keep {
        switch kept {
        case .any: PowerLoss.Keep.allCases[Int(seed % UInt64(PowerLoss.Keep.allCases.count))]
        case .nothing: .nothing
        case .prefix: .prefix
        case .pages: .pages
        case .sectors: .sectors
        }
    }
}

private struct ActivePowerCut: Injection {
    private let nodes: [NodeName]
    private let reports: [NodeName: LossReport]
    private let acknowledged: Int
    private let site: any FaultSite

    init(
        _ nodes: [NodeName], _ reports: [NodeName: LossReport], _ acknowledged: Int,
        _ site: any FaultSite
    ) {
        self.nodes = nodes
        self.reports = reports
        self.acknowledged = acknowledged
        self.site = site
    }

    func heal() async throws -> Evidence {
        // A start mounts what the disk has kept.
        for node in nodes { try await site.restart(node) }
        let lost = nodes.map { "\($0): \(reports[$0]?.summary ?? "unknown")" }
        return Evidence([
            Evidence.acknowledged(acknowledged),
            FaultRecord.Check(
                "writes had not been synced",
                reports.values.contains { !$0.isNothing || $0.survived > 0 },
                lost.joined(separator: "; ")),
        ])
    }

    func recovered(serving: Set<NodeName>) -> [FaultRecord.Check] {
        let back = nodes.filter(serving.contains)
        return [FaultRecord.Check("the node answered again", back == nodes, "answered: \(back)")]
    }
}
