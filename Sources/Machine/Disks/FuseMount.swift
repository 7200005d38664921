internal import Glibc
internal import SystemPackage

/// A file system of this process, mounted on a folder: a descriptor of /dev/fuse.
///
/// When the last process that has the descriptor ends, however it ends, the kernel answers every
/// request with ENOTCONN: nobody waits for a dead server.
struct FuseMount: ~Copyable, Sendable {
    let descriptor: Int32
    let folder: String

    /// Mounts; what was in the folder is covered as long as the mount stays.
    ///
    /// - Throws: `DiskError` if FUSE cannot be had here.
    static func mount(on folder: String) throws(DiskError) -> FuseMount {
        // The descriptor must be opened inside of the namespace that it mounts in.
        let descriptor = open("/dev/fuse", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .noDevice(Errno(rawValue: errno)) }
        let options =
            "fd=\(descriptor),rootmode=40000,user_id=\(geteuid()),group_id=\(getegid())"
            + ",default_permissions,allow_other"
        let flags = UInt(MS_NOSUID) | UInt(MS_NODEV)
        guard Glibc.mount("whitewater", folder, "fuse.whitewater", flags, options) == 0 else {
            let error = Errno(rawValue: errno)
            close(descriptor)
            throw .notMounted(folder: folder, error)
        }
        return FuseMount(descriptor: descriptor, folder: folder)
    }

    private init(descriptor: Int32, folder: String) {
        self.descriptor = descriptor
        self.folder = folder
    }

    deinit { close(descriptor) }

    /// Takes the file system away from all who look for it from now on.
    static func unmount(_ folder: String) { _ = umount2(folder, Int32(MNT_DETACH)) }

    /// Whether this process may serve file systems: mounts one on a folder, and takes it away.
    static func probe(on folder: String) throws(DiskError) {
        let mount = try mount(on: folder)
        unmount(mount.folder)
    }
}
