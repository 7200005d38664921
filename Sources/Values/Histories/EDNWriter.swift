extension [UInt8] {
    /// Appends a value as EDN.
    public mutating func append(edn value: Value) {
        switch value {
        case .null: append(text: "nil")
        case .bool(let flag): append(text: flag ? "true" : "false")
        case .int(let number): append(decimal: number)
        case .double(let number): append(text: Self.spell(number))
        case .number(let digits): append(contentsOf: digits.bytes)
        case .string(let text): append(quoted: text)
        case .keyword(let name):
            append(UInt8(ascii: ":"))
            append(contentsOf: name.bytes)
        case .symbol(let name): append(contentsOf: name.bytes)
        case .vector(let elements): append(elements, between: "[", and: "]")
        case .set(let members): append(members.elements, between: "#{", and: "}")
        case .map(let entries):
            append(entries.elements.flatMap { [$0.key, $0.value] }, between: "{", and: "}")
        case .tagged(let tag, let value):
            append(UInt8(ascii: "#"))
            append(contentsOf: tag.bytes)
            append(UInt8(ascii: " "))
            append(edn: value)
        }
    }

    /// Appends an event as one line of Jepsen's `history.edn`.
    public mutating func append(edn event: Event) {
        append(text: "{:index ")
        append(decimal: event.index)
        if let time = event.time {
            append(text: ", :time ")
            append(decimal: time.nanoseconds)
        }
        append(text: ", :type :")
        append(text: event.kind.rawValue)
        append(text: ", :process ")
        switch event.process {
        case .client(let number): append(decimal: number)
        case .named(let name): append(edn: name)
        case .nemesis: append(text: ":nemesis")
        }
        if let node = event.node {
            append(text: ", :node ")
            append(quoted: Text(node))
        }
        append(text: ", :f :")
        append(text: event.function)
        append(text: ", :value ")
        if let key = event.key {
            append(edn: .vector([key, event.value]))
        } else {
            append(edn: event.value)
        }
        if let error = event.error {
            append(text: ", :error ")
            append(edn: error)
        }
        append(text: "}\n")
    }

    /// EDN has names for the numbers that are none.
    private static func spell(_ number: Double) -> String {
        if number.isNaN { return "##NaN" }
        if number.isInfinite { return number < 0 ? "##-Inf" : "##Inf" }
        return "\(number)"
    }

    private mutating func append(
        _ elements: [Value], between open: StaticString, and close: StaticString
    ) {
        append(text: "\(open)")
        for (place, element) in elements.enumerated() {
            if place > 0 { append(UInt8(ascii: " ")) }
            append(edn: element)
        }
        append(text: "\(close)")
    }

    private mutating func append(text: String) {
        append(contentsOf: text.utf8)
    }

    private mutating func append(decimal number: Int) {
        if (0..<10).contains(number) {
            append(UInt8(ascii: "0") + UInt8(number))
        } else {
            append(contentsOf: String(number).utf8)
        }
    }

    private mutating func append(quoted text: Text) {
        append(UInt8(ascii: "\""))
        for byte in text.bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case UInt8(ascii: "\n"): append(text: "\\n")
            case UInt8(ascii: "\r"): append(text: "\\r")
            case UInt8(ascii: "\t"): append(text: "\\t")
            case 0..<0x20: append(text: "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
