internal import Foundation
public import Logging
internal import Synchronization

/// Writes log lines to a run's `whitewater.log`.
public struct FileLog: LogHandler {
    /// Values that every line carries.
    public var metadata: Logger.Metadata = [:]
    /// Lines below this are dropped.
    public var logLevel = Logger.Level.debug

    private final class Sink: Sendable {
        let handle: Mutex<FileHandle?>
        init(_ handle: FileHandle?) { self.handle = Mutex(handle) }
    }

    private let sink: Sink

    /// Writes to a file, which is made new.
    public init(file: String) {
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        sink = Sink(FileHandle(forWritingAtPath: file))
    }

    /// A value that every line carries.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line: the time, the level, the message.
    public func log(event: LogEvent) {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt)
        let line = "\(Date.now.formatted(style)) \(event.level) \(event.message)\n"
        sink.handle.withLock { handle in
            // A log that cannot be written must not end a run whose history still can.
            do { try handle?.write(contentsOf: Data(line.utf8)) } catch { handle = nil }
        }
    }
}
