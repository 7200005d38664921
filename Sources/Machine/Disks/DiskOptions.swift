/// How a disk behaves that can lose power.
public struct DiskOptions: Codable, Hashable, Sendable {
    /// How it is made.
    public var kind: DiskKind
    /// When names are durable.
    public var names: NameRule
    /// After how many seconds the kernel has written a change back by itself; nil for never.
    public var flushedAfter: Double?
    /// The most memory for old bytes, in MiB; beyond it the oldest changes count as written back.
    public var memory: Int

    /// Names as on ext4, and nothing written back but for want of memory.
    public init(
        kind: DiskKind = .fuse, names: NameRule = .journal, flushedAfter: Double? = nil,
        memory: Int = 256
    ) {
        self.kind = kind
        self.names = names
        self.flushedAfter = flushedAfter
        self.memory = memory
    }

    /// An empty log for such a disk.
    var log: UndoLog {
        UndoLog(
            rule: names, limit: memory << 20, writeBack: flushedAfter.map { .seconds($0) })
    }
}

/// What a disk's process can be told, a line of JSON each.
enum DiskOrder: Codable, Hashable, Sendable {
    /// Nothing changes any more, and nobody gets an answer: at once, or when first something is
    /// unsynced within so many milliseconds.
    case freeze(within: Int?)
    /// Whoever waits gets EIO, and whoever comes.
    case fail
    /// Roll back to what the disk keeps.
    case lose(PowerLoss)
    /// Fall ill, or be healed.
    case turn(Sickness?, seed: UInt64)
    /// Say how things are.
    case tell
    /// Unmount and end.
    case finish
}

/// What a disk's process answers to each order, and once when it has mounted.
struct DiskAnswer: Codable, Hashable, Sendable {
    /// What could not be done.
    var error: String?
    /// What a power loss took.
    var loss: LossReport?
    /// What has shown of a sickness.
    var symptoms: Health.Symptoms?
    /// The bytes that the log holds.
    var held: Int?
    /// The bytes that counted as written back because the log was full.
    var overLimit: Int?
}
