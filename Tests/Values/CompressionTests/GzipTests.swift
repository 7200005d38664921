import Compression
import Testing

@Suite struct `Gzip files` {
    /// `printf hello | gzip -n`.
    private static let hello: [UInt8] = [
        0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0, 0x86,
        0xa6, 0x10, 0x36, 0x05, 0, 0, 0,
    ]

    @Test func `are unpacked, members behind each other too`() throws {
        #expect(try Gzip.inflate(Self.hello) == Array("hello".utf8))
        #expect(try Gzip.inflate(Self.hello + Self.hello) == Array("hellohello".utf8))
    }

    @Test func `that end too early are refused`() {
        for length in 0..<Self.hello.count {
            #expect(throws: GzipError.truncated) {
                try Gzip.inflate(Array(Self.hello.prefix(length)))
            }
        }
    }

    @Test func `whose checksum is not that of their content are refused`() {
        for place in 18..<22 {
            var damaged = Self.hello
            damaged[place] ^= 1
            #expect(throws: GzipError.damaged) { try Gzip.inflate(damaged) }
        }
        #expect(throws: GzipError.damaged) { try Gzip.inflate(Array("no gzip at all".utf8)) }
    }
}
