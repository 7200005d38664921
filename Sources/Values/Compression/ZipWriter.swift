internal import CZlib

/// A ZIP archive that is written from its beginning to its end while it is made, so that it never
/// stands anywhere as a whole (PKWARE's APPNOTE 6.3, without ZIP64).
///
/// Call ``begin(_:)``, ``add(_:)`` and ``end()`` for each file, then ``finish()``; what they return,
/// one after another, is the archive.
public struct ZipWriter {
    private struct Entry {
        let name: [UInt8]
        let offset: Int
        var checksum: UInt = 0
        var packed = 0
        var size = 0
    }

    /// Files and bytes beyond which an archive would need ZIP64.
    public static let most = (files: 65_535, bytes: 0xffff_ffff)

    private var entries: [Entry] = []
    private var offset = 0
    private var deflater: Deflater?

    /// An empty archive.
    public init() {}

    /// The header of a file.
    ///
    /// - Precondition: no other file is open.
    public mutating func begin(_ name: String) -> [UInt8] {
        precondition(deflater == nil, "a file is open")
        deflater = Deflater()
        let entry = Entry(name: Array(name.utf8), offset: offset)
        entries.append(entry)
        var header = Self.bytes(0x0403_4b50, 4) + Self.common
        header += Self.bytes(0, 12) + Self.bytes(entry.name.count, 2) + Self.bytes(0, 2)
        header += entry.name
        offset += header.count
        return header
    }

    /// Some bytes of the open file, packed as far as they are by now.
    public mutating func add(_ bytes: [UInt8]) -> [UInt8] { pack(bytes, isLast: false) }

    /// The end of the open file.
    public mutating func end() -> [UInt8] {
        var bytes = pack([], isLast: true)
        deflater = nil
        let entry = entries[entries.count - 1]
        let descriptor = Self.bytes(0x0807_4b50, 4) + Self.sizes(of: entry)
        offset += descriptor.count
        bytes += descriptor
        return bytes
    }

    /// The directory, at the archive's end.
    public mutating func finish() -> [UInt8] {
        precondition(deflater == nil, "a file is open")
        var directory: [UInt8] = []
        for entry in entries {
            directory += Self.bytes(0x0201_4b50, 4) + Self.bytes(0x0314, 2) + Self.common
            directory += Self.sizes(of: entry) + Self.bytes(entry.name.count, 2)
            // No comment, first disk, an ordinary file that its owner may write.
            directory += Self.bytes(0, 8) + Self.bytes(0o100644 << 16, 4)
            directory += Self.bytes(entry.offset, 4) + entry.name
        }
        let count = Self.bytes(entries.count, 2)
        return directory + Self.bytes(0x0605_4b50, 4) + Self.bytes(0, 4) + count + count
            + Self.bytes(directory.count, 4) + Self.bytes(offset, 4) + Self.bytes(0, 2)
    }

    private mutating func pack(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
        guard let deflater else { preconditionFailure("no file is open") }
        let place = entries.count - 1
        let packed = deflater.pack(bytes, isLast: isLast)
        entries[place].checksum = deflater.checksum
        entries[place].size += bytes.count
        entries[place].packed += packed.count
        offset += packed.count
        return packed
    }

    /// Version 2.0; sizes behind the data and names in UTF-8; deflated; the first of January 1980.
    private static let common =
        bytes(20, 2) + bytes(0x0808, 2) + bytes(8, 2) + bytes(0, 2) + bytes(0x0021, 2)

    private static func sizes(of entry: Entry) -> [UInt8] {
        bytes(Int(entry.checksum), 4) + bytes(entry.packed, 4) + bytes(entry.size, 4)
    }

    private static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}

/// A raw stream of DEFLATE (RFC 1951), and the CRC-32 of what went into it.
private final class Deflater {
    private static let chunk = 1 << 16

    // zlib remembers where its state lies: it must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private(set) var checksum: UInt = 0

    init() {
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib has no memory")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func pack(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
        var bytes = bytes
        var packed: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        bytes.withUnsafeMutableBufferPointer { input in
            // Without bytes zlib would begin anew.
            if !input.isEmpty {
                checksum = crc32(checksum, input.baseAddress, uInt(input.count))
            }
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = uInt(input.count)
            var status = Z_OK
            repeat {
                let written = buffer.withUnsafeMutableBufferPointer { output -> Int in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = uInt(output.count)
                    status = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    return output.count - Int(stream.pointee.avail_out)
                }
                packed += buffer[..<written]
            } while stream.pointee.avail_out == 0 || (isLast && status != Z_STREAM_END)
        }
        return packed
    }
}
