/// A node's disk that can lose power.
///
/// Power loss, in this order: ``freeze(within:)``, SIGKILL of the node, ``fail()``,
/// ``loseUnsynced(_:)``, and ``start()`` for what is left.
public protocol LosingDisk: Actor {
    /// Whether it is mounted and can be used.
    var isMounted: Bool { get }
    /// Why it cannot be used any more, though nobody asked for that; nil as long as all is well.
    func broken() -> DiskError?
    /// Makes the folder if there is none, and mounts the disk over it, with the files that are there.
    ///
    /// - Throws: `DiskError`.
    func start() async throws
    /// Unmounts it; its files stay, as plain ones.
    func stop() async
    /// From now on nothing becomes durable, as far as the disk can do that before the node is dead; at
    /// a moment within the time at which something is unsynced, if it can tell.
    func freeze(within time: Duration) async throws
    /// The node is dying: nothing becomes durable any more, and whoever waits gets EIO.
    func fail() async throws
    /// Takes away what was not durable, once the node is dead; the disk is to be started then.
    ///
    /// - Returns: what is gone.
    func loseUnsynced(_ loss: PowerLoss) async throws -> LossReport
    /// The disk falls ill, or is healed by nil.
    ///
    /// - Returns: what has shown of the sickness before.
    @discardableResult
    func turn(_ sickness: Sickness?, seed: UInt64) async throws -> Health.Symptoms
}

/// How disks that can lose power are made.
public enum DiskKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// A file system of this program: all kinds of losses, and sick disks.
    case fuse
    /// ext4 on a loop device, told to shut down: what the kernel's own file system loses.
    case ext4

    /// Refuses a machine on which no such disk could be had, before anything is made.
    ///
    /// - Throws: `DiskError`.
    public func require() throws(DiskError) {
        switch self {
        case .fuse: try MountedDisk.requireDevice()
        case .ext4: try Ext4Disk.requireDevice()
        }
    }

    /// FUSE where it can be had, else ext4.
    ///
    /// - Throws: `DiskError` if neither can be had.
    public static func usable() throws(DiskError) -> DiskKind {
        do {
            try DiskKind.fuse.require()
            return .fuse
        } catch {
            do {
                try DiskKind.ext4.require()
                return .ext4
            } catch let other {
                throw .neither(fuse: "\(error)", ext4: "\(other)")
            }
        }
    }
}

extension MountedDisk: LosingDisk {
    /// Rolls a frozen disk back, and unmounts it.
    ///
    /// - Returns: what is gone.
    public func loseUnsynced(_ loss: PowerLoss) async throws -> LossReport {
        let report = try await lose(loss)
        await stop()
        return report
    }
}
