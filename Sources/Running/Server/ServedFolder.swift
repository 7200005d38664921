internal import CLinux
internal import Glibc

/// A folder of which files are read and nothing else is reached: the kernel itself resolves each
/// path beneath it, so that no link leads out, not even one that is made meanwhile.
final class ServedFolder: Sendable {
    /// Why something is not served.
    enum Refusal: Error, Hashable {
        /// There is nothing of that name.
        case missing
        /// It is there, but leads out, or is no file and no folder.
        case forbidden
        /// The system says no.
        case failed(Int32)
    }

    /// What stands behind a path.
    enum Entry {
        case file(ServedFile)
        /// Names, those of folders with a slash behind them.
        case folder([String])
    }

    private let descriptor: Int32

    /// - Throws: `Refusal` if there is no such folder.
    init(_ path: String) throws(Refusal) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? Refusal.missing : .failed(errno) }
    }

    deinit { close(descriptor) }

    /// Opens what a path names.
    func entry(at path: RequestPath) throws(Refusal) -> Entry {
        let name = path.components.isEmpty ? "." : path.components.joined(separator: "/")
        // A pipe that nobody writes to must not hold the server up.
        let opened = clinux_open_beneath(descriptor, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
            switch -opened {
            case ENOENT, ENOTDIR, ENAMETOOLONG: throw .missing
            case EXDEV, ELOOP, EACCES, EPERM, ENXIO: throw .forbidden
            default: throw .failed(-opened)
            }
        }
        var status = stat()
        guard fstat(opened, &status) == 0 else {
            close(opened)
            throw .failed(errno)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            return .file(ServedFile(descriptor: opened, size: Int(status.st_size)))
        case S_IFDIR: return .folder(try Self.names(in: opened))
        default:
            close(opened)
            throw .forbidden
        }
    }

    /// The names in an open folder, which is closed; hidden ones are not served, so not shown.
    private static func names(in descriptor: Int32) throws(Refusal) -> [String] {
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            throw .failed(errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.first != "." else { continue }
            names.append(Int(entry.pointee.d_type) == Int(DT_DIR) ? name + "/" : name)
        }
        return names.sorted()
    }
}

/// An open file.
final class ServedFile: Sendable {
    private let descriptor: Int32
    /// Its bytes when it was opened; one that is still written to may have more by now.
    let size: Int

    init(descriptor: Int32, size: Int) {
        self.descriptor = descriptor
        self.size = size
    }

    deinit { close(descriptor) }

    /// Up to so many bytes from a place; none at the end.
    ///
    /// - Throws: `Refusal` if they cannot be read.
    func read(from place: Int, atMost count: Int) throws(ServedFolder.Refusal) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let read = pread(descriptor, buffer.baseAddress, count, off_t(place))
            initialized = max(read, 0)
            if read < 0 { failure = errno }
        }
        guard failure == 0 else { throw .failed(failure) }
        return bytes
    }

    /// All of it, in pieces, as far as it went when it was opened.
    func pieces(_ range: Range<Int>? = nil, of count: Int = 1 << 18) -> FilePieces {
        FilePieces(file: self, next: range?.lowerBound ?? 0, end: range?.upperBound ?? size, count)
    }
}

/// A file's bytes, piece by piece.
struct FilePieces {
    private let file: ServedFile
    private var place: Int
    private let end: Int
    private let count: Int

    init(file: ServedFile, next: Int, end: Int, _ count: Int) {
        (self.file, place, self.end, self.count) = (file, next, end, count)
    }

    /// The next piece; nil behind the last one.
    mutating func next() throws(ServedFolder.Refusal) -> [UInt8]? {
        guard place < end else { return nil }
        let bytes = try file.read(from: place, atMost: min(count, end - place))
        place += bytes.count
        return bytes.isEmpty ? nil : bytes
    }
}
