public import Logging
internal import NIOCore
internal import NIOPosix
package import Raft
public import RaftStorage

/// Makes a node from its folder.
public enum NodeFactory {
    /// Reads the folder and makes a node of it, which has not begun yet.
    ///
    /// - Parameters:
    ///   - options: how it runs.
    ///   - disk: its folder.
    ///   - isJoining: whether a new folder begins as no member of a cluster.
    ///   - log: where it says what it does.
    /// - Returns: the node.
    /// - Throws: `StorageError`.
    public static func node(
        _ options: NodeOptions, disk: any Disk, isJoining: Bool, log: Logger
    ) async throws -> Node {
        var random = SystemRandomNumberGenerator()
        let parts = try open(options, disk, isJoining, log, using: &random)
        return try Node(
            options, storage: parts.storage, recovery: parts.recovery, disk: disk,
            on: MultiThreadedEventLoopGroup.singleton.next(), log: log)
    }

    package static func node(
        _ options: NodeOptions, disk: any Disk, isJoining: Bool, log: Logger, rules: any Rules,
        now: @escaping @Sendable () -> Duration, step: @escaping (inout Server, Event) -> [Effect]
    ) async throws -> Node {
        var random = SystemRandomNumberGenerator()
        let parts = try open(options, disk, isJoining, log, using: &random)
        return try Node(
            options, storage: parts.storage, recovery: parts.recovery, disk: disk,
            on: MultiThreadedEventLoopGroup.singleton.next(), log: log, rules: rules,
            now: { .uptimeNanoseconds(UInt64(now() / .nanoseconds(1))) }, step: step)
    }

    private static func open(
        _ options: NodeOptions, _ disk: any Disk, _ isJoining: Bool, _ log: Logger,
        using random: inout some RandomNumberGenerator
    ) throws(StorageError) -> (storage: Storage, recovery: Recovery) {
        var kept = Storage.Options()
        kept.segmentBytes = options.segmentBytes
        let parts = try Storage.open(
            disk, server: options.id,
            members: Membership(voters: isJoining ? [] : Set(options.servers.keys)),
            options: kept, using: &random)
        if let cut = parts.recovery.cut {
            log.warning(
                "the torn end of the last write was cut off; nothing shows that its sync ever returned",
                metadata: [
                    "file": "\(cut.file)", "offset": "\(cut.offset)", "bytes": "\(cut.bytes)",
                ]
            )
        }
        return parts
    }
}
