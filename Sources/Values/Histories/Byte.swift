import Glibc

/// The bytes that the grammar knows by name.
enum Byte {
    static let space = UInt8(ascii: " ")
    static let newline = UInt8(ascii: "\n")
    static let tab = UInt8(ascii: "\t")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")
    static let colon = UInt8(ascii: ":")
    static let quote = UInt8(ascii: "\"")
    static let hash = UInt8(ascii: "#")
    static let underscore = UInt8(ascii: "_")
    static let backslash = UInt8(ascii: "\\")
    static let plus = UInt8(ascii: "+")
    static let minus = UInt8(ascii: "-")
    static let zero = UInt8(ascii: "0")
    static let nine = UInt8(ascii: "9")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let openParenthesis = UInt8(ascii: "(")
    static let closeParenthesis = UInt8(ascii: ")")

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte >= zero && byte <= nine }

    /// Whether the byte may stand inside a number, a symbol or a keyword.
    @inline(__always)
    static func isWord(_ byte: UInt8) -> Bool {
        if byte > 0x7f { return true }
        return byte < 64
            ? wordBelow64 & (1 << UInt64(byte)) != 0 : wordFrom64 & (1 << UInt64(byte - 64)) != 0
    }

    // Everything above the space but , ; " \\ @ ` ~ ^ brackets, braces and parentheses, as two sets
    // of 64 bits: computing them would cost a look at a lock per byte.
    private static var wordBelow64: UInt64 { 0xf7ff_ecfa_0000_0000 }
    private static var wordFrom64: UInt64 { 0x17ff_fffe_87ff_fffe }
}

extension UnsafeRawBufferPointer {
    /// Whether these bytes are this word.
    @inline(__always)
    func spells(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount, let start = baseAddress else { return false }
        return memcmp(start, word.utf8Start, count) == 0
    }
}
