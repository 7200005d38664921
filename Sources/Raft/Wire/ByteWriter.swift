/// Puts numbers and byte strings behind each other; all numbers little-endian.
public struct ByteWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8]

    /// An empty one, with room for so many bytes.
    public init(capacity: Int = 64) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// How many bytes have been written.
    public var count: Int { bytes.count }

    /// Puts a number in its full width.
    @inlinable
    public mutating func put(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { append($0) }
    }

    /// Puts 1 or 0.
    public mutating func put(_ flag: Bool) { put(flag ? 1 as UInt8 : 0) }

    /// Puts a byte string behind its length.
    public mutating func put(_ string: [UInt8]) {
        put(UInt32(string.count))
        bytes.append(contentsOf: string)
    }

    /// Puts whether there is a byte string, and it.
    public mutating func put(_ string: [UInt8]?) {
        put(string != nil)
        if let string { put(string) }
    }

    /// Puts bytes as they are.
    public mutating func putRaw(_ raw: some Collection<UInt8>) { bytes.append(contentsOf: raw) }

    /// Writes a number over bytes that are there already.
    public mutating func overwrite(_ number: UInt32, at offset: Int) {
        withUnsafeBytes(of: number.littleEndian) { raw in
            for (place, byte) in raw.enumerated() { bytes[offset + place] = byte }
        }
    }

    /// Forgets what was written, but keeps the room.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    @usableFromInline
    mutating func append(_ raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }
}
