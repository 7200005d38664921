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
    /// Where the last event began.
    private var start = 0
    /// Whether a list of events may lack its end.
    private let isTorn: Bool

    private enum Spelling { case maps, log }

    init(_ bytes: UnsafeRawBufferPointer, isTorn: Bool = false) throws(HistoryError) {
        scanner = Scanner(bytes)
        self.isTorn = isTorn
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

    /// The error with the place of the last event that was read.
    func failure(_ reason: HistoryError.Reason) -> HistoryError {
        scanner.failure(reason, at: start)
    }

    // MARK: Maps

    private mutating func nextMap() throws(HistoryError) -> Event? {
        while true {
            scanner.skipSpace()
            switch scanner.peek {
            case nil:
                guard closings.isEmpty || isTorn else { throw scanner.failure(.truncated) }
                guard count > 0 else { throw scanner.failure(.empty) }
                return nil
            case Byte.openBrace:
                start = scanner.position
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
        var fields = EventFields()
        while true {
            scanner.skipSpace()
            if scanner.take(Byte.closeBrace) { break }
            try fields.read(from: &scanner)
        }
        let event = try fields.event(index: count, scanner: scanner, start: start)
        guard event.index > lastIndex else {
            throw failure(.indexNotGrowing(event.index, after: lastIndex))
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
        self.start = start
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
        var fields = EventFields()
        fields.process = try fields.process(from: &scanner)
        fields.kind = try fields.kind(from: &scanner)
        scanner.skipSpace()
        guard scanner.peek == Byte.colon else { throw scanner.unexpected(expected: "an operation") }
        fields.function = try fields.function(from: &scanner)
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
        let event = try fields.event(index: count, scanner: scanner, start: start)
        count += 1
        return event
    }
}
