public import Raft
internal import Wire

/// What a folder said when it was opened.
public struct Recovery: Sendable {
    /// Term and vote.
    public private(set) var hard = HardState()
    /// Snapshot and entries.
    public private(set) var log: Log
    /// Where the torn end of the last write was cut off; nil if there was none.
    public private(set) var cut: (file: String, offset: Int, bytes: Int)?
    /// Whether the folder was new.
    public let isNew: Bool

    /// Whose folder it is, and which one; nil as long as it is new.
    var identity: Identity?
    var segments: [Storage.Closed] = []
    var nextSegment: UInt64 = 1
    /// Where the segment that was written last is to end, once another has taken its place.
    var ending: (number: UInt64, offset: Int)?
    var nextBatch: UInt64 = 1
    /// What was written last, and may have been read from the kernel's cache alone.
    private var written: [(file: String, offset: Int, bytes: [UInt8])] = []

    private var entries: [Entry] = []
    private var position: LogIndex = 0
    private var highest: LogIndex = 0

    static func read(
        _ disk: any Disk, server: ServerID, members: Membership
    ) throws(StorageError) -> Recovery {
        let names = try disk.names()
        for name in names where name.hasSuffix(".tmp") { try disk.remove(name) }
        guard let identity = try Identity.read(disk, server, names) else {
            return try begin(disk, members, names.filter { !$0.hasSuffix(".tmp") })
        }
        let segments = names.compactMap(Segment.number).sorted()
        try CurrentSegment.read(disk, names).check(disk, segments)
        guard let latest = names.compactMap(SnapshotFile.index).max(), !segments.isEmpty else {
            throw .corrupt(
                file: disk.folder, offset: 0, what: "a server's folder without a snapshot or a log")
        }
        let snapshot = try SnapshotFile.read(SnapshotFile.name(latest), from: disk)
        var recovery = Recovery(snapshot: snapshot, isNew: false)
        recovery.identity = identity
        try recovery.readSegments(disk, segments)
        try recovery.connect(snapshot, disk)
        return recovery
    }

    /// Begins a folder with its first snapshot; what an earlier beginning left that came to nothing
    /// goes.
    private static func begin(
        _ disk: any Disk, _ members: Membership, _ names: [String]
    ) throws(StorageError) -> Recovery {
        let own = [SnapshotFile.name(0), Segment.name(1), CurrentSegment.name]
        if let stranger = names.first(where: { !own.contains($0) }) {
            throw .foreign(
                file: disk.folder + "/" + Identity.name,
                what: "missing, but there is \(stranger): not a folder of raftd's")
        }
        if names.contains(Segment.name(1)) { try disk.remove(Segment.name(1)) }
        let first = Snapshot(index: 0, term: 0, membership: members, data: [])
        try SnapshotFile.write(first, to: disk)
        return Recovery(snapshot: first, isNew: true)
    }

    private init(snapshot: Snapshot, isNew: Bool) {
        log = Log(snapshot: snapshot)
        self.isNew = isNew
    }

    // MARK: Segments

    private mutating func readSegments(
        _ disk: any Disk, _ numbers: [UInt64]
    ) throws(StorageError) {
        for (number, next) in zip(numbers, numbers.dropFirst()) where next != number + 1 {
            throw .corrupt(
                file: disk.folder + "/" + Segment.name(number + 1), offset: 0,
                what: "missing between others")
        }
        let contents = try SegmentContent.read(numbers, from: disk)
        nextBatch = contents.first?.header?.firstBatch ?? nextBatch
        entries.reserveCapacity(contents.reduce(0) { $0 + $1.entryCount })
        for content in contents {
            try add(content, isLast: content.number == numbers.last, disk)
        }
        nextSegment = segments.last.map { $0.number + 1 } ?? numbers.first ?? 1
    }

    private mutating func add(
        _ content: SegmentContent, isLast: Bool, _ disk: any Disk
    ) throws(StorageError) {
        let name = Segment.name(content.number)
        let path = disk.folder + "/" + name
        highest = position
        guard let header = content.header else {
            // A segment whose making was cut short has nothing behind its header yet.
            guard isLast, case .clean = content.rest else {
                throw .corrupt(file: path, offset: 0, what: "a damaged segment header")
            }
            try disk.remove(name)
            try disk.sync()
            return
        }
        guard header.firstBatch == nextBatch else {
            throw .corrupt(
                file: path, offset: 0,
                what: "batches are missing before this segment, at the end of the one before")
        }
        for batch in content.batches { try replay(batch, path) }
        nextBatch += UInt64(content.batches.count)
        try finish(content, path, isLast, disk)
        segments.append(Storage.Closed(number: content.number, highest: highest))
    }

    /// Cuts what stands behind the last whole batch, if that is nothing or the torn end of a write.
    private mutating func finish(
        _ content: SegmentContent, _ path: String, _ isLast: Bool, _ disk: any Disk
    ) throws(StorageError) {
        switch content.rest {
        case .clean: if !isLast { return }
        case .damaged:
            throw .corrupt(
                file: path, offset: content.end, what: "a damaged batch, and whole ones behind it")
        case .torn(let bytes):
            // An earlier start took it for torn and went on in the next segment, or that one's
            // first batch will not follow.
            guard isLast else { return }
            cut = (path, content.end, bytes)
        }
        ending = (content.number, content.end)
        let name = Segment.name(content.number)
        if let header = content.header { written.append((name, 0, header.bytes)) }
        if let last = content.batches.last {
            written.append((name, last.offset, content.lastBatch))
        }
    }

    /// Writes once more what was written last, and returns when it is safe.
    ///
    /// If the sync of it failed in an earlier life, the kernel has dropped it from what is to be
    /// written and yet shows it to whoever reads; no sync says so a second time (Rebello et al.
    /// 2020, §3). A storage ends at the first sync that fails, so there is no more than one header or
    /// one batch of which that can be true.
    func rewriteEnd(on disk: any Disk) throws(StorageError) {
        for (file, offset, bytes) in written {
            let file = try disk.open(file, size: nil)
            try file.write(bytes, at: offset)
            try file.sync()
        }
    }

    // MARK: Records

    private mutating func replay(
        _ batch: SegmentContent.Batch, _ path: String
    ) throws(StorageError) {
        do throws(WireError) {
            for record in try batch.records.get() { try replay(record) }
        } catch {
            throw .corrupt(
                file: path, offset: batch.offset,
                what: "a whole batch that means nothing (\(error))")
        }
    }

    private mutating func replay(_ record: Record) throws(WireError) {
        switch record {
        case .hard(let state): hard = state
        case .entries(let new):
            guard let first = new.first?.index, first <= position + 1 else {
                throw .stranger("entries that leave a gap")
            }
            moveTo(first - 1)
            entries += new
            position += LogIndex(new.count)
            highest = max(highest, position)
        case .position(let index): moveTo(index)
        case .reset(let index):
            entries = []
            position = index
        }
    }

    /// The log ends here from now on.
    private mutating func moveTo(_ index: LogIndex) {
        if index < position, index >= position - LogIndex(entries.count) {
            entries.removeLast(Int(position - index))
        } else if index != position {
            entries = []
        }
        position = index
    }

    /// Puts snapshot and entries together (§7): what stands behind the snapshot counts if it goes
    /// on from it.
    private mutating func connect(
        _ snapshot: Snapshot, _ disk: any Disk
    ) throws(StorageError) {
        let first = position - LogIndex(entries.count) + 1
        guard first <= snapshot.index + 1 else {
            throw .corrupt(
                file: disk.folder, offset: 0,
                what: "the log begins at \(first), the snapshot ends at \(snapshot.index): entries "
                    + "or a snapshot are missing")
        }
        guard position > snapshot.index else { return }
        let covered = Int(snapshot.index + 1 - first)
        // The entry at the snapshot's end, where it is there, decides whether the rest goes on
        // from it.
        if covered > 0, entries[covered - 1].term != snapshot.term { return }
        entries.removeFirst(covered)
        log = Log(snapshot: snapshot, entries: entries)
        entries = []
    }
}
