internal import CLinux
internal import Foundation
internal import SystemPackage

/// Requests about names.
extension FuseServer {
    func answerNames(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        switch request.opcode {
        case FUSE_LOOKUP:
            let place = Place(request.inode, try request.name())
            return .value(
                try told { volume, _ throws(Errno) in try volume.inode(at: place) })
        case FUSE_MKNOD:
            let asked = try request.fixed(fuse_mknod_in.self)
            // Devices, pipes and sockets have no bytes that could be lost.
            guard asked.mode & S_IFMT == S_IFREG else { throw .notPermitted }
            let entry = try make(.file, request, behind: fuse_mknod_in.self, mode: asked.mode)
            try disk.use { volume, _ in volume.release(Inode(entry.nodeid)) }
            return .value(entry)
        case FUSE_MKDIR:
            let mode = try request.fixed(fuse_mkdir_in.self).mode
            return .value(try make(.folder, request, behind: fuse_mkdir_in.self, mode: mode))
        case FUSE_SYMLINK:
            let names = try request.names(2, behind: Void.self)
            try disk.need(.allocation)
            return .value(
                try told { volume, now throws(Errno) in
                    try volume.make(
                        .link(to: names[1].bytes), at: Place(request.inode, names[0]), mode: 0,
                        now: now)
                })
        case FUSE_CREATE:
            let asked = try request.fixed(fuse_create_in.self)
            let entry = try make(.file, request, behind: fuse_create_in.self, mode: asked.mode)
            return .values(entry, FuseServer.opened(Inode(entry.nodeid)))
        case FUSE_LINK: return try link(request)
        case FUSE_UNLINK, FUSE_RMDIR:
            let place = Place(request.inode, try request.name())
            try disk.use { volume, now throws(Errno) in
                try volume.remove(place, isFolder: request.opcode == FUSE_RMDIR, now: now)
            }
            return .done
        default: return try rename(request)
        }
    }

    /// A new entry's attributes; its name stands behind a fixed part.
    private func make<Part>(
        _ entry: NewEntry, _ request: FuseRequest, behind part: Part.Type, mode: UInt32
    ) throws(Errno) -> fuse_entry_out {
        let place = Place(request.inode, try request.names(1, behind: part)[0])
        try disk.need(.allocation)
        return try told { volume, now throws(Errno) in
            try volume.make(entry, at: place, mode: mode & 0o7777, now: now)
        }
    }

    private func link(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        let inode = Inode(try request.fixed(fuse_link_in.self).oldnodeid)
        let place = Place(request.inode, try request.names(1, behind: fuse_link_in.self)[0])
        try disk.need(.allocation)
        return .value(
            try told { volume, now throws(Errno) in
                try volume.link(inode, at: place, now: now)
                return inode
            })
    }

    private func rename(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        let folder: UInt64
        let names: [FileName]
        var flags: UInt32 = 0
        if request.opcode == FUSE_RENAME2 {
            let asked = try request.fixed(fuse_rename2_in.self)
            (folder, flags) = (asked.newdir, asked.flags)
            names = try request.names(2, behind: fuse_rename2_in.self)
        } else {
            folder = try request.fixed(fuse_rename_in.self).newdir
            names = try request.names(2, behind: fuse_rename_in.self)
        }
        // 1 is RENAME_NOREPLACE; exchanging two files and leaving whiteouts are refused.
        guard flags & ~1 == 0 else { throw .invalidArgument }
        try disk.use { volume, now throws(Errno) in
            try volume.rename(
                Place(request.inode, names[0]), to: Place(Inode(folder), names[1]),
                keepingTarget: flags & 1 != 0, now: now)
        }
        return .done
    }

    /// Finds or makes an inode and tells the kernel of it.
    private func told(
        _ body: (inout Volume, Duration) throws(Errno) -> Inode
    ) throws(Errno) -> fuse_entry_out {
        try disk.use { volume, now throws(Errno) in
            let inode = try body(&volume, now)
            let entry = FuseAttributes.entry(inode, try volume.status(of: inode))
            volume.noteLookup(inode)
            return entry
        }
    }

    /// The handle of an open file is its inode: what is open once is open for all.
    static func opened(_ inode: Inode) -> fuse_open_out {
        // The kernel may keep its pages: nobody else writes them.
        fuse_open_out(fh: inode.number, open_flags: 1 << 1, padding: 0)
    }

    func answerFolders(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        switch request.opcode {
        case FUSE_OPENDIR:
            let listing = try disk.use { volume, _ throws(Errno) in
                try volume.listing(of: request.inode)
            }
            return .value(fuse_open_out(fh: listings.add(listing), open_flags: 0, padding: 0))
        case FUSE_READDIR:
            let asked = try request.fixed(fuse_read_in.self)
            guard let listing = listings[asked.fh] else { throw .badFileDescriptor }
            return .bytes(
                FuseAttributes.listing(listing, from: Int(asked.offset), size: Int(asked.size)))
        default:
            listings.remove(try request.fixed(fuse_release_in.self).fh)
            return .done
        }
    }
}

extension Volume {
    /// The entries of a folder with their types, `.` and `..` first.
    func listing(of folder: Inode) throws(Errno) -> Listings.Listing {
        guard tree.isFolder(folder) else { throw .notDirectory }
        let parent = tree.places(of: folder).first?.folder ?? .root
        let dots: Listings.Listing = [
            (FileName("."), folder, UInt32(DT_DIR)), (FileName(".."), parent, UInt32(DT_DIR)),
        ]
        return dots
            + entries(of: folder).map { name, inode in
                let type =
                    switch infos[inode]?.kind {
                    case .folder: DT_DIR
                    case .link: DT_LNK
                    case .file, nil: DT_REG
                    }
                return (name, inode, UInt32(type))
            }
    }
}
