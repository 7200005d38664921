internal import CLinux

/// How messages stand in a stream: each behind its length and its checksum, 32 bits each, and none
/// longer than allowed.
///
/// The checksum is CRC-32C (Castagnoli): TCP's own misses one damaged packet in 65,536, and what it
/// misses would be stored, served, and blessed by the disk's checksum.
///
/// A connection begins with a preface, so that neither side ever takes a stranger's bytes, or
/// those of another version, for messages.
public enum Frame {
    /// The version of everything in this module and of the messages among servers.
    public static let version: UInt16 = 2
    /// No message is longer, in bytes.
    public static let mostBytes = 16 << 20
    /// No request is longer, in bytes: a key, a value twice, and what stands around them.
    public static let mostRequestBytes = 3 << 20
    /// Length and checksum in front of each message, in bytes.
    public static let headerBytes = 8
    /// The length of a preface, in bytes.
    public static let prefaceBytes = 8

    /// What a connection is for.
    public enum Purpose: UInt8, Sendable {
        /// Requests of clients.
        case client = 0x43
        /// Messages among servers.
        case peer = 0x50
    }

    /// `raftd`, the purpose, the version.
    public static func preface(_ purpose: Purpose) -> [UInt8] {
        var writer = ByteWriter()
        writer.putRaw("raftd".utf8)
        writer.put(purpose.rawValue)
        writer.put(version)
        return writer.bytes
    }

    /// Checks what the other side began with.
    ///
    /// - Throws: ``WireError/stranger(_:)`` if it is anything else than the preface awaited.
    public static func check(
        preface bytes: ArraySlice<UInt8>, for purpose: Purpose
    ) throws(WireError) {
        guard bytes.starts(with: "raftd".utf8), bytes.count == prefaceBytes else {
            throw .stranger("the other side does not speak raftd's protocol")
        }
        var reader = ByteReader(bytes.dropFirst(5))
        let other = try reader.take(UInt8.self)
        guard other == purpose.rawValue else {
            throw .stranger(
                purpose == .client
                    ? "a server called the clients' address; give it the peers' one"
                    : "a client called the peers' address; give it the clients' one")
        }
        let theirs = try reader.take(UInt16.self)
        guard theirs == version else {
            throw .stranger("the other side speaks version \(theirs), this one \(version)")
        }
    }

    /// A message behind its length and checksum.
    public static func framed(_ body: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(0 as UInt64)
        body(&writer)
        writer.overwrite(UInt32(writer.count - headerBytes), at: 0)
        writer.overwrite(checksum(writer.bytes[headerBytes...]), at: 4)
        return writer.bytes
    }

    /// The CRC-32C of some bytes (RFC 3720), or of more behind those that gave a checksum; by the
    /// processor's own instruction where it has one.
    public static func checksum(_ bytes: ArraySlice<UInt8>, _ before: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { checksum($0, before) }
    }

    /// The CRC-32C of some bytes in memory.
    public static func checksum(_ bytes: UnsafeRawBufferPointer, _ before: UInt32 = 0) -> UInt32 {
        clinux_crc32c(before, bytes.baseAddress, UInt(bitPattern: bytes.count))
    }
}
