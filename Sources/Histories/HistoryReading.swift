import Foundation

extension History {
    /// What to do about a file that may have been cut short by the end of its writer.
    public enum Tail: Sendable {
        /// A file that breaks off is an error.
        case whole
        /// A last line without its line feed is dropped.
        case maybeTorn
    }

    /// Reads a history file: EDN, JSON Lines or Jepsen's text log, told apart by the text.
    ///
    /// One pass, no tree per event; the file is mapped, not copied.
    ///
    /// - Throws: `HistoryError` with the file and the line.
    public init(
        contentsOf path: String, tail: Tail = .whole
    ) throws(HistoryError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        } catch {
            throw HistoryError(.unreadable(Self.reason(error, path: path)), file: path)
        }
        do {
            self = try Self.parse(data, tail: tail)
        } catch {
            throw HistoryError(error.reason, file: path, line: error.line)
        }
    }

    /// Reads a history from text in memory.
    ///
    /// - Throws: `HistoryError` with the line.
    public init(text: String) throws(HistoryError) {
        self = try Self.parse(Data(text.utf8), tail: .whole)
    }

    private static func parse(_ data: Data, tail: Tail) throws(HistoryError) -> History {
        var result: Result<History, HistoryError> = .failure(HistoryError(.empty))
        data.withUnsafeBytes { bytes in
            result = Result { () throws(HistoryError) in try parse(bytes, tail: tail) }
        }
        return try result.get()
    }

    private static func parse(
        _ bytes: UnsafeRawBufferPointer, tail: Tail
    ) throws(HistoryError) -> History {
        var reader = try EventReader(whole(bytes, tail: tail))
        var history = History()
        while let event = try reader.next() {
            do {
                try history.append(event)
            } catch {
                throw HistoryError(error.reason, line: reader.line)
            }
        }
        return history
    }

    private static func whole(
        _ bytes: UnsafeRawBufferPointer, tail: Tail
    ) -> UnsafeRawBufferPointer {
        guard tail == .maybeTorn else { return bytes }
        let end = bytes.lastIndex(of: Byte.newline).map { $0 + 1 } ?? 0
        return UnsafeRawBufferPointer(rebasing: bytes[..<end])
    }

    private static func reason(_ error: any Error, path: String) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return "there is no such file"
        }
        return isFolder.boolValue ? "it is a folder, not a history" : error.localizedDescription
    }
}
