import RaftStorage

/// Files whose checksums nobody looks at: each is as if it were that of the bytes that stand there.
enum UncheckedFile {
    /// A segment of the log with right checksums over the wrong bytes; nil if none was wrong.
    static func segment(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= Segment.headerBytes else { return nil }
        var whole = bytes
        var isWrong = seal(&whole, 28, Segment.checksum(whole[..<28]))
        guard let header = Segment.Header(whole[...]) else { return nil }
        var offset = Segment.headerBytes
        var number = header.firstBatch
        while offset + Segment.batchHeaderBytes <= whole.count {
            let length = whole.load(UInt32.self, offset)
            let end = offset + Segment.batchHeaderBytes + Int(length)
            // Where a batch ends nobody knows who does not believe its length.
            guard length > 0, end <= whole.count, whole.load(UInt64.self, offset + 8) == number
            else { break }
            let sum = Segment.checksum(whole[(offset + 8)..<end], header.salt ^ length)
            if seal(&whole, offset + 4, sum) { isWrong = true }
            number += 1
            offset = (end + 7) / 8 * 8
        }
        return isWrong ? whole : nil
    }

    /// A snapshot with the right checksum over the wrong bytes; nil if it was not wrong.
    static func snapshot(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 24 else { return nil }
        var whole = bytes
        return seal(&whole, 16, Segment.checksum(whole[24...])) ? whole : nil
    }

    /// Puts a checksum in its place.
    ///
    /// - Returns: whether another one stood there.
    private static func seal(_ bytes: inout [UInt8], _ offset: Int, _ sum: UInt32) -> Bool {
        guard bytes.load(UInt32.self, offset) != sum else { return false }
        bytes.store(sum, offset)
        return true
    }
}

extension [UInt8] {
    /// A number at a place, its lowest byte first.
    func load<Number: FixedWidthInteger>(_ type: Number.Type, _ offset: Int) -> Number {
        withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type))
        }
    }

    /// Puts a number at a place.
    mutating func store(_ number: UInt32, _ offset: Int) {
        Swift.withUnsafeBytes(of: number.littleEndian) {
            replaceSubrange(offset..<offset + 4, with: $0)
        }
    }
}
