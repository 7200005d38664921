public import Raft
public import Wire

/// The bytes of entries and members, on disk and between servers.
public enum EntryCoding {
    /// No command is longer, in bytes: a key, a value twice, and what stands around them.
    public static let mostCommandBytes = 3 << 20
    /// No term and no index is as large: counting up by one each nanosecond takes a century to get
    /// there, and sums of two do not overflow.
    public static let bound: UInt64 = 1 << 62
    /// No message or record has more entries.
    public static let mostEntries = 1 << 20

    /// Appends entries that stand behind each other.
    public static func write(_ entries: [Entry], to writer: inout ByteWriter) {
        writer.put(UInt32(entries.count))
        guard let first = entries.first else { return }
        writer.put(first.index)
        for entry in entries {
            writer.put(entry.term)
            switch entry.payload {
            case .nothing: writer.put(0 as UInt8)
            case .command(let command):
                writer.put(1 as UInt8)
                writer.put(command)
            case .membership(let members):
                writer.put(2 as UInt8)
                write(members, to: &writer)
            }
        }
    }

    /// Takes entries.
    ///
    /// - Throws: `WireError` if there are none.
    public static func entries(
        from reader: inout ByteReader
    ) throws(WireError) -> [Entry] {
        let count = Int(try reader.take(UInt32.self))
        // The shortest entry takes nine bytes, so a wrong count cannot reserve much.
        guard count <= min(mostEntries, reader.left / 9 + 1) else {
            throw .tooLong(count, most: mostEntries)
        }
        guard count > 0 else { return [] }
        let first = try reader.take(UInt64.self)
        guard first > 0, first < bound else { throw .absurd("index", first) }
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        for place in 0..<UInt64(count) {
            let term = try reader.take(UInt64.self)
            guard term < bound else { throw .absurd("term", term) }
            let payload: Entry.Payload =
                switch try reader.take(UInt8.self) {
                case 0: .nothing
                case 1: .command(try reader.takeString(atMost: mostCommandBytes))
                case 2: .membership(try membership(from: &reader))
                case let kind: throw .unknownKind("entry", kind)
                }
            entries.append(Entry(term: term, index: first + place, payload))
        }
        return entries
    }

    /// Appends members.
    public static func write(_ members: Membership, to writer: inout ByteWriter) {
        for servers in [members.voters, members.outgoing, members.learners] {
            writer.put(UInt16(servers.count))
            for server in servers.sorted() { writer.put(server.number) }
        }
    }

    /// Takes members.
    ///
    /// - Throws: `WireError` if there are none.
    public static func membership(
        from reader: inout ByteReader
    ) throws(WireError) -> Membership {
        var sets: [Set<ServerID>] = []
        for _ in 0..<3 {
            var servers: Set<ServerID> = []
            for _ in 0..<(try reader.take(UInt16.self)) {
                servers.insert(ServerID(try reader.take()))
            }
            sets.append(servers)
        }
        return Membership(voters: sets[0], outgoing: sets[1], learners: sets[2])
    }
}
