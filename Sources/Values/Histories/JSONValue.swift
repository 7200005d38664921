extension Value {
    /// Reads one value from a text in JSON, or in EDN, of which JSON is nearly a part.
    ///
    /// - Throws: `HistoryError` if it is none, or if anything follows it.
    public init(json bytes: [UInt8]) throws(HistoryError) {
        let read: Result<Value, HistoryError> = bytes.withUnsafeBytes { bytes in
            var scanner = Scanner(bytes)
            scanner.isJSON = true
            do throws(HistoryError) {
                let value = try scanner.value()
                scanner.skipSpace()
                guard scanner.peek == nil else {
                    throw scanner.unexpected(expected: "the end of the line")
                }
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        self = try read.get()
    }

    /// What a map holds under a name, whether it is written as JSON's text or as EDN's keyword.
    public func member(_ name: String) -> Value? {
        guard case .map(let entries) = self else { return nil }
        return entries[.string(name)] ?? entries[.keyword(name)]
    }

    /// The text of a string or a keyword.
    public var word: String? {
        switch self {
        case .string(let text), .keyword(let text): String(decoding: text.bytes, as: UTF8.self)
        default: nil
        }
    }
}

extension [UInt8] {
    /// Appends a value as JSON; keywords and symbols become strings, sets become lists, and the
    /// numbers that are none become null.
    public mutating func append(json value: Value) {
        switch value {
        case .null: append(contentsOf: "null".utf8)
        case .bool(let flag): append(contentsOf: (flag ? "true" : "false").utf8)
        case .int(let number): append(contentsOf: "\(number)".utf8)
        case .double(let number):
            append(contentsOf: (number.isFinite ? "\(number)" : "null").utf8)
        case .number(let digits): append(contentsOf: digits.bytes.filter { $0 != Self.decimalMark })
        case .string(let text), .keyword(let text), .symbol(let text): append(jsonText: text)
        case .vector(let elements): append(jsonList: elements)
        case .set(let members): append(jsonList: members.elements)
        case .map(let entries): append(jsonObject: entries.elements)
        case .tagged(_, let value): append(json: value)
        }
    }

    /// Appends an object whose keys keep their order, for a reader's eyes.
    public mutating func append(jsonObject entries: [Value.Entry]) {
        append(UInt8(ascii: "{"))
        for (place, entry) in entries.enumerated() {
            if place > 0 { append(UInt8(ascii: ",")) }
            append(jsonText: Text(entry.key.word ?? "\(entry.key)"))
            append(UInt8(ascii: ":"))
            append(json: entry.value)
        }
        append(UInt8(ascii: "}"))
    }

    private mutating func append(jsonList elements: [Value]) {
        append(UInt8(ascii: "["))
        for (place, element) in elements.enumerated() {
            if place > 0 { append(UInt8(ascii: ",")) }
            append(json: element)
        }
        append(UInt8(ascii: "]"))
    }

    /// Behind an EDN decimal's digits.
    private static var decimalMark: UInt8 { UInt8(ascii: "M") }

    private mutating func append(jsonText text: Text) {
        append(UInt8(ascii: "\""))
        for byte in text.bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20, 0x7f:
                let digits = String(byte, radix: 16)
                append(contentsOf: ("\\u00" + (byte < 16 ? "0" : "") + digits).utf8)
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
