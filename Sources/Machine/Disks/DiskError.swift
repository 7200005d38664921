public import SystemPackage

/// Why a disk that can lose power cannot be had or used, and what to do.
public enum DiskError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kernel's FUSE device cannot be opened.
    case noDevice(Errno)
    /// No ext4 can be mounted from a file.
    case noLoop(String)
    /// Disks can be had in neither way.
    case neither(fuse: String, ext4: String)
    /// The file system cannot be mounted.
    case notMounted(folder: String, Errno)
    /// The folder cannot be read or changed.
    case folder(String, Errno)
    /// The process that serves a disk does not do what it was asked to.
    case server(disk: String, why: String)

    /// What failed and what to do next.
    public var description: String {
        switch self {
        case .noDevice(.noSuchFileOrDirectory), .noDevice(.noSuchAddressOrDevice),
            .noDevice(.operationNotSupportedByDevice):
            "/dev/fuse is missing; `modprobe fuse` as root, or a kernel that has FUSE"
        case .noDevice(.permissionDenied):
            "/dev/fuse may not be opened; `chmod 666 /dev/fuse` as root"
        case .noDevice(let error):
            "/dev/fuse cannot be opened (\(error)); in a container allow the device "
                + "(docker run --device /dev/fuse)"
        case .noLoop(let why): "no ext4 on a loop device: \(why)"
        case .neither(let fuse, let ext4): "\(fuse); and in its place \(ext4)"
        case .notMounted(let folder, .notPermitted):
            "no file system can be mounted on \(folder) (not permitted); in a container allow "
                + "mounts (docker run --cap-add SYS_ADMIN)"
        case .notMounted(let folder, let error):
            "no file system can be mounted on \(folder): \(error)"
        case .folder(let folder, let error):
            "\(folder) cannot be served: \(error); is it writable, and on a file system with room?"
        case .server(let disk, let why):
            "the disk of \(disk) failed: \(why); read disk.log beside its stderr.log"
        }
    }
}
