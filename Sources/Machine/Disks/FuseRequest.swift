internal import CLinux
internal import SystemPackage

/// One request of the kernel, as it lies in a buffer (linux/fuse.h).
struct FuseRequest {
    let header: fuse_in_header
    private let body: UnsafeRawBufferPointer

    /// Reads the header.
    ///
    /// - Returns: nil if the buffer is shorter than it says.
    init?(_ buffer: UnsafeRawBufferPointer) {
        let size = MemoryLayout<fuse_in_header>.size
        guard buffer.count >= size else { return nil }
        header = buffer.loadUnaligned(as: fuse_in_header.self)
        guard header.len >= size, header.len <= buffer.count else { return nil }
        body = UnsafeRawBufferPointer(rebasing: buffer[size..<Int(header.len)])
    }

    var opcode: fuse_opcode { fuse_opcode(header.opcode) }
    var inode: Inode { Inode(header.nodeid) }

    /// The fixed part of the request.
    ///
    /// - Throws: EINVAL if the request is shorter.
    func fixed<Part: BitwiseCopyable>(_: Part.Type) throws(Errno) -> Part {
        guard body.count >= MemoryLayout<Part>.size else { throw .invalidArgument }
        return body.loadUnaligned(as: Part.self)
    }

    /// What comes behind the fixed part.
    func rest<Part>(behind _: Part.Type) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: body.dropFirst(MemoryLayout<Part>.size))
    }

    /// Names behind the fixed part, each with a zero behind it.
    ///
    /// - Throws: EINVAL if there are fewer.
    func names<Part>(_ count: Int, behind part: Part.Type) throws(Errno) -> [FileName] {
        let words = rest(behind: part).split(
            separator: 0, maxSplits: count, omittingEmptySubsequences: false)
        guard words.count > count else { throw .invalidArgument }
        return words.prefix(count).map { FileName($0) }
    }

    /// The only name of a request without a fixed part.
    func name() throws(Errno) -> FileName { try names(1, behind: Void.self)[0] }
}

/// What the kernel gets as an answer.
enum FuseAnswer {
    /// Nothing, for requests that want none.
    case none
    /// Success with these bytes.
    case bytes([UInt8])
    /// An error.
    case error(Errno)

    /// Success without a word.
    static var done: FuseAnswer { .bytes([]) }

    /// Success with a structure of the protocol.
    static func value(_ value: some BitwiseCopyable) -> FuseAnswer {
        .bytes(withUnsafeBytes(of: value) { Array($0) })
    }

    /// Success with two structures, one behind the other.
    static func values(
        _ one: some BitwiseCopyable, _ other: some BitwiseCopyable
    ) -> FuseAnswer {
        .bytes(withUnsafeBytes(of: one) { Array($0) } + withUnsafeBytes(of: other) { Array($0) })
    }
}
