public import Raft
internal import Wire

/// What a server must not forget: term, vote and log in an append-only file of segments, and the
/// latest snapshot in a file of its own.
///
/// Calls collect a batch; ``sync()`` writes it in one piece and returns when it is safe, so that
/// one sync serves all entries and votes of a batch (group commit). After an error nothing more is
/// written: what a failed sync has lost, nobody can tell.
///
/// The barrier. A batch is written only after the sync of the one before has returned. So a
/// damaged batch may be cut only if no whole batch of a higher number stands anywhere behind it:
/// then nothing shows that its own sync ever returned, and it is taken for the torn end of the last
/// write. Anything else that is damaged was safe once, and is refused.
public final class Storage {
    /// How the storage behaves.
    public struct Options: Sendable {
        /// Bytes of a segment.
        public var segmentBytes = 64 << 20

        /// The defaults.
        public init() {}
    }

    /// A segment that is not written any more.
    struct Closed {
        let number: UInt64
        /// The highest index of an entry in it.
        let highest: LogIndex
    }

    private let disk: any Disk
    private let options: Options
    private var closed: [Closed]
    private var number: UInt64
    private var salt: UInt32
    private var file: any DiskFile
    private var offset = Segment.headerBytes
    private var nextBatch: UInt64
    private var batch = ByteWriter(capacity: 1 << 16)
    private var hard: HardState
    /// The log's last index, that before the batch, and the highest of this segment.
    private var last: LogIndex
    private var lastBefore: LogIndex
    private var highest: LogIndex = 0
    private var hasFailed = false
    private var acquaintances: [ServerID: UInt64]

    /// Tells this folder from any other that the server has had, or will have.
    public let life: UInt64

    /// How many syncs have made something safe, and how many bytes they wrote.
    public private(set) var syncs = 0
    /// Bytes of all batches.
    public private(set) var bytesWritten = 0

    /// Opens a folder: what was kept there comes back, or a new server begins.
    ///
    /// - Parameters:
    ///   - disk: the folder.
    ///   - server: whose folder it is; it stays that one's for good.
    ///   - members: the members with whom a new server begins.
    ///   - options: how the storage behaves.
    ///   - random: for what no client may guess.
    /// - Returns: the storage, and what it holds.
    /// - Throws: ``StorageError``; nothing has been changed then but temporary files.
    public static func open(
        _ disk: any Disk, server: ServerID, members: Membership, options: Options = Options(),
        using random: inout some RandomNumberGenerator
    ) throws(StorageError) -> (storage: Storage, recovery: Recovery) {
        let recovery = try Recovery.read(disk, server: server, members: members)
        let storage = try Storage(disk, recovery, options, using: &random)
        if recovery.isNew {
            try Identity(server: server, life: storage.life).write(to: disk)
        }
        return (storage, recovery)
    }

    /// Begins a segment behind those that are there.
    private init(
        _ disk: any Disk, _ recovery: Recovery, _ options: Options,
        using random: inout some RandomNumberGenerator
    ) throws(StorageError) {
        self.disk = disk
        self.options = options
        life = recovery.identity?.life ?? UInt64.random(in: 1...UInt64.max, using: &random)
        acquaintances = try Identity.readAcquaintances(disk)
        closed = recovery.segments
        nextBatch = recovery.nextBatch
        hard = recovery.hard
        last = recovery.log.lastIndex
        lastBefore = last
        number = recovery.nextSegment
        salt = UInt32.random(in: 1...UInt32.max, using: &random)
        try recovery.rewriteEnd(on: disk)
        file = try Self.create(
            disk, .init(number: number, firstBatch: nextBatch, salt: salt), options.segmentBytes)
        if let (number, end) = recovery.ending {
            // Only now: until another one is known to be written, it may not become smaller.
            let old = try disk.open(Segment.name(number), size: nil)
            try old.truncate(to: end)
            try old.sync()
        }
        beginBatch()
        Record.hard(hard).write(to: &batch)
        // What the snapshot has overruled must not come back with what will follow it.
        let isEmpty = recovery.log.entries.isEmpty
        (isEmpty ? Record.reset(last) : .position(last)).write(to: &batch)
        try sync()
    }

    private static func create(
        _ disk: any Disk, _ header: Segment.Header, _ size: Int
    ) throws(StorageError) -> any DiskFile {
        let file = try disk.open(Segment.name(header.number), size: size)
        try file.write(header.bytes, at: 0)
        try file.sync()
        try disk.sync()
        try CurrentSegment(number: header.number, bytes: size).write(to: disk)
        return file
    }

    // MARK: Collecting

    /// Adds term and vote to the batch.
    public func keep(_ state: HardState) {
        hard = state
        Record.hard(state).write(to: &batch)
    }

    /// Adds entries to the batch; those that stand at their places, and behind, are gone with it.
    public func append(_ entries: [Entry]) {
        guard let end = entries.last?.index else { return }
        last = end
        highest = max(highest, end)
        Record.entries(entries).write(to: &batch)
    }

    /// Adds the removal of everything from an index on to the batch.
    public func truncate(from index: LogIndex) {
        last = index - 1
        Record.position(last).write(to: &batch)
    }

    /// Whether there is anything to be made safe.
    public var isEmpty: Bool { batch.count == Segment.batchHeaderBytes }

    // MARK: Making safe

    /// Writes the batch and returns when it is safe; does nothing if it is empty.
    ///
    /// - Throws: ``StorageError``; then nothing of the batch may be taken for safe, and the storage
    ///   is of no use any more.
    public func sync() throws(StorageError) {
        guard !hasFailed else { throw .ended }
        guard !isEmpty else { return }
        do {
            if offset + batch.count > options.segmentBytes, offset > Segment.headerBytes {
                try roll()
            }
            Segment.seal(&batch, number: nextBatch, salt: salt)
            try file.write(batch.bytes, at: offset)
            try file.sync()
        } catch {
            hasFailed = true
            throw error
        }
        offset += batch.count
        bytesWritten += batch.count
        syncs += 1
        nextBatch += 1
        beginBatch()
    }

    private func beginBatch() {
        lastBefore = last
        batch.removeAll()
        batch.putRaw(repeatElement(0, count: Segment.batchHeaderBytes))
    }

    /// Goes on in a new segment, at whose beginning everything stands that older segments say
    /// and entries do not, so that older ones can go.
    private func roll() throws(StorageError) {
        let records = batch.bytes[Segment.batchHeaderBytes...]
        let (next, old, end) = (number + 1, file, offset)
        // The batch's own entries belong to the new segment; counting them here too only keeps
        // this one a little longer.
        closed.append(Closed(number: number, highest: highest))
        salt = salt &* 0x9e37_79b1 &+ 1
        file = try Self.create(
            disk, .init(number: next, firstBatch: nextBatch, salt: salt),
            max(options.segmentBytes, records.count + 4_096))
        try old.truncate(to: end)
        number = next
        offset = Segment.headerBytes
        highest = last
        let before = lastBefore
        beginBatch()
        // In front of the batch's own records, which go on from where the log was.
        Record.hard(hard).write(to: &batch)
        Record.position(before).write(to: &batch)
        batch.putRaw(records)
    }

    // MARK: Others

    /// Whether another server is the one that this one knows under that name, and not one that has
    /// lost its folder since; whoever comes for the first time is remembered, safely, before this
    /// returns.
    ///
    /// - Throws: ``StorageError``, as `sync` does.
    public func recognises(_ other: ServerID, life: UInt64) throws(StorageError) -> Bool {
        if let known = acquaintances[other] { return known == life }
        guard !hasFailed else { throw .ended }
        acquaintances[other] = life
        do {
            try Identity.write(acquaintances, to: disk)
        } catch {
            hasFailed = true
            throw error
        }
        return true
    }

    // MARK: Snapshots

    /// Keeps a snapshot in place of what it covers, and of everything else if the log behind it
    /// is to go; it is safe when this returns, with the batch before it.
    ///
    /// - Throws: ``StorageError``, as `sync` does.
    public func keep(_ snapshot: Snapshot, droppingAll: Bool) throws(StorageError) {
        try sync()
        do {
            try SnapshotFile.write(snapshot, to: disk)
        } catch {
            hasFailed = true
            throw error
        }
        if droppingAll {
            last = snapshot.index
            Record.reset(last).write(to: &batch)
            try sync()
        }
        try adopt(snapshotUpTo: snapshot.index)
    }

    /// Removes what a snapshot that is safe already covers: older snapshots, and segments.
    ///
    /// - Throws: ``StorageError``, as `sync` does.
    public func adopt(snapshotUpTo index: LogIndex) throws(StorageError) {
        guard !hasFailed else { throw .ended }
        do {
            // Oldest first, so that no gap can come of a crash.
            while let oldest = closed.first, oldest.highest <= index {
                try disk.remove(Segment.name(oldest.number))
                closed.removeFirst()
            }
            for name in try disk.names() {
                if let other = SnapshotFile.index(name), other < index { try disk.remove(name) }
            }
            try disk.sync()
        } catch {
            hasFailed = true
            throw error
        }
    }
}
