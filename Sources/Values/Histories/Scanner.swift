import Foundation

/// A cursor over the bytes of a history that reads EDN values, and JSON's by the same grammar.
///
/// JSON is nearly EDN: commas are white space, and only the colon after a key and the word
/// `null` differ. Reading allocates for values that need it (long text, collections) and for
/// nothing else.
struct Scanner {
    /// Deeper than any history, shallower than any stack.
    static let depthLimit = 256

    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The line of the cursor, from 1.
    ///
    /// Linear in the text before it: for errors only.
    var line: Int {
        var count = 1
        for byte in bytes[..<min(position, bytes.count)] where byte == Byte.newline { count += 1 }
        return count
    }

    /// The byte under the cursor, nil at the end.
    @inline(__always)
    var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    /// Moves over white space, commas and comments.
    @inline(__always)
    mutating func skipSpace() {
        while position < bytes.count {
            let byte = bytes[position]
            if byte == Byte.space || byte == Byte.comma || (byte >= 9 && byte <= 13) {
                position += 1
            } else if byte == Byte.semicolon {
                skipLine()
            } else {
                return
            }
        }
    }

    mutating func skipLine() {
        while position < bytes.count, bytes[position] != Byte.newline { position += 1 }
    }

    /// Takes the byte if it is under the cursor.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    func failure(_ reason: HistoryError.Reason) -> HistoryError {
        HistoryError(reason, line: line)
    }

    /// What stands under the cursor, for an error.
    func unexpected(expected: String) -> HistoryError {
        guard let byte = peek else { return failure(.truncated) }
        let shown = (0x21..<0x7f).contains(byte)
        let found = shown ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
        return failure(.unexpected(found: found, expected: expected))
    }

    // MARK: Values

    /// Reads the value under the cursor.
    mutating func value(depth: Int = 0) throws(HistoryError) -> Value {
        guard depth < Self.depthLimit else { throw failure(.tooDeep(limit: Self.depthLimit)) }
        skipSpace()
        guard let byte = peek else { throw failure(.truncated) }
        switch byte {
        case Byte.zero...Byte.nine, Byte.minus, Byte.plus: return try number()
        case Byte.colon: return .keyword(try keyword())
        case Byte.quote: return .string(try string())
        case Byte.openBracket, Byte.openParenthesis:
            position += 1
            let close = byte == Byte.openBracket ? Byte.closeBracket : Byte.closeParenthesis
            return .vector(try elements(until: close, depth: depth + 1))
        case Byte.openBrace:
            position += 1
            return .map(try entries(depth: depth + 1))
        case Byte.hash: return try dispatched(depth: depth)
        case Byte.backslash:
            position += 1
            return .symbol("\\" + (try word()))
        default: return try named()
        }
    }

    private mutating func named() throws(HistoryError) -> Value {
        switch try word() {
        case "nil", "null": .null
        case "true": .bool(true)
        case "false": .bool(false)
        case let name: .symbol(name)
        }
    }

    private mutating func elements(
        until close: UInt8, depth: Int
    ) throws(HistoryError) -> [Value] {
        var elements: [Value] = []
        while true {
            skipSpace()
            if take(close) { return elements }
            elements.append(try value(depth: depth))
        }
    }

    private mutating func entries(depth: Int) throws(HistoryError) -> [Value.Entry] {
        var entries: [Value.Entry] = []
        while true {
            skipSpace()
            if take(Byte.closeBrace) { return entries }
            let key = try value(depth: depth)
            skipColon()
            entries.append(Value.Entry(key: key, value: try value(depth: depth)))
        }
    }

    /// JSON's colon between a key and its value.
    mutating func skipColon() {
        skipSpace()
        guard peek == Byte.colon, position + 1 < bytes.count,
            !Byte.isWord(bytes[position + 1]) || bytes[position - 1] == Byte.quote
        else { return }
        position += 1
    }

    /// A set, a tagged value (the tag is dropped), a discarded value, or a named number.
    private mutating func dispatched(depth: Int) throws(HistoryError) -> Value {
        position += 1
        switch peek {
        case Byte.openBrace:
            position += 1
            return .set(try elements(until: Byte.closeBrace, depth: depth + 1))
        case Byte.hash:
            position += 1
            switch try word() {
            case "Inf": return .double(.infinity)
            case "-Inf": return .double(-.infinity)
            case "NaN": return .double(.nan)
            case let name: return .symbol("##" + name)
            }
        case UInt8(ascii: "_"):
            position += 1
            _ = try value(depth: depth + 1)
            return try value(depth: depth + 1)
        default:
            _ = try word()
            return try value(depth: depth + 1)
        }
    }

    /// Reads a keyword, without its colon.
    mutating func keyword() throws(HistoryError) -> String {
        position += 1
        return try word()
    }

    /// The bytes of the word under the cursor.
    @inline(__always)
    mutating func wordBytes() throws(HistoryError) -> UnsafeRawBufferPointer {
        let start = position
        while position < bytes.count, Byte.isWord(bytes[position]) { position += 1 }
        guard position > start else { throw unexpected(expected: "a value") }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    private mutating func word() throws(HistoryError) -> String {
        String(decoding: try wordBytes(), as: UTF8.self)
    }

    // MARK: Numbers

    private mutating func number() throws(HistoryError) -> Value {
        let start = position
        if let number = integer() { return .int(number) }
        position = start
        let text = try word()
        let digits = text.hasSuffix("N") || text.hasSuffix("M") ? String(text.dropLast()) : text
        if let number = Int(digits) { return .int(number) }
        let spelling = digits.utf8.dropFirst(digits.utf8.first == Byte.minus ? 1 : 0)
        if spelling.allSatisfy(Byte.isDigit), !spelling.isEmpty {
            throw failure(.numberOutOfRange(text))
        }
        if let number = Double(digits), number.isFinite { return .double(number) }
        return .symbol(text)
    }

    /// Reads an integer that ends where the word ends; nil (the cursor anywhere) if it is none.
    @inline(__always)
    mutating func integer() -> Int? {
        let negative = take(Byte.minus)
        let start = position
        var number = 0
        while position < bytes.count {
            let digit = bytes[position] &- Byte.zero
            guard digit < 10 else { break }
            let (product, tooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, tooLargeSum) = product.addingReportingOverflow(Int(digit))
            guard !tooLarge, !tooLargeSum else { return nil }
            number = sum
            position += 1
        }
        guard position > start, position == bytes.count || !Byte.isWord(bytes[position])
        else { return nil }
        return negative ? -number : number
    }

    // MARK: Text

    private mutating func string() throws(HistoryError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case Byte.quote:
                let text = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return String(decoding: text, as: UTF8.self)
            case Byte.backslash: return try escapedString(from: start)
            default: position += 1
            }
        }
        throw failure(.truncated)
    }

    private mutating func escapedString(from start: Int) throws(HistoryError) -> String {
        var text = [UInt8](bytes[start..<position])
        while let byte = peek {
            position += 1
            switch byte {
            case Byte.quote: return String(decoding: text, as: UTF8.self)
            case Byte.backslash: try escape(into: &text)
            default: text.append(byte)
            }
        }
        throw failure(.truncated)
    }

    private mutating func escape(into text: inout [UInt8]) throws(HistoryError) {
        guard let byte = peek else { throw failure(.truncated) }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(Byte.newline)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "u"): text.append(contentsOf: Array(try unicode().utf8))
        default: text.append(byte)
        }
    }

    /// Four hexadecimal digits, or two times four for a surrogate pair.
    private mutating func unicode() throws(HistoryError) -> String {
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]), position + 1 < bytes.count,
            bytes[position] == Byte.backslash, bytes[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            units.append(try codeUnit())
        }
        return String(decoding: units, as: UTF16.self)
    }

    private mutating func codeUnit() throws(HistoryError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw failure(.truncated) }
        let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
        guard let unit = UInt16(digits, radix: 16) else {
            throw unexpected(expected: "four hexadecimal digits")
        }
        position += 4
        return unit
    }
}

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
