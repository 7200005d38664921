internal import CLinux
internal import Glibc
public import SystemPackage

/// A folder of plain files that can be rolled back to what has been synced of it.
///
/// Everything goes through to the real files at once; what would undo it is kept in an
/// ``UndoLog``. A file without a name, which an undone removal might need again, waits in a second
/// folder, the limbo.
///
/// Modes, owners and times are passed through and not rolled back.
public struct Volume: ~Copyable, Sendable {
    /// What an inode is.
    enum Kind: Sendable { case file, folder, link }

    /// What is known of an inode.
    struct Info: Sendable {
        var kind: Kind
        /// A file's size, as far as writes have told.
        var size = 0
        /// Its descriptor while it is open.
        var descriptor: Int32?
        var opens = 0
        /// How often the kernel has been told of it and has not forgotten it.
        var lookups: UInt64 = 0
    }

    /// Who stands where.
    var tree = Tree()
    /// What has not been synced.
    public internal(set) var log: UndoLog
    var infos: [Inode: Info] = [:]
    var limboed: Set<Inode> = []
    let root: Int32
    let limbo: Int32
    private var next: UInt64 = 2

    /// The volume of a folder as it is; all of it counts as synced.
    ///
    /// The limbo is made, or emptied.     /// Both must lie in the same file system. What is mounted over the folder later does not
    /// change where the volume's files are.
    ///
    /// - Throws: the error of the system call that failed.
    public static func open(
        folder: String, limbo: String, log: UndoLog
    ) throws(Errno) -> Volume {
        let root = try check(Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        if mkdir(limbo, 0o700) != 0, errno != EEXIST {
            let error = Errno(rawValue: errno)
            close(root)
            throw error
        }
        let aside = Glibc.open(limbo, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard aside >= 0 else {
            let error = Errno(rawValue: errno)
            close(root)
            throw error
        }
        var volume = Volume(root: root, limbo: aside, log: log)
        try empty(aside)
        try volume.scan(.root)
        return volume
    }

    private init(root: Int32, limbo: Int32, log: UndoLog) {
        self.root = root
        self.limbo = limbo
        self.log = log
        infos[.root] = Info(kind: .folder)
    }

    deinit {
        for info in infos.values { if let descriptor = info.descriptor { close(descriptor) } }
        close(root)
        close(limbo)
    }

    static func check(_ result: Int32) throws(Errno) -> Int32 {
        guard result >= 0 else { throw Errno(rawValue: errno) }
        return result
    }

    // MARK: Where things are

    /// The way to an inode's file: a folder's descriptor and a path under it.
    func way(to inode: Inode) throws(Errno) -> (folder: Int32, path: [CChar]) {
        guard infos[inode] != nil else { throw Errno(rawValue: ESTALE) }
        let (base, names) = tree.path(of: inode)
        var bytes: [UInt8] = base == .root ? Array(".".utf8) : Self.limboName(base)
        guard base == .root || limboed.contains(base) else { throw Errno(rawValue: ESTALE) }
        for name in names { bytes += [UInt8(ascii: "/")] + name.bytes }
        return (base == .root ? root : limbo, Self.cString(bytes))
    }

    /// The way to a place, whether something stands there or not.
    func way(to place: Place) throws(Errno) -> (folder: Int32, path: [CChar]) {
        let (folder, path) = try way(to: place.folder)
        return (
            folder, path.dropLast() + [CChar(UInt8(ascii: "/"))] + Self.cString(place.name.bytes)
        )
    }

    static func limboName(_ inode: Inode) -> [UInt8] { Array("\(inode)".utf8) }

    static func cString(_ bytes: [UInt8]) -> [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

    /// A number that no inode has had.
    mutating func fresh(_ kind: Kind, size: Int = 0) -> Inode {
        let inode = Inode(next)
        next += 1
        infos[inode] = Info(kind: kind, size: size)
        if kind == .folder { tree.addFolder(inode) }
        return inode
    }

    // MARK: Reading what is there

    /// Takes a folder's entries in.
    private mutating func scan(_ folder: Inode) throws(Errno) {
        var known: [FileIdentity: Inode] = [:]
        try scan(folder, &known)
    }

    private struct FileIdentity: Hashable {
        var device: UInt
        var number: UInt
    }

    private mutating func scan(
        _ folder: Inode, _ known: inout [FileIdentity: Inode]
    ) throws(Errno) {
        let (base, path) = try way(to: folder)
        let descriptor = try Self.check(openat(base, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        for name in try Self.names(in: descriptor) {
            let place = Place(folder, name)
            let (base, path) = try way(to: place)
            var status = stat()
            _ = try Self.check(fstatat(base, path, &status, AT_SYMLINK_NOFOLLOW))
            let kind: Kind
            switch status.st_mode & S_IFMT {
            case S_IFDIR: kind = .folder
            case S_IFREG: kind = .file
            case S_IFLNK: kind = .link
            default: continue
            }
            // Several names of one file are one inode here too.
            let identity = FileIdentity(
                device: UInt(status.st_dev), number: UInt(status.st_ino))
            let inode = known[identity] ?? fresh(kind, size: Int(status.st_size))
            if kind != .folder, status.st_nlink > 1 { known[identity] = inode }
            tree[place] = inode
            if kind == .folder { try scan(inode, &known) }
        }
    }

    /// The names in a folder, without `.` and `..`; closes the descriptor.
    static func names(in descriptor: Int32) throws(Errno) -> [FileName] {
        guard let stream = fdopendir(descriptor) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [FileName] = []
        while let entry = readdir(stream) {
            // Where the name begins; the imported tuple is longer than the record may be.
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let start = UnsafeRawPointer(entry) + offset
            let text = start.assumingMemoryBound(to: UInt8.self)
            let name = FileName(UnsafeBufferPointer(start: text, count: strlen(start)))
            if name != FileName("."), name != FileName("..") { names.append(name) }
        }
        return names
    }

    /// Removes all that is in a folder.
    static func empty(_ folder: Int32) throws(Errno) {
        let descriptor = try check(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        for name in try names(in: descriptor) {
            try remove(cString(name.bytes), in: folder)
        }
    }

    /// Removes a file, or a folder with all that is in it; what is not there is gone already.
    static func remove(_ path: [CChar], in folder: Int32) throws(Errno) {
        if unlinkat(folder, path, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw Errno(rawValue: errno) }
        let inner = try check(openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        defer { close(inner) }
        try empty(inner)
        _ = try check(unlinkat(folder, path, AT_REMOVEDIR))
    }
}
