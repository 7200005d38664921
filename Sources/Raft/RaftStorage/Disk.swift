internal import CLinux
internal import Glibc
internal import Synchronization

/// One folder on a disk, as much of it as the storage needs; tests put one in its place that fails
/// and forgets.
public protocol Disk: Sendable {
    /// The folder's path, for messages.
    var folder: String { get }
    /// The names of its files.
    func names() throws(StorageError) -> [String]
    /// Reads a file's content over what is in the buffer, which grows as needed; returns how many
    /// bytes that are. Zeros at the end that were never written may be left out.
    func read(_ name: String, into buffer: inout [UInt8]) throws(StorageError) -> Int
    /// The size of a file in bytes, room that was only reserved included.
    func size(of name: String) throws(StorageError) -> Int
    /// Makes a file of zeros, or opens the one that is there.
    func open(_ name: String, size: Int?) throws(StorageError) -> any DiskFile
    /// Gives a file another name, in place of the one that has it.
    func rename(_ name: String, to other: String) throws(StorageError)
    /// Removes a file.
    func remove(_ name: String) throws(StorageError)
    /// Returns when names that were given or removed are safe.
    func sync() throws(StorageError)
    /// Gives the folder up: others may use it now.
    func release()
}

extension Disk {
    /// A file's content.
    func read(_ name: String) throws(StorageError) -> [UInt8] {
        var buffer: [UInt8] = []
        let count = try read(name, into: &buffer)
        return count == buffer.count ? buffer : Array(buffer[..<count])
    }
}

/// A file that is written.
public protocol DiskFile: AnyObject {
    /// Writes bytes at a place.
    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError)
    /// Cuts what is behind a place.
    func truncate(to size: Int) throws(StorageError)
    /// Returns when what was written is safe.
    func sync() throws(StorageError)
}

extension StorageError {
    static func message(of errno: Int32) -> String { String(cString: strerror(errno)) }

    /// The error that the last system call left.
    static func last(_ operation: String, _ file: String) -> StorageError {
        let number = errno
        return number == ENOSPC || number == EDQUOT
            ? .full(file: file) : .failed(operation: operation, file: file, errno: number)
    }
}

/// A folder of this machine, locked against other processes until it is given up.
///
/// The lock is on the folder itself: a file that holds it could be removed, and made again.
public final class RealDisk: Disk {
    /// Its path.
    public let folder: String
    private let lock: Mutex<Int32?>

    /// Makes the folder where it is missing, and locks it.
    ///
    /// - Throws: ``StorageError``, `inUse` among others.
    public init(_ folder: String) throws(StorageError) {
        self.folder = folder
        var made = folder.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o755) == 0 || errno == EEXIST else { throw .last("make", made) }
        }
        let path = folder
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        lock = Mutex(descriptor < 0 ? nil : descriptor)
        guard descriptor >= 0 else { throw .last("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let error = StorageError.last("lock", path)
            release()
            throw isTaken ? .inUse(file: path) : error
        }
    }

    deinit { release() }

    /// Gives the folder up; once is enough.
    public func release() {
        lock.withLock { lock in
            if let descriptor = lock { Glibc.close(descriptor) }
            lock = nil
        }
    }

    private func path(_ name: String) -> String { folder + "/" + name }

    /// The names of its files.
    public func names() throws(StorageError) -> [String] {
        guard let stream = opendir(folder) else { throw .last("list", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Reads a file's content over what is in the buffer.
    public func read(
        _ name: String, into buffer: inout [UInt8]
    ) throws(StorageError) -> Int {
        let path = path(name)
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last("look at", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .foreign(file: path, what: "not a file, but a folder or a device")
        }
        let size = try Self.writtenSize(of: descriptor, path)
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .last("read", path) }
        if buffer.count < size { buffer = [UInt8](repeating: 0, count: size) }
        var count = 0
        while count < size {
            let got = buffer[count..<size].withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw .last("read", path) }
            count += got
        }
        return size
    }

    /// The end of what was written: of the room that was reserved behind it nothing need be read.
    private static func writtenSize(
        of descriptor: Int32, _ path: String
    ) throws(StorageError) -> Int {
        var end: off_t = 0
        while true {
            let data = lseek(descriptor, end, clinux_seek_data)
            if data < 0, errno == ENXIO { return Int(end) }
            guard data >= 0 else { throw .last("look at", path) }
            end = lseek(descriptor, data, clinux_seek_hole)
            guard end >= 0 else { throw .last("look at", path) }
        }
    }

    /// The size of a file in bytes.
    public func size(of name: String) throws(StorageError) -> Int {
        var status = stat()
        guard stat(path(name), &status) == 0 else { throw .last("look at", path(name)) }
        return Int(status.st_size)
    }

    /// Makes a file of zeros, or opens the one that is there.
    public func open(_ name: String, size: Int?) throws(StorageError) -> any DiskFile {
        let file = try RealFile(path(name))
        if let size { try file.reserve(size) }
        return file
    }

    /// Gives a file another name.
    public func rename(_ name: String, to other: String) throws(StorageError) {
        guard Glibc.rename(path(name), path(other)) == 0 else { throw .last("rename", path(name)) }
    }

    /// Removes a file.
    public func remove(_ name: String) throws(StorageError) {
        guard unlink(path(name)) == 0 else { throw .last("remove", path(name)) }
    }

    /// Returns when names that were given or removed are safe.
    public func sync() throws(StorageError) {
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open", folder) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("sync", folder) }
    }
}

/// An open file of this machine.
private final class RealFile: DiskFile {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws(StorageError) {
        self.path = path
        descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .last("open", path) }
    }

    deinit { Glibc.close(descriptor) }

    /// Takes the room at once: writing within it changes no length, which makes a sync cheaper.
    func reserve(_ size: Int) throws(StorageError) {
        let result = posix_fallocate(descriptor, 0, off_t(size))
        guard result == 0 else {
            errno = result
            throw .last("reserve room for", path)
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("write", path) }
            written += count
        }
    }

    func truncate(to size: Int) throws(StorageError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw .last("cut", path) }
    }

    func sync() throws(StorageError) {
        // Never tried again: what failed to be written may be gone from the cache, and a second
        // call would report success.
        guard fdatasync(descriptor) == 0 else { throw .last("sync", path) }
    }
}
