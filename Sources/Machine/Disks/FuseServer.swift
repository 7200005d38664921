internal import CLinux
internal import Foundation
internal import Synchronization
internal import SystemPackage

/// Answers the kernel's requests for a mounted volume, on threads of its own.
final class FuseServer: Sendable {
    /// The most bytes that one write carries.
    static let maxWrite = 1 << 20
    /// Requests that wait for a slow disk must not keep others from being read.
    private static let threads = 16

    private let mount: FuseMount
    let disk: SharedVolume
    let listings = Listings()
    private let watchdog: Watchdog

    init(_ mount: consuming FuseMount, disk: SharedVolume, watchdog: Watchdog) {
        self.mount = mount
        self.disk = disk
        self.watchdog = watchdog
    }

    /// Starts the threads; calls the closure when the file system has been unmounted.
    func start(ended: @escaping @Sendable () -> Void) {
        let running = Mutex(Self.threads)
        let left = Shared(running)
        for _ in 0..<Self.threads {
            Thread.detachNewThread { [self] in
                serve()
                if left.value.withLock({
                    $0 -= 1
                    return $0 == 0
                }) {
                    ended()
                }
            }
        }
    }

    private final class Shared: Sendable {
        let value: Mutex<Int>
        init(_ value: consuming Mutex<Int>) { self.value = value }
    }

    private func serve() {
        let size = Self.maxWrite + 8_192
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 4_096)
        defer { buffer.deallocate() }
        while true {
            let count = read(mount.descriptor, buffer.baseAddress, size)
            if count < 0 {
                // Interrupted, or a request that was taken back.
                if errno == EINTR || errno == EAGAIN || errno == ENOENT { continue }
                return
            }
            guard let request = FuseRequest(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            else { continue }
            let turn = watchdog.begin("\(request.header.opcode)")
            let answer = answer(request)
            watchdog.end(turn)
            let isOn = disk.power.pass()
            reply(
                to: request,
                Self.wantsAnswerWithoutPower(request) || isOn ? answer : .error(.ioError))
        }
    }

    /// Closing needs no disk.
    private static func wantsAnswerWithoutPower(_ request: FuseRequest) -> Bool {
        [FUSE_RELEASE, FUSE_RELEASEDIR, FUSE_FORGET, FUSE_BATCH_FORGET, FUSE_DESTROY]
            .contains(request.opcode)
    }

    private func reply(to request: FuseRequest, _ answer: FuseAnswer) {
        var bytes: [UInt8] = []
        var code: Int32 = 0
        switch answer {
        case .none: return
        case .bytes(let answer): bytes = answer
        case .error(let error): code = -error.rawValue
        }
        var header = fuse_out_header(
            len: UInt32(MemoryLayout<fuse_out_header>.size + bytes.count), error: code,
            unique: request.header.unique)
        // The kernel may have given up on it, which is no error of ours.
        bytes.withUnsafeMutableBytes { body in
            withUnsafeMutableBytes(of: &header) { head in
                let parts = [
                    iovec(iov_base: head.baseAddress, iov_len: head.count),
                    iovec(iov_base: body.baseAddress, iov_len: body.count),
                ]
                _ = writev(mount.descriptor, parts, Int32(body.isEmpty ? 1 : 2))
            }
        }
    }

    private func answer(_ request: FuseRequest) -> FuseAnswer {
        do throws(Errno) {
            switch request.opcode {
            case FUSE_INIT: return try initialise(request)
            case FUSE_DESTROY: return .done
            case FUSE_INTERRUPT: return .error(.noFunction)
            case FUSE_FORGET, FUSE_BATCH_FORGET: return try forget(request)
            case FUSE_STATFS:
                let space = try disk.use { volume, _ throws(Errno) in try volume.space() }
                return .value(FuseAttributes.space(space))
            case FUSE_LOOKUP, FUSE_MKNOD, FUSE_MKDIR, FUSE_SYMLINK, FUSE_LINK, FUSE_CREATE,
                FUSE_UNLINK, FUSE_RMDIR, FUSE_RENAME, FUSE_RENAME2:
                return try answerNames(request)
            case FUSE_OPENDIR, FUSE_READDIR, FUSE_RELEASEDIR: return try answerFolders(request)
            default: return try answerFiles(request)
            }
        } catch {
            return .error(error)
        }
    }

    private func initialise(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        let asked = try request.fixed(fuse_init_in.self)
        guard asked.major == 7, asked.minor >= 28 else { throw .invalidArgument }
        // No write-back cache: only dirty shared mappings hide in the kernel then.
        let wanted: UInt32 =
            1 << 0  // asynchronous reads
            | 1 << 5  // writes of more than a page
            | 1 << 15  // asynchronous direct writes
            | 1 << 18  // parallel lookups
            | 1 << 22  // requests of more than 32 pages
            | 1 << 23  // targets of links are kept
        var answer = fuse_init_out()
        answer.major = 7
        answer.minor = min(asked.minor, 38)
        answer.max_readahead = asked.max_readahead
        answer.flags = asked.flags & wanted
        answer.max_background = 64
        answer.congestion_threshold = 48
        answer.max_write = UInt32(Self.maxWrite)
        answer.max_pages = UInt16(Self.maxWrite / 4_096)
        answer.time_gran = 1
        return .value(answer)
    }

    private func forget(_ request: FuseRequest) throws(Errno) -> FuseAnswer {
        if request.opcode == FUSE_FORGET {
            let count = try request.fixed(fuse_forget_in.self).nlookup
            try disk.use { volume, _ in volume.forget(request.inode, count) }
        } else {
            let count = Int(try request.fixed(fuse_batch_forget_in.self).count)
            let rest = request.rest(behind: fuse_batch_forget_in.self)
            let size = MemoryLayout<fuse_forget_one>.size
            guard rest.count >= count * size else { throw .invalidArgument }
            try disk.use { volume, _ in
                for index in 0..<count {
                    let one = rest.loadUnaligned(
                        fromByteOffset: index * size, as: fuse_forget_one.self)
                    volume.forget(Inode(one.nodeid), one.nlookup)
                }
            }
        }
        return .none
    }
}

/// The folders that are being read, as they were when they were opened.
final class Listings: Sendable {
    typealias Listing = [(name: FileName, inode: Inode, type: UInt32)]

    private struct State {
        var listings: [UInt64: Listing] = [:]
        var next: UInt64 = 1
    }

    private let state = Mutex(State())

    func add(_ listing: Listing) -> UInt64 {
        state.withLock { state in
            defer { state.next += 1 }
            state.listings[state.next] = listing
            return state.next
        }
    }

    subscript(handle: UInt64) -> Listing? { state.withLock { $0.listings[handle] } }

    func remove(_ handle: UInt64) { _ = state.withLock { $0.listings.removeValue(forKey: handle) } }
}
