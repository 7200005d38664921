internal import CLinux
internal import Foundation
internal import Glibc
internal import SystemPackage

/// A node's disk where FUSE is missing: ext4 in a sparse file, on a loop device, mounted over the folder.
///
/// At a power loss the kernel is told to shut the file system down without writing its journal
/// (EXT4_IOC_SHUTDOWN), and mounts what the file holds by then: it loses what real ext4 would lose, and
/// nothing can be torn or chosen. The loop device goes with the last mount of it, however that ends, and
/// the mount with the lab's namespace: nothing outlives a killed harness but the file.
public actor Ext4Disk: LosingDisk {
    private let name: String
    private let folder: String
    private let image: String
    private let log: String
    private var sight: Ext4Sight?
    private var failure: DiskError?
    private var hasMount = false
    private var isShut = false

    /// Room that a disk has at most; only what is written takes any.
    private static let bytes: off_t = 8 << 30

    /// The disk of a node; `log` is a file for the last words of the system's programs.
    public init(name: String, folder: String, log: String) {
        self.name = name
        self.folder = folder
        self.log = log
        image = folder + ".ext4"
    }

    /// Whether it is mounted and can be used.
    public var isMounted: Bool { hasMount && !isShut }

    /// Why its files could not be brought back as plain ones.
    public func broken() -> DiskError? { failure }

    // MARK: Mounting

    /// Mounts what the disk holds; a disk that is new takes the folder's files in.
    public func start() async throws {
        guard !isMounted else { return }
        try share()
        if hasMount { try await unmount() }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        guard !FileManager.default.fileExists(atPath: image) else { return try await mount() }
        let files = FileManager.default
        let plain = folder + ".plain"
        try await make()
        try files.moveItem(atPath: folder, toPath: plain)
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await mount()
        // A system may refuse a folder with something in it that is not its own.
        try files.removeItem(atPath: folder + "/lost+found")
        try await run("cp", ["-a", "--sparse=always", plain + "/.", folder])
        try sync()
        try files.removeItem(atPath: plain)
    }

    private func make() async throws {
        let descriptor = open(image, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DiskError.folder(image, Errno(rawValue: errno)) }
        defer { close(descriptor) }
        guard ftruncate(descriptor, Self.bytes) == 0 else {
            throw DiskError.folder(image, Errno(rawValue: errno))
        }
        try await run(
            "mkfs.ext4",
            ["-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1", image])
    }

    /// Shares the lab's mounts with the namespaces below.
    ///
    /// Nodes have mount namespaces of their own (`ip netns exec`), and in them copies of what is mounted
    /// when they start. Copies go with the original only if the mount around it is shared: a file
    /// system that one copy keeps alive stays shut down for ever. Only the lab's own namespace and
    /// those below it are concerned.
    private func share() throws(DiskError) {
        guard Glibc.mount("none", "/", nil, UInt(MS_REC) | UInt(MS_SHARED), nil) == 0 else {
            throw .server(disk: name, why: "the lab's mounts cannot be shared, errno \(errno)")
        }
    }

    private func mount() async throws {
        // mount(8) finds a free loop device, and has it freed with the mount.
        try await run("mount", ["-t", "ext4", "-o", "loop,noatime,nosuid,nodev", image, folder])
        hasMount = true
        isShut = false
    }

    /// A process that has just been forked holds what its parent had open, until it runs its program.
    private static let patience = Duration.seconds(10)

    private func unmount() async throws {
        sight = nil
        let deadline = ContinuousClock.now + Self.patience
        while umount2(folder, 0) != 0 {
            let error = errno
            guard error == EBUSY, ContinuousClock.now < deadline else {
                throw DiskError.server(disk: name, why: "it cannot be unmounted, errno \(error)")
            }
            // Nobody tells when the last holder lets go.
            try await Task.sleep(for: .milliseconds(5))
        }
        hasMount = false
        isShut = false
        // A dead node's copy of the mount goes a moment after the node. Until then the file system
        // lives on, and who mounts it again gets it as it is: shut down.
        while try hasDevice() {
            guard ContinuousClock.now < deadline else {
                throw DiskError.server(
                    disk: name,
                    why: "its loop device is still in use \(Self.patience) after the end")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Whether a loop device still has the disk's file: it is freed with the last mount.
    private func hasDevice() throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/sys/block").contains { block in
            // One that has been freed since has no such file.
            let file = try? String(
                contentsOfFile: "/sys/block/\(block)/loop/backing_file", encoding: .utf8)
            return file?.trimmingCharacters(in: .newlines) == image
        }
    }

    private func sync() throws(DiskError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .folder(folder, Errno(rawValue: errno)) }
        defer { close(descriptor) }
        let error = clinux_sync_file_system(descriptor)
        guard error == 0 else { throw .folder(folder, Errno(rawValue: error)) }
    }

    /// Unmounts it and leaves its files in the folder, as plain ones.
    public func stop() async {
        guard hasMount else { return }
        do {
            if isShut {
                try await unmount()
                try await mount()
            }
            let plain = folder + ".plain"
            try FileManager.default.createDirectory(
                atPath: plain, withIntermediateDirectories: true)
            try await run("cp", ["-a", "--sparse=always", folder + "/.", plain])
            try await unmount()
            try FileManager.default.removeItem(atPath: folder)
            try FileManager.default.moveItem(atPath: plain, toPath: folder)
            try FileManager.default.removeItem(atPath: image)
        } catch {
            failure = error as? DiskError ?? .server(disk: name, why: "\(error)")
            _ = umount2(folder, Int32(MNT_DETACH))
            hasMount = false
        }
    }

    // MARK: Power

    /// Nothing: the kernel's file system goes on until ``fail()``.
    public func freeze(within time: Duration) {}

    /// Shuts the file system down: what its journal does not have by now is gone.
    public func fail() throws {
        guard hasMount else { throw DiskError.server(disk: name, why: "it is not mounted") }
        guard !isShut else { return }
        let root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw DiskError.folder(folder, Errno(rawValue: errno)) }
        defer { close(root) }
        // Later nothing can be opened any more; what has been mapped can still be looked at.
        sight = try Ext4Sight(of: folder)
        let error = clinux_shut_down(root)
        guard error == 0 else {
            throw DiskError.server(disk: name, why: "ext4 does not shut down, errno \(error)")
        }
        isShut = true
    }

    /// Mounts what the journal holds, and compares it with what the node saw.
    ///
    /// - Returns: what is gone; what nobody had synced and is there all the same, nobody knows.
    public func loseUnsynced(_ loss: PowerLoss) async throws -> LossReport {
        let before = try lastSeen()
        try await unmount()
        try await mount()
        return before.report(after: try Ext4Sight(of: folder).files())
    }

    /// In a function of its own: as long as somebody holds the sight, nothing can be unmounted.
    private func lastSeen() throws(DiskError) -> FileSums {
        guard isShut, let sight else {
            throw .server(disk: name, why: "it has not been shut down")
        }
        return sight.files()
    }

    /// A real disk's health is its own.
    ///
    /// - Throws: always; a plan that asks for it is refused before it starts.
    public func turn(_ sickness: Sickness?, seed: UInt64) throws -> Health.Symptoms {
        throw DiskError.server(disk: name, why: "ext4 cannot be made ill; that needs FUSE")
    }

    private func run(_ program: String, _ arguments: [String]) async throws {
        try await SystemTool(program).run(arguments, log: log, disk: name)
    }

    // MARK: Whether it can be had

    /// Refuses a machine on which none could be made, before anything is made.
    ///
    /// - Throws: `DiskError.noLoop` with what to do.
    public static func requireDevice() throws(DiskError) {
        guard geteuid() == 0 else {
            throw .noLoop("only root mounts ext4; run it as root, or with FUSE")
        }
        let map = (try? String(contentsOfFile: "/proc/self/uid_map", encoding: .utf8)) ?? ""
        guard map.split(separator: " ").map(String.init).first == "0",
            map.contains("4294967295")
        else {
            throw .noLoop(
                "only the machine's own root mounts ext4; run it outside of a container, or with FUSE"
            )
        }
        let control = open("/dev/loop-control", O_RDWR | O_CLOEXEC)
        guard control >= 0 else {
            throw .noLoop("/dev/loop-control: \(Errno(rawValue: errno)); `modprobe loop`")
        }
        close(control)
        for program in ["mkfs.ext4", "mount", "cp"] { _ = try SystemTool(program) }
    }

    /// Proves that this machine can have one: makes it, loses power, and takes it away again.
    ///
    /// Call it inside of a lab.
    ///
    /// - Throws: `DiskError`.
    public static func probe() async throws {
        try requireDevice()
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "whitewater-ext4-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let disk = Ext4Disk(
            name: "probe", folder: folder.path + "/data", log: folder.path + "/disk.log")
        try await disk.start()
        do {
            try await disk.fail()
            _ = try await disk.loseUnsynced(PowerLoss(.nothing, seed: 1))
        } catch {
            await disk.stop()
            throw error
        }
        await disk.stop()
        if let failure = await disk.broken() { throw failure }
    }
}
