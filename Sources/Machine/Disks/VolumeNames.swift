internal import Glibc
public import SystemPackage

/// What a new entry of a folder is.
public enum NewEntry: Sendable {
    /// An empty file, which is open from then on.
    case file
    /// An empty folder.
    case folder
    /// A symbolic link to this target.
    case link(to: [UInt8])
}

extension Volume {
    /// What stands at a place.
    ///
    /// - Throws: ENOENT if nothing does.
    public func inode(at place: Place) throws(Errno) -> Inode {
        guard let inode = tree[place] else { throw .noSuchFileOrDirectory }
        return inode
    }

    /// The entries of a folder, in order of their bytes.
    public func entries(of folder: Inode) -> [(name: FileName, inode: Inode)] {
        tree.entries(of: folder).sorted {
            $0.key.bytes.lexicographicallyPrecedes($1.key.bytes)
        }.map { ($0.key, $0.value) }
    }

    /// Makes a file, a folder or a link at a free place.
    public mutating func make(
        _ entry: NewEntry, at place: Place, mode: UInt32, now: Duration
    ) throws(Errno) -> Inode {
        guard tree[place] == nil else { throw .fileExists }
        let (folder, path) = try way(to: place)
        let inode: Inode
        switch entry {
        case .file:
            let descriptor = try Self.check(
                openat(folder, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode))
            inode = fresh(.file)
            infos[inode]?.descriptor = descriptor
            infos[inode]?.opens = 1
        case .folder:
            _ = try Self.check(mkdirat(folder, path, mode))
            inode = fresh(.folder)
        case .link(let target):
            _ = try Self.check(symlinkat(Self.cString(target), folder, path))
            inode = fresh(.link)
        }
        tree[place] = inode
        note([(place, nil)], now: now)
        return inode
    }

    /// Gives a file one more name.
    public mutating func link(_ inode: Inode, at place: Place, now: Duration) throws(Errno) {
        guard !tree.isFolder(inode) else { throw .notPermitted }
        guard tree[place] == nil else { throw .fileExists }
        guard !tree.places(of: inode).isEmpty else { throw .noSuchFileOrDirectory }
        let (from, old) = try way(to: inode)
        let (folder, path) = try way(to: place)
        _ = try Self.check(linkat(from, old, folder, path, 0))
        tree[place] = inode
        note([(place, nil)], now: now)
    }

    /// Removes a name; what it named is kept in the limbo as long as it might come back.
    public mutating func remove(
        _ place: Place, isFolder: Bool, now: Duration
    ) throws(Errno) {
        let inode = try inode(at: place)
        guard tree.isFolder(inode) == isFolder else {
            throw isFolder ? .notDirectory : .isDirectory
        }
        guard tree.entries(of: inode).isEmpty else { throw .directoryNotEmpty }
        try moveOut(place)
        note([(place, inode)], now: now)
    }

    /// Moves a name; what stood at its new place goes.
    public mutating func rename(
        _ place: Place, to target: Place, keepingTarget: Bool, now: Duration
    ) throws(Errno) {
        let inode = try inode(at: place)
        let replaced = tree[target]
        if keepingTarget, replaced != nil { throw .fileExists }
        guard replaced != inode else { return }
        if tree.isFolder(inode) {
            guard !tree.contains(target.folder, within: inode) else { throw .invalidArgument }
        }
        if let replaced {
            guard tree.isFolder(replaced) == tree.isFolder(inode) else {
                throw tree.isFolder(replaced) ? .isDirectory : .notDirectory
            }
            guard tree.entries(of: replaced).isEmpty else { throw .directoryNotEmpty }
            try moveOut(target)
        }
        let (from, old) = try way(to: place)
        let (folder, path) = try way(to: target)
        _ = try Self.check(renameat(from, old, folder, path))
        tree[place] = nil
        tree[target] = inode
        note([(place, inode), (target, replaced)], now: now)
    }

    // MARK: Limbo

    /// Takes a name away; the last one of an inode takes it to the limbo.
    mutating func moveOut(_ place: Place) throws(Errno) {
        let inode = try inode(at: place)
        let (folder, path) = try way(to: place)
        if tree.places(of: inode).count > 1 {
            _ = try Self.check(unlinkat(folder, path, 0))
        } else {
            let name = Self.cString(Self.limboName(inode))
            _ = try Self.check(renameat(folder, path, limbo, name))
            limboed.insert(inode)
        }
        tree[place] = nil
    }

    /// Puts an inode at a free place, out of the limbo or beside its other names.
    mutating func moveIn(_ inode: Inode, at place: Place) throws(Errno) {
        let (folder, path) = try way(to: place)
        if limboed.contains(inode) {
            let name = Self.cString(Self.limboName(inode))
            _ = try Self.check(renameat(limbo, name, folder, path))
            limboed.remove(inode)
        } else {
            let (from, old) = try way(to: inode)
            _ = try Self.check(linkat(from, old, folder, path, 0))
        }
        tree[place] = inode
    }

    /// Notes changes of names, and lets go of what the log does not hold any more.
    mutating func note(_ changes: [(place: Place, old: Inode?)], now: Duration) {
        log.noteNames(changes, at: now)
        settle(log.writeBack(now: now))
    }

    /// Drops what no undoing needs any more, if nothing else does either.
    mutating func settle(_ released: [Inode]) {
        for inode in released { discard(inode) }
    }

    /// Forgets an inode that has no name, will get none, and is neither open nor known to the
    /// kernel; its file goes as soon as only a descriptor holds it.
    mutating func discard(_ inode: Inode) {
        guard let info = infos[inode], inode != .root, tree.places(of: inode).isEmpty,
            !log.holds(inode)
        else { return }
        log.forget(inode)
        let isBusy = info.opens > 0 || info.lookups > 0
        // A folder that is somebody's working directory has nothing in it that could be asked for.
        if info.kind == .folder, isBusy || !tree.entries(of: inode).isEmpty { return }
        if limboed.contains(inode) {
            // What cannot be removed stays until the volume ends.
            if (try? Self.remove(Self.cString(Self.limboName(inode)), in: limbo)) != nil {
                limboed.remove(inode)
            }
        }
        guard !isBusy else { return }
        if let descriptor = info.descriptor { close(descriptor) }
        infos[inode] = nil
        tree.forget(inode)
    }
}
