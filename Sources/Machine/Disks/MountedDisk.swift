internal import Foundation
internal import Glibc
internal import SystemPackage

/// A node's disk, served by a process of its own that this actor started.
///
/// Power loss, in this order: ``freeze()``, SIGKILL of the node, ``fail()``, ``lose(_:)``,
/// ``stop()``, and ``start()`` for what is left.
public actor MountedDisk {
    /// The node's name, for messages.
    public nonisolated let name: String
    /// The folder that is served over itself.
    public nonisolated let folder: String
    private let options: DiskOptions
    private let program: String
    private let log: String
    private var process: ServerProcess?
    private var channel: OrderChannel?
    /// Why it was given up, though nobody asked it to end.
    private var failure: DiskError?
    /// Whether its process has been asked to end.
    private var isEnding = false

    /// How long the process may take for one order.
    private static let patience = Duration.seconds(30)

    /// The disk of a node; `program` is this program, `log` a file for the server's last words.
    public init(
        name: String, folder: String, options: DiskOptions, program: String, log: String
    ) {
        self.name = name
        self.folder = folder
        self.options = options
        self.program = program
        self.log = log
    }

    /// Whether it is served at present.
    public var isMounted: Bool { process != nil }

    /// Why it cannot be used any more, though nobody asked its process to end; nil as long as all is
    /// well.
    public func broken() -> DiskError? {
        if failure == nil, !isEnding, process?.hasEnded == true {
            failure = .server(disk: name, why: "its process has ended")
        }
        return failure
    }

    /// The number of the process that serves it.
    public var server: Int32? { process?.number }

    /// Makes the folder if there is none, and mounts the disk over it.
    ///
    /// - Throws: `DiskError` with what the server said.
    public func start() async throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try open()
        do {
            _ = try await channel?.answer(within: Self.patience)
        } catch {
            await kill()
            let words = try? String(contentsOfFile: log, encoding: .utf8)
            throw DiskError.server(
                disk: name, why: words?.split(separator: "\n").last.map(String.init) ?? "\(error)")
        }
    }

    /// Starts the process with a channel to it.
    private func open() throws(DiskError) {
        let (channel, theirs) = try OrderChannel.pair(disk: name)
        // Only the process may hold its end, or nobody sees it go.
        defer { close(theirs) }
        process = try spawn(theirs)
        self.channel = channel
    }

    private func spawn(_ theirs: Int32) throws(DiskError) -> ServerProcess {
        let errors = Glibc.open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard errors >= 0 else {
            throw DiskError.server(disk: name, why: "\(log) cannot be written")
        }
        defer { close(errors) }
        return try ServerProcess(
            program, arguments, input: theirs, output: theirs, errors: errors, disk: name)
    }

    private var arguments: [String] {
        [
            "disk", "--folder", folder, "--limbo", folder + ".limbo", "--names",
            options.names.rawValue, "--memory", "\(options.memory)",
        ] + (options.flushedAfter.map { ["--flushed-after", "\($0)"] } ?? [])
    }

    // MARK: Orders

    /// From now on nothing changes, nothing becomes durable, and nobody gets an answer.
    ///
    /// Given a time, it waits so long at most for a moment at which something is unsynced: a system
    /// that syncs what it writes has none most of the time, and such a moment is what a power loss
    /// is about.
    public func freeze(within time: Duration = .zero) async throws {
        _ = try await ask(.freeze(within: Int(time / .milliseconds(1))))
    }

    /// Whoever waits gets EIO; the node should be dead by now, or about to die.
    public func fail() async throws { _ = try await ask(.fail) }

    /// Rolls a frozen disk back.
    ///
    /// - Returns: what is gone.
    public func lose(_ loss: PowerLoss) async throws -> LossReport {
        guard let report = try await ask(.lose(loss)).loss else {
            throw DiskError.server(disk: name, why: "it did not say what was lost")
        }
        return report
    }

    /// The disk falls ill, or is healed by nil.
    ///
    /// - Returns: what has shown of the sickness before.
    @discardableResult
    public func turn(_ sickness: Sickness?, seed: UInt64 = 0) async throws -> Health.Symptoms {
        try await ask(.turn(sickness, seed: seed)).symptoms ?? Health.Symptoms()
    }

    /// The bytes that its log holds, and those that counted as written back for want of room.
    public func undoBytes() async throws -> (held: Int, overLimit: Int) {
        let answer = try await ask(.tell)
        return (answer.held ?? 0, answer.overLimit ?? 0)
    }

    private func ask(_ order: DiskOrder) async throws -> DiskAnswer {
        guard let channel, isMounted else {
            throw DiskError.server(disk: name, why: "its process has ended")
        }
        do {
            return try await channel.ask(order, within: Self.patience)
        } catch {
            // What does not answer might hold the node.
            if failure == nil { failure = error as? DiskError }
            await kill()
            throw error
        }
    }

    /// Unmounts and ends the process; by force if it does not.
    public func stop() async {
        guard process != nil else { return }
        isEnding = true
        _ = try? await channel?.ask(.finish, within: .seconds(5))
        await kill()
    }

    /// Ends the process and takes its mount away.
    private func kill() async {
        guard let process else { return }
        isEnding = true
        await process.end()
        // After a death by force the mount is still there, and answers ENOTCONN.
        FuseMount.unmount(folder)
        self.process = nil
        channel = nil
        isEnding = false
    }

    /// Refuses a machine on which no disk could be served, before anything is made.
    ///
    /// - Throws: `DiskError.noDevice`.
    public static func requireDevice() throws(DiskError) {
        let descriptor = Glibc.open("/dev/fuse", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .noDevice(Errno(rawValue: errno)) }
        close(descriptor)
    }

    /// Proves that this process may serve disks: mounts one on a fresh folder.
    ///
    /// Call it inside of a lab.
    ///
    /// - Throws: `DiskError`.
    public static func probe() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "whitewater-disk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FuseMount.probe(on: folder.path)
    }
}
