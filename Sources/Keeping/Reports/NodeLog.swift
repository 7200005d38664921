/// What a process of a node wrote to one of its logs.
public struct NodeLog: Hashable, Sendable {
    /// The file's name in the node's folder: `stderr.log`.
    public var file: String
    /// The text, the last part of it if it is long.
    public var text: String

    /// A log and its file.
    public init(file: String, text: String) {
        self.file = file
        self.text = text
    }
}

/// A line of a log with the time at which it was written.
struct LogLine {
    /// Seconds since the start of the load.
    let time: Double
    let text: String

    /// The lines of logs by time, since the load began at a time in seconds since 1970.
    ///
    /// A line without a time, as a stack trace has them, belongs to the last one of its file that
    /// bears one; without any such line before it, nobody knows when it was written.
    static func all(in logs: [NodeLog], since began: Double) -> [LogLine] {
        let lines = logs.map { log -> [LogLine] in
            var last: Double?
            return log.text.split(separator: "\n").compactMap { line in
                if let time = LogTime(in: line) { last = time.seconds - began }
                return last.map { LogLine(time: $0, text: String(line)) }
            }
        }
        guard lines.count(where: { !$0.isEmpty }) > 1 else { return lines.flatMap(\.self) }
        // Lines of one moment stay together, and in their order.
        return lines.flatMap(\.self).enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }
}
