import RaftStorage

/// A disk that is used in a wrong way, as an embedder with a bug would use a right one.
final class MistakenDisk: Disk {
    /// What is done wrong.
    enum Mistake {
        /// Syncs return at once: nothing is safe that is said to be.
        case skipsSyncs
        /// Syncs of the folder return at once: names are not safe.
        case skipsFolderSyncs
        /// Syncs that failed are taken for done.
        case ignoresFailedSyncs
        /// The torn end of a segment is taken for whole.
        case acceptsTornTails
        /// Checksums of the log and of snapshots are not looked at.
        case skipsChecksums
    }

    private let base: any Disk
    private let mistake: Mistake
    private let deviated: @Sendable () -> Void

    init(_ base: any Disk, _ mistake: Mistake, _ deviated: @escaping @Sendable () -> Void) {
        self.base = base
        self.mistake = mistake
        self.deviated = deviated
    }

    var folder: String { base.folder }
    func names() throws(StorageError) -> [String] { try base.names() }
    func read(_ name: String, into buffer: inout [UInt8]) throws(StorageError) -> Int {
        let count = try base.read(name, into: &buffer)
        guard let mistaken = mistaken(name, Array(buffer[..<count])) else { return count }
        deviated()
        buffer = mistaken
        return mistaken.count
    }

    /// A file as it looks to somebody who makes the mistake; nil if that is how it is.
    private func mistaken(_ name: String, _ bytes: [UInt8]) -> [UInt8]? {
        switch mistake {
        case .acceptsTornTails where Segment.number(name) != nil: TornTail.blessed(bytes)
        case .skipsChecksums where Segment.number(name) != nil: UncheckedFile.segment(bytes)
        case .skipsChecksums where name.hasPrefix("snapshot-"): UncheckedFile.snapshot(bytes)
        default: nil
        }
    }

    func size(of name: String) throws(StorageError) -> Int { try base.size(of: name) }
    func open(_ name: String, size: Int?) throws(StorageError) -> any DiskFile {
        MistakenFile(try base.open(name, size: size), mistake, deviated)
    }
    func rename(_ name: String, to other: String) throws(StorageError) {
        try base.rename(name, to: other)
    }
    func remove(_ name: String) throws(StorageError) { try base.remove(name) }
    func sync() throws(StorageError) {
        switch mistake {
        case .skipsSyncs, .skipsFolderSyncs: deviated()
        case .acceptsTornTails, .skipsChecksums: try base.sync()
        case .ignoresFailedSyncs:
            do { try base.sync() } catch { deviated() }
        }
    }
    func release() { base.release() }
}

private final class MistakenFile: DiskFile {
    private let base: any DiskFile
    private let mistake: MistakenDisk.Mistake
    private let deviated: @Sendable () -> Void
    private var isNoted = false

    init(
        _ base: any DiskFile, _ mistake: MistakenDisk.Mistake,
        _ deviated: @escaping @Sendable () -> Void
    ) {
        self.base = base
        self.mistake = mistake
        self.deviated = deviated
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        try base.write(bytes, at: offset)
    }
    func truncate(to size: Int) throws(StorageError) { try base.truncate(to: size) }
    func sync() throws(StorageError) {
        switch mistake {
        case .skipsSyncs: note()
        case .skipsFolderSyncs, .acceptsTornTails, .skipsChecksums: try base.sync()
        case .ignoresFailedSyncs:
            do { try base.sync() } catch { note() }
        }
    }

    /// Once a file: the log is not to be slower than the disk that it does not wait for.
    private func note() {
        if !isNoted { deviated() }
        isNoted = true
    }
}

/// The end of a segment whose last write was cut short.
enum TornTail {
    /// The segment as somebody reads it who looks at lengths and not at checksums: what is missing of
    /// the last batch is zeros; nil if nothing is torn.
    static func blessed(_ segment: [UInt8]) -> [UInt8]? {
        guard let header = Segment.Header(segment[...]) else { return nil }
        var offset = Segment.headerBytes
        var number = header.firstBatch
        while let (_, next) = Segment.batch(
            in: segment[...], at: offset, number: number, salt: header.salt)
        {
            offset = next
            number += 1
        }
        guard offset + Segment.batchHeaderBytes <= segment.count else { return nil }
        let length = segment.load(UInt32.self, offset)
        guard length > 0, length < 1 << 24, segment.load(UInt64.self, offset + 8) == number else {
            return nil
        }
        var whole = segment
        let end = offset + Segment.batchHeaderBytes + Int(length)
        if whole.count < end { whole += repeatElement(0, count: end - whole.count) }
        let sum = Segment.checksum(whole[(offset + 8)..<end], header.salt ^ length)
        whole.store(sum, offset + 4)
        return whole
    }
}
