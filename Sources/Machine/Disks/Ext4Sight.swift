internal import CLinux
internal import Foundation
internal import Glibc
internal import SystemPackage

/// The files of a mounted disk, mapped: they can be looked at even after the disk was shut down, as far
/// as the kernel has them in memory.
final class Ext4Sight {
    /// One file.
    private struct Mapped {
        let inode: UInt64
        let size: Int
        let descriptor: Int32
        let address: UnsafeMutableRawPointer?
    }

    private var mapped: [Mapped] = []
    private var names: [String: UInt64] = [:]

    /// Maps all files of a folder and of those in it.
    init(of folder: String) throws(DiskError) {
        guard let paths = FileManager.default.enumerator(atPath: folder) else {
            throw .folder(folder, .ioError)
        }
        for case let path as String in paths { try add(path, in: folder) }
    }

    private func add(_ path: String, in folder: String) throws(DiskError) {
        let whole = folder + "/" + path
        var status = stat()
        // What the node removes meanwhile is not there.
        guard lstat(whole, &status) == 0 else { return }
        let inode = UInt64(status.st_ino)
        let isKnown = names.values.contains(inode)
        names[path] = inode
        guard status.st_mode & S_IFMT == S_IFREG, !isKnown else { return }
        let descriptor = open(whole, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw .folder(whole, Errno(rawValue: errno))
        }
        let size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        let address = size > 0 ? mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0) : nil
        mapped.append(
            Mapped(
                inode: inode, size: size, descriptor: descriptor,
                address: address == MAP_FAILED ? nil : address))
    }

    deinit {
        for file in mapped {
            if let address = file.address { munmap(address, file.size) }
            close(file.descriptor)
        }
    }

    /// What the files hold now.
    func files() -> FileSums {
        var sums = FileSums(names: names)
        for file in mapped { sums.files[file.inode] = content(of: file) }
        return sums
    }

    private func content(of file: Mapped) -> FileSums.Content {
        var content = FileSums.Content(size: file.size)
        guard let address = file.address else { return content }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset: off_t = 0
        while true {
            // Room that was only reserved is as good as a hole.
            let start = lseek(file.descriptor, offset, clinux_seek_data)
            guard start >= 0 else { break }
            let end = min(off_t(file.size), lseek(file.descriptor, start, clinux_seek_hole))
            guard end > start else { break }
            var place = Int(start) / content.grain * content.grain
            while place < end {
                let count = min(buffer.count, Int(end) - place)
                // Not a plain copy: a page that cannot be read is an error, and not a signal.
                guard clinux_copy_mapped(&buffer, address + place, count) == 0 else {
                    place += buffer.count
                    continue
                }
                content.note(buffer[..<count], at: place)
                place += count
            }
            offset = end
        }
        return content
    }
}

/// What files hold, in short: a checksum for each few bytes.
struct FileSums {
    /// One file.
    struct Content {
        /// In bytes.
        let size: Int
        /// So many bytes share a checksum.
        let grain: Int
        /// One for each so many bytes; those of zeros are nil.
        private(set) var sums: [UInt32?]

        /// A file of zeros.
        init(size: Int) {
            self.size = size
            grain = size <= 256 << 20 ? 64 : 4_096
            sums = Array(repeating: nil, count: (size + grain - 1) / grain)
        }

        /// Notes bytes at a place that a checksum begins at.
        mutating func note(_ bytes: ArraySlice<UInt8>, at place: Int) {
            for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: grain) {
                let piece = bytes[start..<min(start + grain, bytes.endIndex)]
                let index = (place + start - bytes.startIndex) / grain
                guard index < sums.count, piece.contains(where: { $0 != 0 }) else { continue }
                sums[index] = piece.withUnsafeBytes {
                    clinux_crc32c(0, $0.baseAddress, UInt($0.count))
                }
            }
        }

        /// How many of its bytes another content of the file does not have, to within a grain.
        func bytesMissing(in other: Content?) -> Int {
            sums.indices.reduce(0) { count, index in
                let theirs = other.flatMap {
                    $0.sums.indices.contains(index) ? $0.sums[index] : nil
                }
                guard let own = sums[index], own != theirs else { return count }
                return count + min(grain, size - index * grain)
            }
        }
    }

    /// Paths in the folder, with the numbers of what they name.
    var names: [String: UInt64]
    /// Files by their numbers.
    var files: [UInt64: Content] = [:]

    init(names: [String: UInt64]) { self.names = names }

    /// What is gone in a later state.
    func report(after later: FileSums) -> LossReport {
        var report = LossReport()
        for (inode, content) in files {
            let other = later.files[inode]
            let missing = content.bytesMissing(in: other)
            report.bytes += missing
            if missing > 0 || other?.size != content.size { report.files += 1 }
        }
        for (path, inode) in names where later.names[path] != inode {
            report.namesGone += 1
        }
        for (path, inode) in later.names where names[path] != inode { report.namesBack += 1 }
        return report
    }
}
