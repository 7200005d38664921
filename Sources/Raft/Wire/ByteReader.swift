/// Takes apart what a ``ByteWriter`` put together; whatever the bytes are, it never reads beyond
/// them.
public struct ByteReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    /// Where the next byte stands, in the indexes of the bytes.
    public private(set) var position: Int

    /// Reads bytes from their beginning.
    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// Reads bytes from their beginning.
    public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    /// How many bytes are left.
    public var left: Int { bytes.endIndex - position }

    /// Takes a number.
    ///
    /// - Throws: ``WireError/tooShort``.
    @inlinable
    public mutating func take<Number: FixedWidthInteger>(
        _ type: Number.Type = Number.self
    ) throws(WireError) -> Number {
        var number: Number = 0
        let raw = try takeRaw(MemoryLayout<Number>.size)
        withUnsafeMutableBytes(of: &number) { $0.copyBytes(from: raw) }
        return Number(littleEndian: number)
    }

    /// Takes 1 or 0.
    ///
    /// - Throws: ``WireError`` if it is neither.
    public mutating func takeFlag() throws(WireError) -> Bool {
        switch try take(UInt8.self) {
        case 0: return false
        case 1: return true
        case let other: throw .unknownKind("flag", other)
        }
    }

    /// Takes a byte string behind its length.
    ///
    /// - Throws: ``WireError`` if it is longer than allowed, or than what is there.
    public mutating func takeString(atMost most: Int) throws(WireError) -> [UInt8] {
        let length = Int(try take(UInt32.self))
        guard length <= most else { throw .tooLong(length, most: most) }
        return Array(try takeRaw(length))
    }

    /// Takes a byte string that may be missing.
    ///
    /// - Throws: ``WireError``, as for one that must be there.
    public mutating func takeOptionalString(atMost most: Int) throws(WireError) -> [UInt8]? {
        try takeFlag() ? try takeString(atMost: most) : nil
    }

    /// Takes bytes as they are.
    ///
    /// - Throws: ``WireError/tooShort``.
    public mutating func takeRaw(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= left else { throw .tooShort }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// Demands that everything has been taken.
    ///
    /// - Throws: ``WireError/trailingBytes(_:)``.
    public func finish() throws(WireError) {
        guard left == 0 else { throw .trailingBytes(left) }
    }
}

/// Bytes that mean nothing.
public enum WireError: Error, Hashable, CustomStringConvertible {
    /// They end too soon.
    case tooShort
    /// They go on behind the end.
    case trailingBytes(Int)
    /// Something is longer than allowed.
    case tooLong(Int, most: Int)
    /// A number that stands for nothing.
    case unknownKind(String, UInt8)
    /// Bytes were changed on their way.
    case damaged
    /// A number that no right server would ever say.
    case absurd(String, UInt64)
    /// The other side speaks something else, or another version of it.
    case stranger(String)

    /// What is wrong.
    public var description: String {
        switch self {
        case .tooShort: "the message ends too soon"
        case .trailingBytes(let count): "\(count) bytes too many in the message"
        case .tooLong(let length, let most): "\(length) bytes where at most \(most) may be"
        case .unknownKind(let what, let number): "unknown \(what) \(number)"
        case .damaged: "the message's checksum is wrong: it was damaged on its way"
        case .absurd(let what, let number): "no right server says \(what) \(number)"
        case .stranger(let what): what
        }
    }
}
