internal import Glibc
public import Logging

/// One line to the standard error for each message, with the time in milliseconds, in UTC:
/// `2026-11-21T12:00:00.123Z warning raftd: message key=value`.
public struct LineLogHandler: LogHandler {
    private let label: String
    /// The least severe level that is written.
    public var logLevel = Logger.Level.info
    /// What every line says.
    public var metadata = Logger.Metadata()

    /// A handler for lines of this label.
    public init(label: String) { self.label = label }

    /// What every line says of a key.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line in one piece, so that lines of several threads do not mix.
    public func log(event: LogEvent) {
        let (level, message) = (event.level, event.message)
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let words = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        var text = "\(Self.now()) \(level) \(label): \(message)\(words)\n"
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while rest.count > 0 {
                let written = write(STDERR_FILENO, rest.baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                // Nobody is left who could be told.
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }

    private static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
        let second = String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let milliseconds = String(1_000 + time.tv_nsec / 1_000_000).dropFirst()
        return "\(second).\(milliseconds)Z"
    }
}
