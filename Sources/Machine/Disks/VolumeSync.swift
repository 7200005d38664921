internal import Glibc
public import SystemPackage

/// A sync that has begun.
///
/// It makes durable what had been noted when it began, and nothing that came meanwhile.
public struct PendingSync: Sendable {
    let inode: Inode
    let mark: UInt64
    /// What the real files are synced through; to be closed afterwards if `isOwn`.
    let descriptor: Int32
    let isOwn: Bool
    let dataOnly: Bool

    /// Syncs the real file; takes its time, so call it without any lock.
    ///
    /// - Throws: the real disk's error.
    func perform() throws(Errno) {
        defer { if isOwn { close(descriptor) } }
        let code = dataOnly ? fdatasync(descriptor) : fsync(descriptor)
        guard code == 0 else { throw Errno(rawValue: errno) }
    }
}

extension Volume {
    /// Begins the sync of an open file or of a folder.
    public func beginSync(_ inode: Inode, dataOnly: Bool) throws(Errno) -> PendingSync {
        guard tree.isFolder(inode) else {
            return PendingSync(
                inode: inode, mark: log.mark, descriptor: try descriptor(of: inode), isOwn: false,
                dataOnly: dataOnly)
        }
        let (folder, path) = try way(to: inode)
        let descriptor = try Self.check(
            openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        return PendingSync(
            inode: inode, mark: log.mark, descriptor: descriptor, isOwn: true, dataOnly: dataOnly)
    }

    /// Notes how a sync ended.
    public mutating func finish(_ sync: PendingSync, failed: Bool) {
        if failed {
            log.syncFailed(sync.inode, upTo: sync.mark)
        } else if tree.isFolder(sync.inode) {
            settle(log.synced(folder: sync.inode, upTo: sync.mark))
        } else {
            settle(log.synced(sync.inode, upTo: sync.mark))
        }
    }

    // MARK: Power loss

    /// Rolls the folder back to what the disk keeps, and counts what is gone.
    ///
    /// Whatever is open stays open; nobody should write any more. Afterwards all that is left
    /// counts as synced.
    ///
    /// - Throws: the error of the system call that failed; the folder is then in between.
    public mutating func lose(_ power: PowerLoss, now: Duration) throws(Errno) -> LossReport {
        if let writeBack = log.writeBack { settle(log.dropOlder(than: now - writeBack)) }
        let loss = log.loss(power)
        let kept = loss.tree(from: tree)
        var report = LossReport()
        for (file, fate) in loss.files.sorted(by: { $0.key < $1.key })
        where !kept.places(of: file).isEmpty {
            report.bytes += fate.lostBytes
            report.survived += fate.survivingBytes
            if fate.isNothing { continue }
            report.files += 1
            try apply(fate, to: file)
        }
        for (file, fate) in loss.files
        where kept.places(of: file).isEmpty && !tree.places(of: file).isEmpty {
            report.bytes += fate.lostBytes + fate.survivingBytes
            report.files += 1
        }
        try rearrange(as: kept, &report)
        log = UndoLog(rule: log.rule, limit: log.limit, writeBack: log.writeBack)
        for inode in limboed { discard(inode) }
        return report
    }

    private mutating func apply(_ fate: FileLoss, to file: Inode) throws(Errno) {
        try open(file)
        defer { release(file) }
        var store = DescriptorStore(descriptor: try descriptor(of: file))
        try fate.apply(to: &store)
        _ = try Self.check(fsync(store.descriptor))
        let size = Int(try status(of: file).st_size)
        infos[file]?.size = size
    }

    /// Moves, links and removes real names until they stand as in a tree.
    private mutating func rearrange(
        as kept: Tree, _ report: inout LossReport
    ) throws(Errno) {
        for (folder, entries) in tree.reachable.allFolders {
            for (name, inode) in entries where kept[Place(folder, name)] != inode {
                try moveOut(Place(folder, name))
                report.namesGone += 1
            }
        }
        for (folder, entries) in kept.allFolders {
            // A folder that comes back does so with what it holds; what else it held goes.
            for (name, inode) in tree.entries(of: folder) where entries[name] != inode {
                try moveOut(Place(folder, name))
            }
        }
        for (folder, entries) in kept.allFolders {
            for (name, inode) in entries where tree[Place(folder, name)] != inode {
                try moveIn(inode, at: Place(folder, name))
                report.namesBack += 1
            }
        }
    }
}

/// The bytes of an open file.
struct DescriptorStore: ByteStore {
    let descriptor: Int32

    func read(_ range: Range<Int>) throws(Errno) -> [UInt8] {
        try Volume.read(descriptor, range)
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(Errno) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(
                    descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done,
                    off_t(offset + done))
            }
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw Errno(rawValue: errno)
            }
            done += count
        }
    }

    func resize(to size: Int) throws(Errno) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw Errno(rawValue: errno) }
    }
}
