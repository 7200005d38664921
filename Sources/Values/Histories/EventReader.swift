/// Reads events off the bytes of a history, one at a time and without a tree per event.
///
/// Three spellings are known: EDN maps (one after another, a line each, or inside one vector or
/// list), JSON objects (likewise, JSON Lines among them), and the text log of Jepsen before
/// 0.1 (`INFO  jepsen.util - 0<TAB>:invoke<TAB>:read<TAB>nil`).
struct EventReader {
    private var scanner: Scanner
    private let spelling: Spelling
    private var closings: [UInt8] = []
    private var count = 0
    private var lastIndex = -1

    private enum Spelling { case maps, log }

    init(_ bytes: UnsafeRawBufferPointer) throws(HistoryError) {
        scanner = Scanner(bytes)
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { scanner.position = 3 }
        scanner.skipSpace()
        switch scanner.peek {
        case nil: throw HistoryError(.empty)
        case Byte.openBracket, Byte.openParenthesis, Byte.openBrace, Byte.hash: spelling = .maps
        case let byte? where (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte):
            spelling = .log
        default:
            throw scanner.unexpected(expected: "an event: a map, a list of them, or a log line")
        }
    }

    /// The next event, nil at the end.
    mutating func next() throws(HistoryError) -> Event? {
        switch spelling {
        case .maps: try nextMap()
        case .log: try nextLogLine()
        }
    }

    /// The byte that the reader has reached.
    var position: Int { scanner.position }

    /// The line that the reader has reached, from 1.
    var line: Int { scanner.line }

    // MARK: Maps

    private mutating func nextMap() throws(HistoryError) -> Event? {
        while true {
            scanner.skipSpace()
            switch scanner.peek {
            case nil:
                guard closings.isEmpty else { throw scanner.failure(.truncated) }
                guard count > 0 else { throw scanner.failure(.empty) }
                return nil
            case Byte.openBrace:
                scanner.position += 1
                return try map()
            case Byte.openBracket? where closings.isEmpty && count == 0: open(Byte.closeBracket)
            case Byte.openParenthesis? where closings.isEmpty && count == 0:
                open(Byte.closeParenthesis)
            case Byte.hash?: try skipTag()
            case let byte? where byte == closings.last:
                scanner.position += 1
                closings.removeLast()
                try expectEnd()
            default: throw scanner.unexpected(expected: "an event, a map in braces")
            }
        }
    }

    private mutating func open(_ closing: UInt8) {
        scanner.position += 1
        closings.append(closing)
    }

    /// Jepsen writes records with a tag: `#jepsen.history.Op{...}`.
    private mutating func skipTag() throws(HistoryError) {
        scanner.position += 1
        _ = try scanner.wordBytes()
    }

    private mutating func expectEnd() throws(HistoryError) {
        scanner.skipSpace()
        guard scanner.peek == nil else { throw scanner.unexpected(expected: "the end") }
    }

    private mutating func map() throws(HistoryError) -> Event {
        var fields = Fields()
        while true {
            scanner.skipSpace()
            if scanner.take(Byte.closeBrace) { break }
            try fields.read(from: &scanner)
        }
        let event = try fields.event(index: count, scanner: scanner)
        guard event.index > lastIndex else {
            throw scanner.failure(.indexNotGrowing(event.index, after: lastIndex))
        }
        lastIndex = event.index
        count += 1
        return event
    }

    // MARK: Log lines

    private mutating func nextLogLine() throws(HistoryError) -> Event? {
        while true {
            scanner.skipSpace()
            guard scanner.peek != nil else {
                guard count > 0 else { throw scanner.failure(.empty) }
                return nil
            }
            if try skipLogPrefix() { return try logLine() }
        }
    }

    /// Moves to the process of an operation's line; false, and behind the line, if the line is of
    /// another logger.
    private mutating func skipLogPrefix() throws(HistoryError) -> Bool {
        let start = scanner.position
        scanner.skipLine()
        let line = scanner.bytes[start..<scanner.position]
        guard Self.levels.contains(where: { line.starts(with: $0.utf8) }) else {
            scanner.position = start
            throw scanner.unexpected(expected: "a log line: INFO  jepsen.util - 0  :invoke ...")
        }
        guard let body = Self.body(of: line) else { return false }
        scanner.position = body
        return true
    }

    private static let levels = ["INFO", "WARN", "ERROR", "DEBUG", "TRACE"]

    /// The place behind the first ` - `, if a process and a type follow there.
    private static func body(of line: Slice<UnsafeRawBufferPointer>) -> Int? {
        let dash = line.indices.first { line[$0...].starts(with: " - ".utf8) }
        guard let start = dash.map({ $0 + 3 }), start < line.endIndex else { return nil }
        let words = line[start...].split(maxSplits: 2) { $0 <= Byte.space }
        guard words.count > 1, words[0].allSatisfy(Byte.isDigit) || words[0].first == Byte.colon,
            Event.Kind.allCases.contains(where: { words[1].elementsEqual((":" + $0.rawValue).utf8) }
            )
        else { return nil }
        return start
    }

    private mutating func logLine() throws(HistoryError) -> Event {
        var fields = Fields()
        fields.process = try fields.process(from: &scanner)
        fields.kind = try fields.kind(from: &scanner)
        scanner.skipSpace()
        guard scanner.peek == Byte.colon else { throw scanner.unexpected(expected: "an operation") }
        fields.function = try scanner.keyword()
        fields.value = try scanner.value()
        if fields.value == .keyword("timed-out") {
            fields.error = fields.value
            fields.value = .null
            if fields.kind == .fail { fields.kind = .info }
        }
        while let byte = scanner.peek, byte != Byte.newline {
            guard byte <= Byte.space else { throw scanner.unexpected(expected: "the line's end") }
            scanner.position += 1
        }
        let event = try fields.event(index: count, scanner: scanner)
        count += 1
        return event
    }
}

/// The fields of one event while they are read.
private struct Fields {
    var index: Int?
    var time: Timestamp?
    var process: Event.Process?
    var kind: Event.Kind?
    var function: String?
    var key: Value?
    var value = Value.null
    var error: Value?

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
            scanner.skipColon()
            try read(name, from: &scanner)
        case nil: throw scanner.failure(.truncated)
        default: throw scanner.unexpected(expected: "a keyword")
        }
    }

    private mutating func read(
        _ name: UnsafeRawBufferPointer, from scanner: inout Scanner
    ) throws(HistoryError) {
        switch name.count {
        case 1 where name[0] == UInt8(ascii: "f"): function = try function(from: &scanner)
        case 3 where name.spells("key"): key = try scanner.value()
        case 4 where name.spells("type"): kind = try kind(from: &scanner)
        case 4 where name.spells("time"):
            time = try integer("time", from: &scanner).map(Timestamp.init(nanoseconds:))
        case 5 where name.spells("value"): value = try scanner.value()
        case 5 where name.spells("index"):
            index = try integer("index", from: &scanner)
        case 5 where name.spells("error"): error = try scanner.value()
        case 7 where name.spells("process"): process = try process(from: &scanner)
        default: _ = try scanner.value()
        }
    }

    func event(index count: Int, scanner: Scanner) throws(HistoryError) -> Event {
        guard let process else { throw scanner.failure(.missingField(":process")) }
        guard let kind else { throw scanner.failure(.missingField(":type")) }
        guard let function else { throw scanner.failure(.missingField(":f")) }
        return Event(
            index: index ?? count, time: time, process: process, kind: kind, function: function,
            key: key, value: value, error: error)
    }

    private func bad(
        _ key: String, _ expected: String, _ found: Value, _ scanner: Scanner
    ) -> HistoryError {
        scanner.failure(.badField(key: ":" + key, expected: expected, found: "\(found)"))
    }

    private func integer(
        _ key: String, from scanner: inout Scanner
    ) throws(HistoryError) -> Int? {
        switch try scanner.value() {
        case .int(let number): return number
        case .null: return nil
        case let other: throw bad(key, "an integer", other, scanner)
        }
    }

    private func function(from scanner: inout Scanner) throws(HistoryError) -> String {
        scanner.skipSpace()
        if scanner.take(Byte.colon) {
            let word = try scanner.wordBytes()
            // The names that nearly every history consists of need no new text.
            if word.spells("read") { return "read" }
            if word.spells("write") { return "write" }
            if word.spells("cas") { return "cas" }
            return String(decoding: word, as: UTF8.self)
        }
        switch try scanner.value() {
        case .string(let name), .symbol(let name): return name
        case let other: throw bad("f", "a keyword", other, scanner)
        }
    }

    func process(from scanner: inout Scanner) throws(HistoryError) -> Event.Process {
        scanner.skipSpace()
        let start = scanner.position
        if let number = scanner.integer(), number >= 0 { return .client(number) }
        scanner.position = start
        switch try scanner.value() {
        case .keyword("nemesis"), .string("nemesis"): return .nemesis
        case let other: throw bad("process", "a number from 0, or :nemesis", other, scanner)
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
        if case .string(let name) = value, let kind = Event.Kind(rawValue: name) { return kind }
        throw bad("type", ":invoke, :ok, :fail or :info", value, scanner)
    }
}
