internal import Foundation

/// The end of a log.
enum LogEnd {
    /// The last bytes of a file, as text; nil if it cannot be read.
    static func text(of path: String, atMost bytes: UInt64) -> String? {
        guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd()
        else { return nil }
        try? file.seek(toOffset: size - min(size, bytes))
        return (try? file.readToEnd()).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The last line with anything in it, cut to what fits into a sentence.
    static func lastLine(of path: String) -> String? {
        text(of: path, atMost: 4_096)?.split(whereSeparator: \.isNewline)
            .last { !$0.allSatisfy(\.isWhitespace) }.map { String($0.prefix(200)) }
    }
}
