extension Scanner {
    /// Reads the text under the cursor.
    mutating func string() throws(HistoryError) -> Text {
        let quote = position
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case Byte.quote:
                let text = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return Text(text)
            case Byte.backslash: return try escapedString(from: start)
            default: position += 1
            }
        }
        throw failure(.truncated, at: quote)
    }

    private mutating func escapedString(from start: Int) throws(HistoryError) -> Text {
        var text = [UInt8](bytes[start..<position])
        while let byte = peek {
            position += 1
            switch byte {
            case Byte.quote: return Text(bytes: text)
            case Byte.backslash: try escape(into: &text)
            default: text.append(byte)
            }
        }
        throw failure(.truncated, at: start)
    }

    private mutating func escape(into text: inout [UInt8]) throws(HistoryError) {
        guard let byte = peek else { throw failure(.truncated) }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(Byte.newline)
        case UInt8(ascii: "t"): text.append(Byte.tab)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "u"): try unicode(into: &text)
        case Byte.quote, Byte.backslash, UInt8(ascii: "/"), UInt8(ascii: "'"): text.append(byte)
        default:
            position -= 1
            throw unexpected(expected: "one of n t r b f u \" \\ / behind a backslash")
        }
    }

    /// Four hexadecimal digits, or two times four for a surrogate pair.
    ///
    /// A lone surrogate becomes
    /// the three bytes that UTF-8 would have for it if it had any (WTF-8).
    private mutating func unicode(into text: inout [UInt8]) throws(HistoryError) {
        let unit = try codeUnit()
        if UTF16.isLeadSurrogate(unit), position + 1 < bytes.count,
            bytes[position] == Byte.backslash, bytes[position + 1] == UInt8(ascii: "u")
        {
            let behind = position
            position += 2
            let next = try codeUnit()
            if UTF16.isTrailSurrogate(next) {
                text.append(contentsOf: String(decoding: [unit, next], as: UTF16.self).utf8)
                return
            }
            position = behind
        }
        if UTF16.isLeadSurrogate(unit) || UTF16.isTrailSurrogate(unit) {
            text.append(contentsOf: [
                0xe0 | UInt8(unit >> 12), 0x80 | UInt8(unit >> 6 & 0x3f), 0x80 | UInt8(unit & 0x3f),
            ])
        } else {
            text.append(contentsOf: String(decoding: [unit], as: UTF16.self).utf8)
        }
    }

    private mutating func codeUnit() throws(HistoryError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw failure(.truncated) }
        var unit: UInt16 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected(expected: "four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
        }
        position += 4
        return unit
    }
}
