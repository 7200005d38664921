import Glibc

extension History {
    /// What to do about a file that may have been cut short by the end of its writer.
    public enum Tail: String, Sendable, CaseIterable {
        /// A file that breaks off is an error.
        case whole
        /// A last line without its line feed is dropped; without any line there is no operation.
        case maybeTorn = "torn"
    }

    /// Reads a history file: EDN, JSON Lines or Jepsen's text log, told apart by the text.
    ///
    /// One pass, no tree per event; the file is mapped, and what has been read is let go.
    ///
    /// - Throws: `HistoryError` with the file and the line.
    public init(
        contentsOf path: String, tail: Tail = .whole
    ) throws(HistoryError) {
        let file: MappedFile
        do {
            file = try MappedFile(path)
        } catch  where error.reason == .empty && tail == .maybeTorn {
            self.init()
            return
        } catch {
            throw HistoryError(error.reason, file: path)
        }
        do {
            self = try Self.parse(file.bytes, tail: tail) { file.letGo(upTo: $0) }
        } catch {
            throw HistoryError(
                error.reason, file: path, line: error.line, column: error.column)
        }
    }

    /// Reads a history from text in memory.
    ///
    /// - Throws: `HistoryError` with the line.
    public init(text: String) throws(HistoryError) { try self.init(bytes: Array(text.utf8)) }

    /// Reads a history from bytes in memory, whatever they are.
    ///
    /// - Throws: `HistoryError` with the line.
    public init(bytes: [UInt8], tail: Tail = .whole) throws(HistoryError) {
        var result: Result<History, HistoryError> = .failure(HistoryError(.empty))
        bytes.withUnsafeBytes { bytes in
            result = Result { () throws(HistoryError) in
                try Self.parse(bytes, tail: tail) { _ in }
            }
        }
        self = try result.get()
    }

    /// Operations after which a guess is made how many there are.
    private static var probe: Int { 4_096 }

    private static func parse(
        _ bytes: UnsafeRawBufferPointer, tail: Tail, progress: (Int) -> Void
    ) throws(HistoryError) -> History {
        var history = History()
        let written = bytes.count
        let bytes = whole(bytes, tail: tail)
        history.droppedBytes = written - bytes.count
        if tail == .maybeTorn, bytes.isEmpty { return history }
        var reader = try EventReader(bytes, isTorn: tail == .maybeTorn)
        while let event = try reader.next() {
            do {
                try history.append(event)
            } catch {
                throw reader.failure(error.reason)
            }
            if history.eventCount & 0xffff == 0 { progress(reader.position) }
            if history.eventCount == 2 * probe {
                // Growing step by step would need twice the memory at the last step.
                let share = Double(bytes.count) / Double(max(reader.position, 1))
                history.reserve(Int(Double(history.operations.count) * share * 1.1))
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
}

/// A file in memory, read from its start to its end.
private final class MappedFile {
    private static let chunk = 16_777_216

    /// Up to here a file is copied: mapping it would cost more, above all on many cores, which
    /// have one table of mappings between them.
    private static let copied = 1_048_576

    let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    init(_ path: String) throws(HistoryError) {
        // A pipe that nobody writes to would keep a blocking open waiting for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw HistoryError(
                .unreadable(errno == ENOENT ? "there is no such file" : Self.words))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw HistoryError(.unreadable(Self.words)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw HistoryError(
                .unreadable(
                    status.st_mode & S_IFMT == S_IFDIR
                        ? "it is a folder, not a history"
                        : "it is no ordinary file; pipe it in: whitewater check - < \(path)"))
        }
        let size = Int(status.st_size)
        guard size > 0 else { throw HistoryError(.empty) }
        isMapped = size > Self.copied
        guard isMapped else {
            bytes = try Self.copy(of: descriptor, size)
            return
        }
        let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start, start != MAP_FAILED else { throw HistoryError(.unreadable(Self.words)) }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        } else {
            bytes.deallocate()
        }
    }

    private static func copy(
        of descriptor: CInt, _ size: Int
    ) throws(HistoryError) -> UnsafeRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        var count = 0
        while count < size {
            let part = read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
            if part < 0, errno == EINTR { continue }
            guard part >= 0 else {
                let words = words
                buffer.deallocate()
                throw HistoryError(.unreadable(words))
            }
            // The file became shorter meanwhile.
            guard part > 0 else { break }
            count += part
        }
        return UnsafeRawBufferPointer(start: buffer.baseAddress, count: count)
    }

    private static var words: String { String(cString: strerror(errno)) }

    /// Gives pages back that have been read; they come again from the file if they are read again.
    func letGo(upTo position: Int) {
        let whole = position / Self.chunk * Self.chunk
        guard isMapped, whole > 0 else { return }
        madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress), whole, MADV_DONTNEED)
    }
}
