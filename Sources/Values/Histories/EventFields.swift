/// The fields of one event while they are read.
struct EventFields {
    var index: Int?
    var time: Timestamp?
    var process: Event.Process?
    var kind: Event.Kind?
    var function: String?
    var key: Value?
    var value = Value.null
    var error: Value?
    var node: String?
    /// A bit for each field that was read.
    private var seen = 0

    /// Reads one key and its value.
    mutating func read(from scanner: inout Scanner) throws(HistoryError) {
        switch scanner.peek {
        case Byte.colon:
            scanner.position += 1
            try read(try scanner.wordBytes(), from: &scanner)
        case Byte.quote:
            scanner.position += 1
            let name = try scanner.wordBytes()
            guard scanner.take(Byte.quote) else {
                throw scanner.unexpected(expected: "a closing quote")
            }
            if scanner.skipColon() { scanner.isJSON = true }
            try read(name, from: &scanner)
        case nil: throw scanner.failure(.truncated)
        default: throw scanner.unexpected(expected: "a keyword")
        }
    }

    private mutating func read(
        _ name: UnsafeRawBufferPointer, from scanner: inout Scanner
    ) throws(HistoryError) {
        switch name.count {
        case 1 where name[0] == UInt8(ascii: "f"):
            try once(0, ":f", scanner)
            function = try function(from: &scanner)
        case 3 where name.spells("key"):
            try once(1, ":key", scanner)
            key = try scanner.value()
        case 4 where name.spells("type"):
            try once(2, ":type", scanner)
            kind = try kind(from: &scanner)
        case 4 where name.spells("node"):
            try once(3, ":node", scanner)
            node = try node(from: &scanner)
        case 4 where name.spells("time"):
            try once(4, ":time", scanner)
            time = try integer("time", from: &scanner).map(Timestamp.init(nanoseconds:))
        case 5 where name.spells("value"):
            try once(5, ":value", scanner)
            value = try scanner.value()
        case 5 where name.spells("index"):
            try once(6, ":index", scanner)
            index = try integer("index", from: &scanner)
        case 5 where name.spells("error"):
            try once(7, ":error", scanner)
            error = try scanner.value()
        case 7 where name.spells("process"):
            try once(8, ":process", scanner)
            process = try process(from: &scanner)
        default: _ = try scanner.value()
        }
    }

    /// Refuses a field that was there before: whichever of the two was taken might be the wrong
    /// one.
    @inline(__always)
    private mutating func once(
        _ bit: Int, _ name: StaticString, _ scanner: Scanner
    ) throws(HistoryError) {
        guard seen & 1 << bit == 0 else {
            throw scanner.failure(.repeated("the key \(name)", in: "event"))
        }
        seen |= 1 << bit
    }

    func event(
        index count: Int, scanner: Scanner, start: Int
    ) throws(HistoryError) -> Event {
        guard let process else { throw scanner.failure(.missingField(":process"), at: start) }
        guard let kind else { throw scanner.failure(.missingField(":type"), at: start) }
        guard let function else { throw scanner.failure(.missingField(":f"), at: start) }
        return Event(
            index: index ?? count, time: time, process: process, kind: kind, function: function,
            key: key, value: value, error: error, node: node)
    }

    private func bad(
        _ key: String, _ expected: String, _ found: Value, _ scanner: Scanner, at start: Int
    ) -> HistoryError {
        scanner.failure(
            .badField(key: ":" + key, expected: expected, found: "\(found)"), at: start)
    }

    private func integer(
        _ key: String, from scanner: inout Scanner
    ) throws(HistoryError) -> Int? {
        scanner.skipSpace()
        let start = scanner.position
        switch try scanner.value() {
        case .int(let number): return number
        case .null: return nil
        case let other: throw bad(key, "an integer", other, scanner, at: start)
        }
    }

    func function(from scanner: inout Scanner) throws(HistoryError) -> String {
        scanner.skipSpace()
        let start = scanner.position
        if scanner.take(Byte.colon) {
            let word = try scanner.wordBytes()
            // The names that nearly every history consists of need no new text.
            if word.spells("read") { return "read" }
            if word.spells("write") { return "write" }
            if word.spells("cas") { return "cas" }
            return try name(Text(word), at: start, in: scanner)
        }
        switch try scanner.value() {
        case .string(let text), .symbol(let text):
            return try name(text, at: start, in: scanner)
        case let other: throw bad("f", "a keyword", other, scanner, at: start)
        }
    }

    private func name(
        _ text: Text, at start: Int, in scanner: Scanner
    ) throws(HistoryError) -> String {
        guard let name = String(validating: text.bytes, as: UTF8.self) else {
            throw scanner.failure(.notUTF8("\(text)"), at: start)
        }
        return name
    }

    private func node(from scanner: inout Scanner) throws(HistoryError) -> String? {
        scanner.skipSpace()
        let start = scanner.position
        switch try scanner.value() {
        case .string(let text), .symbol(let text), .keyword(let text):
            return try name(text, at: start, in: scanner)
        case .null: return nil
        case let other: return "\(other)"
        }
    }

    func process(from scanner: inout Scanner) throws(HistoryError) -> Event.Process {
        scanner.skipSpace()
        let start = scanner.position
        if let number = scanner.integer(), number >= 0 { return .client(number) }
        scanner.position = start
        switch try scanner.value() {
        case .keyword("nemesis"), .string("nemesis"): return .nemesis
        case .keyword(let name): return .named(.keyword(name))
        case .string(let name): return .named(.string(name))
        case .symbol(let name): return .named(.symbol(name))
        case let other:
            throw bad("process", "a number from 0, a name, or :nemesis", other, scanner, at: start)
        }
    }

    func kind(from scanner: inout Scanner) throws(HistoryError) -> Event.Kind {
        scanner.skipSpace()
        let start = scanner.position
        if scanner.take(Byte.colon) {
            let word = try scanner.wordBytes()
            if word.spells("invoke") { return .invoke }
            if word.spells("ok") { return .ok }
            if word.spells("fail") { return .fail }
            if word.spells("info") { return .info }
            scanner.position = start
        }
        let value = try scanner.value()
        if case .string(let name) = value,
            let kind = Event.Kind.allCases.first(where: { Text($0.rawValue) == name })
        {
            return kind
        }
        throw bad("type", ":invoke, :ok, :fail or :info", value, scanner, at: start)
    }
}
