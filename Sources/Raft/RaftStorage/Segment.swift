internal import Wire

/// One file of the log: a header, then batches, then zeros.
///
/// A header is a magic number, the segment's number, that of its first batch, a salt, and a
/// checksum of these. A batch is its length, a checksum, its number, and its records, filled up to a multiple of eight bytes.
/// Numbers of batches go on from one segment to the next. The salt, in each checksum, keeps a
/// client's value that looks like a batch from being taken for one.
package enum Segment {
    package static let headerBytes = 32
    package static let batchHeaderBytes = 16
    private static let magic: UInt64 = 0x3147_4f4c_5446_4152

    /// Names sort as numbers do.
    static func name(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return "log-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    package static func number(_ name: String) -> UInt64? {
        name.hasPrefix("log-") && name.count == 20 ? UInt64(name.dropFirst(4), radix: 16) : nil
    }

    package static func checksum(_ bytes: some ContiguousBytes, _ seed: UInt32 = 0) -> UInt32 {
        bytes.withRawBytes { Frame.checksum($0, seed) }
    }

    // MARK: Header

    /// What a segment begins with.
    package struct Header: Hashable {
        package let number: UInt64
        package let firstBatch: UInt64
        package let salt: UInt32

        init(number: UInt64, firstBatch: UInt64, salt: UInt32) {
            self.number = number
            self.firstBatch = firstBatch
            self.salt = salt
        }

        var bytes: [UInt8] {
            var writer = ByteWriter()
            writer.put(magic)
            writer.put(number)
            writer.put(firstBatch)
            writer.put(salt)
            writer.put(checksum(writer.bytes))
            return writer.bytes
        }

        /// The header at the beginning of some bytes; nil if there is none.
        package init?(_ bytes: ArraySlice<UInt8>) {
            guard bytes.count >= headerBytes, load(UInt64.self, bytes, 0) == magic,
                load(UInt32.self, bytes, 28) == checksum(bytes[..<28])
            else { return nil }
            self.init(
                number: load(UInt64.self, bytes, 8), firstBatch: load(UInt64.self, bytes, 16),
                salt: load(UInt32.self, bytes, 24))
        }
    }

    // MARK: Batches

    /// Fills in the header of a batch whose records stand behind room for it.
    static func seal(_ batch: inout ByteWriter, number: UInt64, salt: UInt32) {
        let length = batch.count - batchHeaderBytes
        batch.overwrite(UInt32(length), at: 0)
        batch.overwrite(UInt32(truncatingIfNeeded: number), at: 8)
        batch.overwrite(UInt32(truncatingIfNeeded: number >> 32), at: 12)
        batch.overwrite(checksum(batch.bytes[8...], salt ^ UInt32(length)), at: 4)
        batch.putRaw(repeatElement(0, count: padding(length)))
    }

    /// The records of the batch at an offset of a segment's bytes, which begin at index 0, and where the next one begins; nil if no whole batch
    /// of this number stands there.
    package static func batch(
        in bytes: ArraySlice<UInt8>, at offset: Int, number: UInt64, salt: UInt32
    ) -> (records: ArraySlice<UInt8>, next: Int)? {
        guard offset + batchHeaderBytes <= bytes.count else { return nil }
        let length = Int(load(UInt32.self, bytes, offset))
        let end = offset + batchHeaderBytes + length
        guard length > 0, end <= bytes.count, load(UInt64.self, bytes, offset + 8) == number,
            load(UInt32.self, bytes, offset + 4)
                == checksum(bytes[(offset + 8)..<end], salt ^ UInt32(length))
        else { return nil }
        return (bytes[(offset + batchHeaderBytes)..<end], end + padding(length))
    }

    /// Whether a whole batch that was written later stands behind an offset: then what stands
    /// there was safe before.
    static func hasLaterBatch(
        in bytes: ArraySlice<UInt8>, behind offset: Int, number: UInt64, salt: UInt32
    ) -> Bool {
        for place in stride(from: offset + 8, to: bytes.count - batchHeaderBytes, by: 8) {
            let other = load(UInt64.self, bytes, place + 8)
            guard other > number, other - number < UInt64(bytes.count) else { continue }
            if batch(in: bytes, at: place, number: other, salt: salt) != nil { return true }
        }
        return false
    }

    private static func padding(_ length: Int) -> Int { (8 - length % 8) % 8 }

    private static func load<Number: FixedWidthInteger>(
        _ type: Number.Type, _ bytes: ArraySlice<UInt8>, _ offset: Int
    ) -> Number {
        bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type))
        }
    }
}

/// Bytes that stand behind each other in memory.
package protocol ContiguousBytes {
    func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

extension [UInt8]: ContiguousBytes {
    package func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(body)
    }
}

extension ArraySlice<UInt8>: ContiguousBytes {
    package func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(body)
    }
}
