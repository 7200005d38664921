internal import Reports

/// The lines of a history or of a log between two times of the load.
struct TimeFilter {
    /// Where a line's time stands.
    enum Form: Hashable {
        /// `:time` in nanoseconds, in an EDN map a line.
        case history
        /// A time of day in the line; the load began at this one, in seconds since 1970.
        case log(began: Double)
    }

    let form: Form
    let seconds: Query.Seconds
    private var rest: [UInt8] = []
    /// A line without a time belongs to the one before it: a stack trace, for example.
    private var isInside = false

    init(_ form: Form, _ seconds: Query.Seconds) {
        self.form = form
        self.seconds = seconds
    }

    /// What of these bytes, and of an unfinished line before them, is to be kept.
    mutating func add(_ bytes: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        rest += bytes
        var start = rest.startIndex
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[start...end]
            if keeps(line) { kept += line }
            start = end + 1
        }
        rest.removeSubrange(..<start)
        return kept
    }

    /// What is to be kept of a last line without an end.
    mutating func finish() -> [UInt8] {
        defer { rest = [] }
        return !rest.isEmpty && keeps(rest[...]) ? rest : []
    }

    private mutating func keeps(_ line: ArraySlice<UInt8>) -> Bool {
        if let time = time(of: line) { isInside = seconds.contains(time) }
        return isInside
    }

    private func time(of line: ArraySlice<UInt8>) -> Double? {
        let text = String(decoding: line.prefix(2_000), as: UTF8.self)
        switch form {
        case .history:
            guard let place = text.ranges(of: ":time ").last?.upperBound else { return nil }
            return Int(text[place...].prefix { $0.isNumber || $0 == "-" }).map { Double($0) / 1e9 }
        case .log(let began): return LogTime(in: text[...]).map { $0.seconds - began }
        }
    }
}
