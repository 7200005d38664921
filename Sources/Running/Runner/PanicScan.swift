internal import CLinux
internal import Foundation

/// Looks for a program's last words in a log that may still be growing, however long it is.
///
/// Reads each byte once, in pieces of a fixed size; memory does not depend on the log. Whatever
/// else stands in a log, text or not, a panic in it is found.
struct PanicScan {
    /// Bytes that are looked at at a time.
    static let pieceSize = 1 << 20
    /// So much of a line in front of a pattern is remembered, and so much of it is quoted.
    private static let longestLine = 4_096
    private static let longestQuote = 300

    private let file: String
    private let patterns: [[UInt8]]
    private let hadLeave: @Sendable (UInt64) -> Bool
    private var offset: UInt64 = 0
    private var carried: [UInt8] = []

    /// The first line with a pattern in it.
    private(set) var panic: String?

    /// A scan for any of the patterns; one that stands where the node had leave to panic is passed
    /// over.
    init(
        file: String, patterns: [String],
        hadLeave: @escaping @Sendable (_ offset: UInt64) -> Bool = { _ in false }
    ) {
        self.file = file
        self.hadLeave = hadLeave
        self.patterns = patterns.map { Array($0.utf8) }.filter { !$0.isEmpty }
    }

    /// Looks at what has been written since the last time, at most so many bytes of it.
    ///
    /// - Returns: whether more is there.
    mutating func advance(atMost budget: Int = .max) -> Bool {
        guard panic == nil else { return false }
        // Not one that waits for a writer: a node may have put a pipe in its log's place.
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return false
        }
        var read = 0
        while panic == nil, read < budget {
            var piece = carried
            let start = piece.count
            piece.append(contentsOf: repeatElement(0, count: Self.pieceSize))
            let count = piece.withUnsafeMutableBytes { bytes in
                pread(
                    descriptor, bytes.baseAddress?.advanced(by: start), Self.pieceSize,
                    off_t(offset))
            }
            guard count > 0 else { return false }
            piece.removeLast(Self.pieceSize - count)
            offset += UInt64(count)
            read += count
            look(at: piece)
            carried = Array(piece.suffix(Self.longestLine))
        }
        return panic == nil
    }

    private mutating func look(at piece: [UInt8]) {
        let start = offset - UInt64(piece.count)
        let found = piece.withUnsafeBytes { bytes in
            patterns.compactMap { first($0, in: bytes, from: start) }.min()
        }
        guard let found else { return }
        let newline = UInt8(ascii: "\n")
        let line = piece[..<found].lastIndex(of: newline).map { $0 + 1 } ?? 0
        // A node that is about to crash may be in the middle of the line; that is all there is.
        let end = piece[found...].firstIndex(of: newline) ?? piece.count
        let quote = piece[max(line, found - Self.longestQuote / 2)..<end]
        panic = String(decoding: quote.prefix(Self.longestQuote), as: UTF8.self)
    }

    /// Where a pattern stands first in bytes that begin there in the file, and nobody had leave.
    private func first(
        _ pattern: [UInt8], in bytes: UnsafeRawBufferPointer, from start: UInt64
    ) -> Int? {
        var place = 0
        while let base = bytes.baseAddress,
            let found = clinux_find(
                base + place, UInt(bytes.count - place), pattern, UInt(pattern.count))
        {
            place = found - base
            guard hadLeave(start + UInt64(place)) else { return place }
            place += pattern.count
        }
        return nil
    }
}

/// The last lines of a log, for a sentence about a node that has ended.
enum LastWords {
    private static let mostBytes = 4_096

    /// The last lines with anything in them, at most so many; nil if there are none.
    static func of(_ file: String, lines: Int = 3) -> String? {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: mostBytes)
        let count = pread(
            descriptor, &bytes, mostBytes, max(0, status.st_size - off_t(mostBytes)))
        guard count > 0 else { return nil }
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        let last = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }.suffix(lines)
        return last.isEmpty ? nil : last.map { String($0.prefix(300)) }.joined(separator: " / ")
    }
}
