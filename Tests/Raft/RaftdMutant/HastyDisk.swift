import RaftStorage

/// A disk whose syncs of files return at once: nothing is safe that it says is.
final class HastyDisk: Disk {
    private let base: any Disk
    private let deviated: @Sendable () -> Void

    init(_ base: any Disk, _ deviated: @escaping @Sendable () -> Void) {
        self.base = base
        self.deviated = deviated
    }

    var folder: String { base.folder }
    func names() throws(StorageError) -> [String] { try base.names() }
    func read(_ name: String, into buffer: inout [UInt8]) throws(StorageError) -> Int {
        try base.read(name, into: &buffer)
    }
    func size(of name: String) throws(StorageError) -> Int { try base.size(of: name) }
    func open(_ name: String, size: Int?) throws(StorageError) -> any DiskFile {
        HastyFile(try base.open(name, size: size), deviated)
    }
    func rename(_ name: String, to other: String) throws(StorageError) {
        try base.rename(name, to: other)
    }
    func remove(_ name: String) throws(StorageError) { try base.remove(name) }
    func sync() throws(StorageError) { deviated() }
    func release() { base.release() }
}

private final class HastyFile: DiskFile {
    private let base: any DiskFile
    private let deviated: @Sendable () -> Void
    private var isNoted = false

    init(_ base: any DiskFile, _ deviated: @escaping @Sendable () -> Void) {
        self.base = base
        self.deviated = deviated
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        try base.write(bytes, at: offset)
    }
    func truncate(to size: Int) throws(StorageError) { try base.truncate(to: size) }
    func sync() throws(StorageError) {
        // Once a file: the log is not to be slower than the disk that it does not wait for.
        if !isNoted { deviated() }
        isNoted = true
    }
}
