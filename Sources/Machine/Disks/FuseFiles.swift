internal import CLinux
internal import Foundation
internal import SystemPackage

/// Requests about what is in files, and about their attributes.
extension FuseServer {
    func answerFiles(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        let inode = request.inode
        switch request.opcode {
        case FUSE_GETATTR:
            let status = try disk.use { volume, _ throws(Errno) in try volume.status(of: inode) }
            return .value(FuseAttributes.answer(status))
        case FUSE_SETATTR: return try setAttributes(request)
        case FUSE_READLINK:
            return .bytes(
                try disk.use { volume, _ throws(Errno) in try volume.target(of: inode) })
        case FUSE_OPEN:
            try disk.use { volume, _ throws(Errno) in try volume.open(inode) }
            return .value(FuseServer.opened(inode))
        case FUSE_RELEASE:
            try disk.use { volume, _ in volume.release(inode) }
            return .done
        case FUSE_READ: return try read(request)
        case FUSE_WRITE: return try write(request)
        case FUSE_FSYNC, FUSE_FSYNCDIR:
            let flags = try request.fixed(fuse_fsync_in.self).fsync_flags
            try disk.sync(inode, dataOnly: flags & 1 != 0)
            return .done
        case FUSE_FALLOCATE: return try allocate(request)
        case FUSE_LSEEK: return try seek(request)
        // The kernel keeps locks itself, copies by reading and writing, and knows no extended
        // attributes and no nameless files here.
        default: throw .noFunction
        }
    }

    private func read(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        let asked = try request.fixed(fuse_read_in.self)
        try disk.need(.read)
        let descriptor = try disk.use { volume, _ throws(Errno) in
            try volume.descriptor(of: request.inode)
        }
        let start = Int(asked.offset)
        return .bytes(try Volume.read(descriptor, start..<start + Int(asked.size)))
    }

    private func write(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        let asked = try request.fixed(fuse_write_in.self)
        let bytes = UnsafeRawBufferPointer(
            rebasing: request.rest(behind: fuse_write_in.self).prefix(Int(asked.size)))
        guard bytes.count == asked.size else { throw .invalidArgument }
        try disk.need(.allocation)
        let written = try disk.use { volume, now throws(Errno) in
            try volume.write(request.inode, at: Int(asked.offset), bytes, now: now)
        }
        return .value(fuse_write_out(size: UInt32(written), padding: 0))
    }

    private func allocate(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        let asked = try request.fixed(fuse_fallocate_in.self)
        try disk.need(.allocation)
        let start = Int(asked.offset)
        try disk.use { volume, now throws(Errno) in
            try volume.allocate(
                request.inode, start..<start + Int(asked.length), mode: asked.mode, now: now)
        }
        return .done
    }

    private func seek(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        let asked = try request.fixed(fuse_lseek_in.self)
        let descriptor = try disk.use { volume, _ throws(Errno) in
            try volume.descriptor(of: request.inode)
        }
        let found = lseek(descriptor, off_t(asked.offset), Int32(asked.whence))
        guard found >= 0 else { throw Errno(rawValue: errno) }
        return .value(fuse_lseek_out(offset: UInt64(found)))
    }

    private func setAttributes(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        let asked = try request.fixed(fuse_setattr_in.self)
        func has(_ bit: Int) -> Bool { asked.valid & 1 << UInt32(bit) != 0 }
        let inode = request.inode
        let status = try disk.use { volume, now throws(Errno) in
            if has(3) { try volume.resize(inode, to: Int(asked.size), now: now) }
            try volume.change(
                inode, mode: has(0) ? asked.mode & 0o7777 : nil, owner: has(1) ? asked.uid : nil,
                group: has(2) ? asked.gid : nil,
                times: has(4) || has(5)
                    ? (
                        Self.time(
                            asked.atime, asked.atimensec, isSet: has(4), isNow: has(7)),
                        Self.time(asked.mtime, asked.mtimensec, isSet: has(5), isNow: has(8))
                    ) : nil)
            return try volume.status(of: inode)
        }
        return .value(FuseAttributes.answer(status))
    }

    /// A time for utimensat(2), whose marks for "now" and "leave it" Glibc's module hides.
    private static func time(
        _ seconds: UInt64, _ nanoseconds: UInt32, isSet: Bool, isNow: Bool
    ) -> timespec {
        let now = (1 << 30) - 1
        let omit = (1 << 30) - 2
        guard isSet else { return timespec(tv_sec: 0, tv_nsec: omit) }
        guard !isNow else { return timespec(tv_sec: 0, tv_nsec: now) }
        return timespec(
            tv_sec: Int(bitPattern: UInt(seconds)), tv_nsec: Int(nanoseconds))
    }
}
