internal import CLinux
internal import Glibc

/// The protocol's structures, made of what the system says.
enum FuseAttributes {
    /// The kernel may keep names and attributes for so many seconds: nobody else changes them.
    static let validity: UInt64 = 3_600

    static func attributes(_ status: stat) -> fuse_attr {
        fuse_attr(
            ino: UInt64(status.st_ino), size: UInt64(status.st_size),
            blocks: UInt64(status.st_blocks),
            atime: UInt64(bitPattern: Int64(status.st_atim.tv_sec)),
            mtime: UInt64(bitPattern: Int64(status.st_mtim.tv_sec)),
            ctime: UInt64(bitPattern: Int64(status.st_ctim.tv_sec)),
            atimensec: UInt32(status.st_atim.tv_nsec), mtimensec: UInt32(status.st_mtim.tv_nsec),
            ctimensec: UInt32(status.st_ctim.tv_nsec), mode: UInt32(status.st_mode),
            nlink: UInt32(status.st_nlink), uid: status.st_uid, gid: status.st_gid,
            rdev: UInt32(truncatingIfNeeded: status.st_rdev), blksize: UInt32(status.st_blksize),
            flags: 0)
    }

    static func entry(_ inode: Inode, _ status: stat) -> fuse_entry_out {
        fuse_entry_out(
            nodeid: inode.number, generation: 0, entry_valid: validity, attr_valid: validity,
            entry_valid_nsec: 0, attr_valid_nsec: 0, attr: attributes(status))
    }

    static func answer(_ status: stat) -> fuse_attr_out {
        fuse_attr_out(
            attr_valid: validity, attr_valid_nsec: 0, dummy: 0, attr: attributes(status))
    }

    static func space(_ space: statvfs) -> fuse_statfs_out {
        var out = fuse_statfs_out()
        out.st.blocks = UInt64(space.f_blocks)
        out.st.bfree = UInt64(space.f_bfree)
        out.st.bavail = UInt64(space.f_bavail)
        out.st.files = UInt64(space.f_files)
        out.st.ffree = UInt64(space.f_ffree)
        out.st.bsize = UInt32(space.f_bsize)
        out.st.namelen = UInt32(space.f_namemax)
        out.st.frsize = UInt32(space.f_frsize)
        return out
    }

    /// Entries of a folder from an offset on, as many as fit.
    static func listing(
        _ entries: [(name: FileName, inode: Inode, type: UInt32)], from offset: Int, size: Int
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, entry) in entries.enumerated().dropFirst(offset) {
            let header = EntryHeader(
                ino: entry.inode.number, off: UInt64(index + 1),
                namelen: UInt32(entry.name.bytes.count), type: entry.type)
            let length = MemoryLayout<EntryHeader>.size + entry.name.bytes.count
            guard bytes.count + (length + 7) & ~7 <= size else { break }
            bytes += withUnsafeBytes(of: header) { Array($0) } + entry.name.bytes
            bytes += Array(repeating: 0, count: (8 - length % 8) % 8)
        }
        return bytes
    }

    /// `struct fuse_dirent` without its flexible array.
    private struct EntryHeader: BitwiseCopyable {
        var ino: UInt64
        var off: UInt64
        var namelen: UInt32
        var type: UInt32
    }
}
