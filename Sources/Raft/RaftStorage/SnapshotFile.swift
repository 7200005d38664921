public import Raft
internal import Wire

/// A snapshot in a file of its own, there as a whole or not at all: written under another name,
/// synced, renamed, and the folder synced.
public enum SnapshotFile {
    private static let magic: UInt64 = 0x3150_414e_5354_4652
    private static let headerBytes = 24

    static func name(_ index: LogIndex) -> String {
        let digits = String(index, radix: 16)
        return "snapshot-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    static func index(_ name: String) -> LogIndex? {
        name.hasPrefix("snapshot-") && name.count == 25
            ? LogIndex(name.dropFirst(9), radix: 16) : nil
    }

    /// Writes a snapshot, which is safe when this returns.
    ///
    /// May be called from any thread.
    ///
    /// - Throws: ``StorageError``; then no file of that name has come or changed.
    public static func write(
        _ snapshot: Snapshot, to disk: some Disk
    ) throws(StorageError) {
        var body = ByteWriter(capacity: snapshot.data.count + 256)
        body.put(snapshot.index)
        body.put(snapshot.term)
        EntryCoding.write(snapshot.membership, to: &body)
        body.put(UInt64(snapshot.data.count))
        body.putRaw(snapshot.data)
        var header = ByteWriter()
        header.put(magic)
        header.put(UInt64(body.count))
        header.put(Segment.checksum(body.bytes))
        header.put(0 as UInt32)
        let name = name(snapshot.index)
        let temporary = name + ".tmp"
        let file = try disk.open(temporary, size: nil)
        try file.truncate(to: 0)
        try file.write(header.bytes, at: 0)
        try file.write(body.bytes, at: headerBytes)
        try file.sync()
        try disk.rename(temporary, to: name)
        try disk.sync()
    }

    static func read(_ name: String, from disk: some Disk) throws(StorageError) -> Snapshot {
        let bytes = try disk.read(name)
        do {
            return try snapshot(bytes)
        } catch {
            throw .corrupt(
                file: disk.folder + "/" + name, offset: 0, what: "a damaged snapshot (\(error))")
        }
    }

    private static func snapshot(_ bytes: [UInt8]) throws(WireError) -> Snapshot {
        var reader = ByteReader(bytes)
        let (first, length) = (try reader.take(UInt64.self), try reader.take(UInt64.self))
        let sum = try reader.take(UInt32.self)
        _ = try reader.take(UInt32.self)
        guard first == magic, length == UInt64(reader.left),
            sum == Segment.checksum(bytes[headerBytes...])
        else { throw .stranger("its checksum is wrong") }
        let index = try reader.take(UInt64.self)
        let term = try reader.take(UInt64.self)
        let members = try EntryCoding.membership(from: &reader)
        _ = try reader.take(UInt64.self)
        return Snapshot(
            index: index, term: term, membership: members,
            data: Array(try reader.takeRaw(reader.left)))
    }
}
