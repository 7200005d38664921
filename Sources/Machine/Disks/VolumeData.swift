internal import CLinux
public import Glibc
public import SystemPackage

extension Volume {
    // MARK: Opening

    /// Opens a file, once more if it is open.
    public mutating func open(_ inode: Inode) throws(Errno) {
        guard let info = infos[inode] else { throw Errno(rawValue: ESTALE) }
        guard info.kind == .file else { throw .isDirectory }
        if info.descriptor == nil {
            let (folder, path) = try way(to: inode)
            var descriptor = openat(folder, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            if descriptor < 0, errno == EACCES {
                descriptor = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            }
            infos[inode]?.descriptor = try Self.check(descriptor)
        }
        infos[inode]?.opens += 1
    }

    /// Closes what was opened once.
    public mutating func release(_ inode: Inode) {
        guard let info = infos[inode], info.opens > 0 else { return }
        infos[inode]?.opens -= 1
        guard info.opens == 1 else { return }
        if let descriptor = info.descriptor { close(descriptor) }
        infos[inode]?.descriptor = nil
        discard(inode)
    }

    /// Notes that the kernel has been told of an inode.
    public mutating func noteLookup(_ inode: Inode) { infos[inode]?.lookups += 1 }

    /// Notes that the kernel has forgotten so many tellings of an inode.
    public mutating func forget(_ inode: Inode, _ count: UInt64) {
        guard let info = infos[inode] else { return }
        infos[inode]?.lookups -= min(count, info.lookups)
        if info.lookups <= count { discard(inode) }
    }

    /// The descriptor of an open file.
    ///
    /// - Throws: EBADF if it is not open.
    public func descriptor(of inode: Inode) throws(Errno) -> Int32 {
        guard let descriptor = infos[inode]?.descriptor else { throw .badFileDescriptor }
        return descriptor
    }

    // MARK: Bytes

    /// Writes bytes through to the file and keeps what stood there.
    ///
    /// - Returns: how many were written.
    public mutating func write(
        _ inode: Inode, at offset: Int, _ bytes: UnsafeRawBufferPointer, now: Duration
    ) throws(Errno) -> Int {
        let descriptor = try descriptor(of: inode)
        let size = infos[inode]?.size ?? 0
        let end = min(size, offset + bytes.count)
        let old = try Self.read(descriptor, offset..<max(offset, end))
        let written = pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
        guard written >= 0 else { throw Errno(rawValue: errno) }
        let range = offset..<offset + written
        log.noteWrite(
            inode, range, old: OldBytes(Array(old.prefix(written))), size: size, at: now)
        infos[inode]?.size = max(size, range.upperBound)
        settle(log.writeBack(now: now))
        return written
    }

    /// Gives a file another size and keeps what is cut off.
    public mutating func resize(_ inode: Inode, to new: Int, now: Duration) throws(Errno) {
        let wasOpen = infos[inode]?.descriptor != nil
        if !wasOpen { try open(inode) }
        defer { if !wasOpen { release(inode) } }
        let descriptor = try descriptor(of: inode)
        let size = infos[inode]?.size ?? 0
        guard new != size else { return }
        let old = try Self.read(descriptor, min(new, size)..<size)
        _ = try Self.check(ftruncate(descriptor, off_t(new)))
        log.noteResize(inode, from: size, to: new, old: OldBytes(old), at: now)
        infos[inode]?.size = new
        settle(log.writeBack(now: now))
    }

    /// Reserves blocks, or fills a range with zeros.
    public mutating func allocate(
        _ inode: Inode, _ range: Range<Int>, mode: UInt32, now: Duration
    ) throws(Errno) {
        let descriptor = try descriptor(of: inode)
        let size = infos[inode]?.size ?? 0
        let isKeepingSize = mode & UInt32(clinux_allocate_keep_size) != 0
        let isZeroing =
            mode & UInt32(clinux_allocate_punch_hole | clinux_allocate_zero_range) != 0
        let known =
            clinux_allocate_keep_size | clinux_allocate_punch_hole | clinux_allocate_zero_range
        guard mode & ~UInt32(known) == 0 else { throw .notSupported }
        let touched = isZeroing ? range.clamped(to: 0..<max(size, range.lowerBound)) : 0..<0
        let old = try Self.read(descriptor, touched)
        let code = clinux_allocate(descriptor, Int32(mode), range.lowerBound, range.count)
        guard code == 0 else { throw Errno(rawValue: code) }
        if !touched.isEmpty {
            log.noteWrite(inode, touched, old: OldBytes(old), size: size, at: now)
        }
        if !isKeepingSize, range.upperBound > size {
            log.noteResize(
                inode, from: size, to: range.upperBound, old: .zeros(0), at: now)
            infos[inode]?.size = range.upperBound
        }
        settle(log.writeBack(now: now))
    }

    /// Bytes of an open file, as many as there are.
    static func read(_ descriptor: Int32, _ range: Range<Int>) throws(Errno) -> [UInt8] {
        guard !range.isEmpty else { return [] }
        var failure: Errno?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < range.count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + count }, range.count - count,
                    off_t(range.lowerBound + count))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = Errno(rawValue: errno) }
                guard got > 0 else { break }
                count += got
            }
        }
        if let failure { throw failure }
        return bytes
    }

    // MARK: Attributes

    /// What the kernel says of an inode's file.
    public func status(of inode: Inode) throws(Errno) -> stat {
        var status = stat()
        if let descriptor = infos[inode]?.descriptor {
            _ = try Self.check(fstat(descriptor, &status))
        } else {
            let (folder, path) = try way(to: inode)
            _ = try Self.check(fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW))
        }
        status.st_ino = ino_t(inode.number)
        // In the limbo it still has a name, of which nobody is to know.
        if !tree.isFolder(inode) { status.st_nlink = nlink_t(tree.places(of: inode).count) }
        return status
    }

    /// Changes the mode, the owner (nil stays) or the times of access and change.
    public func change(
        _ inode: Inode, mode: UInt32? = nil, owner: UInt32? = nil, group: UInt32? = nil,
        times: (access: timespec, change: timespec)? = nil
    ) throws(Errno) {
        let (folder, path) = try wayOrDescriptor(of: inode)
        let flags = path.count > 1 ? AT_SYMLINK_NOFOLLOW : clinux_empty_path
        if let mode {
            // A link has no mode of its own, and the kernel asks for none.
            let code =
                path.count > 1 ? fchmodat(folder, path, mode_t(mode), 0) : fchmod(folder, mode)
            _ = try Self.check(code)
        }
        if owner != nil || group != nil {
            _ = try Self.check(
                fchownat(folder, path, owner ?? .max, group ?? .max, flags))
        }
        if let times {
            let pair = [times.access, times.change]
            let code =
                path.count > 1
                ? utimensat(folder, path, pair, AT_SYMLINK_NOFOLLOW) : futimens(folder, pair)
            _ = try Self.check(code)
        }
    }

    /// The descriptor and an empty path if it is open, so that a file without names works too.
    private func wayOrDescriptor(
        of inode: Inode
    ) throws(Errno) -> (folder: Int32, path: [CChar]) {
        if let descriptor = infos[inode]?.descriptor { return (descriptor, [0]) }
        return try way(to: inode)
    }

    /// Where a symbolic link leads.
    public func target(of inode: Inode) throws(Errno) -> [UInt8] {
        let (folder, path) = try way(to: inode)
        var failure: Errno?
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            let size = buffer.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlinkat(folder, path, $0, text.count) } ?? 0
            }
            if size < 0 { failure = Errno(rawValue: errno) }
            count = max(0, size)
        }
        if let failure { throw failure }
        return bytes
    }

    /// The free space of the file system beneath.
    public func space() throws(Errno) -> statvfs {
        var space = statvfs()
        _ = try Self.check(fstatvfs(root, &space))
        return space
    }
}
