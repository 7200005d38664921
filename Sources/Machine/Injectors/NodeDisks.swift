public import Disks
public import Topologies

/// The disks of a cluster's nodes: a file system of the lab's own over each node's data folder, if
/// the plan's faults need one.
public final class NodeDisks: Sendable {
    private let disks: [NodeName: any LosingDisk]
    private let seed: UInt64
    /// When nodes may end by themselves.
    public let permits: ExitPermits

    /// Disks of nodes with their folders, in each of which the node keeps its data in `data`;
    /// without options there is no file system, and no fault that needs one.
    ///
    /// The program is this one; its subcommand `disk` serves a disk. The logs are those of a node's
    /// processes.
    public init(
        folders: [NodeName: String], logs: [String], options: DiskOptions?, seed: UInt64,
        program: String
    ) {
        permits = ExitPermits(folders: folders, logs: logs)
        self.seed = seed
        guard let options else {
            disks = [:]
            return
        }
        disks = Dictionary(
            uniqueKeysWithValues: folders.map { node, folder in
                (node, Self.disk(of: node, folder, options, program))
            })
    }

    private static func disk(
        of node: NodeName, _ folder: String, _ options: DiskOptions, _ program: String
    ) -> any LosingDisk {
        let (data, log) = (folder + "/data", folder + "/disk.log")
        return switch options.kind {
        case .fuse:
            MountedDisk(
                name: "\(node)", folder: data, options: options, program: program, log: log)
        case .ext4: Ext4Disk(name: "\(node)", folder: data, log: log)
        }
    }

    /// Mounts a node's disk, unless it is mounted or there is none.
    ///
    /// - Throws: `DiskError`.
    public func mount(_ node: NodeName) async throws {
        guard let disk = disks[node], await !disk.isMounted else { return }
        try await disk.start()
    }

    /// The disks that cannot be used any more, though nobody asked for it.
    public func broken() async -> [NodeName: DiskError] {
        var broken: [NodeName: DiskError] = [:]
        for (node, disk) in disks { broken[node] = await disk.broken() }
        return broken
    }

    /// Unmounts a node's disk, if there is one; its files stay, as plain ones.
    func unmount(_ node: NodeName) async { await disks[node]?.stop() }

    /// Unmounts all disks; their files stay, as plain ones.
    public func unmount() async {
        await withTaskGroup { group in
            for disk in disks.values { group.addTask { await disk.stop() } }
        }
    }

    /// The disk of a node.
    ///
    /// - Throws: `InjectionError` if there is none.
    func disk(of node: NodeName) throws -> any LosingDisk {
        guard let disk = disks[node] else {
            throw InjectionError.notRunning(node)
        }
        return disk
    }

    /// Dice for one fault on one node.
    func seed(of number: Int, on node: NodeName) -> UInt64 {
        PowerLoss.mixed(seed, UInt64(number) << 8 | UInt64(node.number))
    }
}
