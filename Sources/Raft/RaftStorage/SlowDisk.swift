internal import Glibc

/// A disk whose every sync takes longer by a fixed time, as an overloaded or dying one does.
public final class SlowDisk<Base: Disk>: Disk {
    private let base: Base
    private let delay: Duration

    /// The disk with so much more time for each sync.
    public init(_ base: Base, delay: Duration) {
        self.base = base
        self.delay = delay
    }

    /// The folder's path.
    public var folder: String { base.folder }
    /// The names of its files.
    public func names() throws(StorageError) -> [String] { try base.names() }
    /// Reads a file's content.
    public func read(_ name: String, into buffer: inout [UInt8]) throws(StorageError) -> Int {
        try base.read(name, into: &buffer)
    }
    /// The size of a file.
    public func size(of name: String) throws(StorageError) -> Int { try base.size(of: name) }
    /// Makes a file, or opens it.
    public func open(_ name: String, size: Int?) throws(StorageError) -> any DiskFile {
        SlowFile(try base.open(name, size: size), delay)
    }
    /// Gives a file another name.
    public func rename(_ name: String, to other: String) throws(StorageError) {
        try base.rename(name, to: other)
    }
    /// Removes a file.
    public func remove(_ name: String) throws(StorageError) { try base.remove(name) }
    /// Returns when names are safe, and the time is over.
    public func sync() throws(StorageError) {
        try base.sync()
        wait(delay)
    }
    /// Gives the folder up.
    public func release() { base.release() }
}

private final class SlowFile: DiskFile {
    private let base: any DiskFile
    private let delay: Duration

    init(_ base: any DiskFile, _ delay: Duration) {
        self.base = base
        self.delay = delay
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        try base.write(bytes, at: offset)
    }
    func truncate(to size: Int) throws(StorageError) { try base.truncate(to: size) }
    func sync() throws(StorageError) {
        try base.sync()
        wait(delay)
    }
}

/// Blocks the thread, as a disk does that is busy.
private func wait(_ delay: Duration) {
    var time = timespec(
        tv_sec: Int(delay.components.seconds),
        tv_nsec: Int(delay.components.attoseconds / 1_000_000_000))
    var rest = timespec()
    // A signal ends the sleep early; the rest is slept then.
    while nanosleep(&time, &rest) != 0, errno == EINTR { time = rest }
}
