internal import CZlib

/// Files as gzip writes them (RFC 1952), through the system's zlib.
public enum Gzip {
    /// What every such file begins with.
    public static let magic: [UInt8] = [0x1f, 0x8b]

    private static let chunk = 1 << 18

    /// The bytes that were compressed; of several members behind each other all.
    ///
    /// Linear in what comes out, which is in memory as a whole.
    ///
    /// - Throws: `GzipError` if the bytes are damaged or end too early.
    public static func inflate(_ compressed: [UInt8]) throws(GzipError) -> [UInt8] {
        var stream = z_stream()
        // 16 over the largest window: zlib then reads gzip's header and checks its checksum.
        guard
            inflateInit2_(
                &stream, 16 + MAX_WBITS, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw .outOfMemory }
        defer { inflateEnd(&stream) }
        var compressed = compressed
        var inflated: [UInt8] = []
        var failure: GzipError?
        compressed.withUnsafeMutableBufferPointer { input in
            failure = run(&stream, input, into: &inflated)
        }
        if let failure { throw failure }
        return inflated
    }

    private static func run(
        _ stream: inout z_stream, _ input: UnsafeMutableBufferPointer<UInt8>,
        into inflated: inout [UInt8]
    ) -> GzipError? {
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: chunk)
        defer { buffer.deallocate() }
        var position = 0
        while true {
            let part = min(input.count - position, 1 << 30)
            stream.next_in = input.baseAddress.map { $0 + position }
            stream.avail_in = CUnsignedInt(part)
            stream.next_out = buffer.baseAddress
            stream.avail_out = CUnsignedInt(chunk)
            let status = CZlib.inflate(&stream, Z_NO_FLUSH)
            position += part - Int(stream.avail_in)
            inflated.append(contentsOf: buffer[..<(chunk - Int(stream.avail_out))])
            switch status {
            case Z_OK: continue
            case Z_STREAM_END where position == input.count: return nil
            case Z_STREAM_END: guard inflateReset(&stream) == Z_OK else { return .damaged }
            case Z_BUF_ERROR: return .truncated
            case Z_MEM_ERROR: return .outOfMemory
            default: return .damaged
            }
        }
    }
}

/// Why a file is no gzip file, or not a whole one.
public enum GzipError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It ends too early.
    case truncated
    /// Its content is not what its checksum says, or no gzip at all.
    case damaged
    /// There is no memory for it.
    case outOfMemory

    /// What is wrong.
    public var description: String {
        switch self {
        case .truncated: "breaks off inside its gzip: its writer was killed, or its disk was full"
        case .damaged: "is no gzip file, or a damaged one"
        case .outOfMemory: "cannot be unpacked: there is not enough memory"
        }
    }
}
