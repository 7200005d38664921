import Glibc

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
    /// Whether the text is JSON, whose word for no value is `null`; in EDN that is a symbol.
    var isJSON = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The line and the column of a byte, from 1; columns count bytes.
    ///
    /// Linear in the text before it: for errors only.
    func place(of position: Int) -> (line: Int, column: Int) {
        let before = bytes[..<min(position, bytes.count)]
        let start = before.lastIndex(of: Byte.newline).map { $0 + 1 } ?? 0
        return (before.count { $0 == Byte.newline } + 1, before.endIndex - start + 1)
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
        failure(reason, at: position)
    }

    /// The same, of what began earlier.
    func failure(_ reason: HistoryError.Reason, at start: Int) -> HistoryError {
        let (line, column) = place(of: start)
        return HistoryError(reason, line: line, column: column)
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
        case Byte.colon:
            position += 1
            return .keyword(try word())
        case Byte.quote: return .string(try string())
        case Byte.openBracket, Byte.openParenthesis:
            position += 1
            let close = byte == Byte.openBracket ? Byte.closeBracket : Byte.closeParenthesis
            return .vector(try elements(until: close, depth: depth + 1))
        case Byte.openBrace:
            return .map(try entries(depth: depth + 1))
        case Byte.hash: return try dispatched(depth: depth)
        case Byte.backslash: return .symbol(try character())
        default: return try named()
        }
    }

    private mutating func named() throws(HistoryError) -> Value {
        let start = position
        let word = try wordBytes()
        if word.spells("nil") { return .null }
        if word.spells("true") { return .bool(true) }
        if word.spells("false") { return .bool(false) }
        guard word.spells("null") else { return .symbol(Text(word)) }
        guard isJSON else { throw failure(.nullInEDN, at: start) }
        return .null
    }

    /// A backslash and at least one byte, whatever that is.
    private mutating func character() throws(HistoryError) -> Text {
        let start = position
        position += 2
        while position < bytes.count, Byte.isWord(bytes[position]) { position += 1 }
        guard position <= bytes.count else { throw failure(.truncated) }
        return Text(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
    }

    private mutating func elements(
        until close: UInt8, depth: Int
    ) throws(HistoryError) -> [Value] {
        var elements: [Value] = []
        while true {
            try skipSpaceAndDiscards(depth: depth)
            if take(close) { return elements }
            let element = try value(depth: depth)
            // Most vectors are pairs: one allocation instead of two.
            if elements.isEmpty { elements.reserveCapacity(2) }
            elements.append(element)
        }
    }

    private mutating func members(depth: Int) throws(HistoryError) -> Value.Members {
        let start = position - 2
        let elements = try elements(until: Byte.closeBrace, depth: depth)
        do {
            return try Value.Members(distinct: elements)
        } catch {
            throw failure(.repeated("the member \(error.value)", in: "set"), at: start)
        }
    }

    private mutating func entries(depth: Int) throws(HistoryError) -> Value.Entries {
        let start = position
        position += 1
        var entries: [Value.Entry] = []
        while true {
            try skipSpaceAndDiscards(depth: depth)
            if take(Byte.closeBrace) { break }
            let key = try value(depth: depth)
            skipColon()
            entries.append(Value.Entry(key: key, value: try value(depth: depth)))
        }
        do {
            return try Value.Entries(distinct: entries)
        } catch {
            throw failure(.repeated("the key \(error.value)", in: "map"), at: start)
        }
    }

    /// Moves over white space and over values that EDN discards by `#_`.
    private mutating func skipSpaceAndDiscards(depth: Int) throws(HistoryError) {
        skipSpace()
        while peek == Byte.hash, position + 1 < bytes.count, bytes[position + 1] == Byte.underscore
        {
            position += 2
            _ = try value(depth: depth + 1)
            skipSpace()
        }
    }

    /// Moves over JSON's colon between a key and its value, and says whether there was one.
    @discardableResult mutating func skipColon() -> Bool {
        skipSpace()
        guard peek == Byte.colon, position + 1 < bytes.count,
            !Byte.isWord(bytes[position + 1]) || bytes[position - 1] == Byte.quote
        else { return false }
        position += 1
        return true
    }

    /// A set, a tagged value, a value behind a discarded one, or a named number.
    private mutating func dispatched(depth: Int) throws(HistoryError) -> Value {
        position += 1
        switch peek {
        case Byte.openBrace:
            position += 1
            return .set(try members(depth: depth + 1))
        case Byte.hash:
            position += 1
            let word = try wordBytes()
            if word.spells("Inf") { return .double(.infinity) }
            if word.spells("-Inf") { return .double(-.infinity) }
            return word.spells("NaN") ? .double(.nan) : .symbol("##" + Text(word))
        case Byte.underscore:
            position -= 1
            try skipSpaceAndDiscards(depth: depth)
            return try value(depth: depth + 1)
        default:
            let tag = try word()
            return .tagged(tag, try value(depth: depth + 1))
        }
    }

    /// The bytes of the word under the cursor.
    @inline(__always)
    mutating func wordBytes() throws(HistoryError) -> UnsafeRawBufferPointer {
        let start = position
        while position < bytes.count, Byte.isWord(bytes[position]) { position += 1 }
        guard position > start else { throw unexpected(expected: "a value") }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    /// The word under the cursor.
    mutating func word() throws(HistoryError) -> Text { Text(try wordBytes()) }
}
