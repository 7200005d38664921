public import Disks
public import Foundation
internal import Synchronization
public import Topologies

/// The disks of a cluster's nodes: a file system of the lab's own over each node's data folder, if
/// the plan's faults need one.
public final class NodeDisks: Sendable {
    /// A time in which a node may end by itself, for its disk is ill.
    private struct Permission {
        var start: ContinuousClock.Instant
        var end: ContinuousClock.Instant?
        /// How long its logs were then.
        var startBytes: [String: Int]
        var endBytes: [String: Int]?
    }

    private let folders: [NodeName: String]
    private let disks: [NodeName: MountedDisk]
    private let seed: UInt64
    private let permissions = Mutex<[NodeName: [Permission]]>([:])

    /// Files that are searched for panics.
    public static let logs = ["stderr.log", "stdout.log"]

    /// Disks of nodes with their folders, in each of which the node keeps its data in `data`;
    /// without options there is no file system, and no fault that needs one.
    ///
    /// The program is this one; its subcommand `disk` serves a disk.
    public init(
        folders: [NodeName: String], options: DiskOptions?, seed: UInt64, program: String
    ) {
        self.folders = folders
        self.seed = seed
        guard let options else {
            disks = [:]
            return
        }
        disks = Dictionary(
            uniqueKeysWithValues: folders.map { node, folder in
                (
                    node,
                    MountedDisk(
                        name: "\(node)", folder: folder + "/data", options: options,
                        program: program, log: folder + "/disk.log")
                )
            })
    }

    /// Mounts a node's disk, unless it is mounted or there is none.
    ///
    /// - Throws: `DiskError`.
    public func mount(_ node: NodeName) async throws {
        guard let disk = disks[node], await !disk.isMounted else { return }
        try await disk.start()
    }

    /// Unmounts all disks; their files stay, as plain ones.
    public func unmount() async {
        await withTaskGroup { group in
            for disk in disks.values { group.addTask { await disk.stop() } }
        }
    }

    /// The disk of a node.
    ///
    /// - Throws: `InjectionError` if there is none.
    func disk(of node: NodeName) throws -> MountedDisk {
        guard let disk = disks[node] else {
            throw InjectionError.notRunning(node)
        }
        return disk
    }

    /// Dice for one fault on one node.
    func seed(of number: Int, on node: NodeName) -> UInt64 {
        PowerLoss.mixed(seed, UInt64(number) << 8 | UInt64(node.number))
    }

    // MARK: Ends that are permitted

    /// From now on a node may end by itself, and say in its logs that it panics.
    func permitExit(of node: NodeName) {
        let permission = Permission(start: .now, startBytes: logSizes(of: node))
        permissions.withLock { $0[node, default: []].append(permission) }
    }

    /// Takes the permission back.
    func forbidExit(of node: NodeName) {
        let sizes = logSizes(of: node)
        permissions.withLock { permissions in
            guard let last = permissions[node]?.indices.last else { return }
            permissions[node]?[last].end = .now
            permissions[node]?[last].endBytes = sizes
        }
    }

    /// Whether a node was permitted to end then.
    public func permitsExit(of node: NodeName, at instant: ContinuousClock.Instant) -> Bool {
        permissions.withLock { permissions in
            permissions[node, default: []].contains {
                $0.start <= instant && instant <= ($0.end ?? .now)
            }
        }
    }

    /// The bytes of a log without what was written while the node was permitted to panic.
    public func examined(_ bytes: Data, of log: String, on node: NodeName) -> Data {
        var examined = Data()
        var done = 0
        for permission in permissions.withLock({ $0[node, default: []] }) {
            let start = min(permission.startBytes[log] ?? 0, bytes.count)
            if start > done { examined += bytes.dropFirst(done).prefix(start - done) }
            done = max(done, permission.endBytes?[log] ?? bytes.count)
        }
        return examined + bytes.dropFirst(done)
    }

    private func logSizes(of node: NodeName) -> [String: Int] {
        let folder = folders[node] ?? ""
        return Dictionary(
            uniqueKeysWithValues: Self.logs.map { log in
                let path = folder + "/" + log
                let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
                return (log, size ?? 0)
            })
    }
}
