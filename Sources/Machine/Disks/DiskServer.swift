internal import Foundation
internal import Glibc
internal import SystemPackage

/// The process of one disk: serves a folder over itself, and takes orders from its standard input.
///
/// It is a process of its own, and of few lines, because a file system's server that hangs holds
/// its node. It ends when its standard input does, so that it never outlives a harness.
public enum DiskServer {
    /// Mounts a volume of the folder over the folder and serves it; returns when it is over.
    ///
    /// The limbo is a folder beside it for files that have lost their names; it is made and
    /// removed here. A request that takes longer than `patience` ends the process.
    ///
    /// - Throws: `DiskError` if it cannot be served.
    public static func serve(
        folder: String, limbo: String, options: DiskOptions, patience: Duration
    ) throws(DiskError) {
        raiseLimit()
        let disk: SharedVolume
        do {
            disk = SharedVolume(try Volume.open(folder: folder, limbo: limbo, log: options.log))
        } catch {
            throw .folder(folder, error)
        }
        let watchdog = Watchdog(patience: patience)
        let server = FuseServer(try FuseMount.mount(on: folder), disk: disk, watchdog: watchdog)
        // Somebody may unmount it from outside; then nothing is left to do.
        server.start { exit(0) }
        watchdog.watch()
        answer(DiskAnswer())
        while let line = readLine() {
            guard let order = try? JSONDecoder().decode(DiskOrder.self, from: Data(line.utf8))
            else {
                answer(DiskAnswer(error: "unknown order: \(line)"))
                continue
            }
            if order == .finish { break }
            answer(perform(order, on: disk))
        }
        // Whoever still waits must be free before the process goes.
        disk.power.turnOff()
        // The process may end as soon as nothing is mounted.
        clear(limbo)
        FuseMount.unmount(folder)
        answer(DiskAnswer())
    }

    private static func perform(_ order: DiskOrder, on disk: SharedVolume) -> DiskAnswer {
        switch order {
        case .freeze(let time): disk.freeze(within: .milliseconds(time ?? 0))
        case .fail: disk.power.turnOff()
        case .lose(let loss):
            do throws(Errno) {
                return DiskAnswer(loss: try disk.lose(loss))
            } catch {
                return DiskAnswer(error: "rolling back failed: \(error)")
            }
        case .turn(let sickness, let seed):
            return DiskAnswer(symptoms: disk.turn(sickness, seed: seed))
        case .tell, .finish:
            let bytes = disk.undoBytes
            return DiskAnswer(held: bytes.held, overLimit: bytes.overLimit)
        }
        return DiskAnswer()
    }

    private static func answer(_ answer: DiskAnswer) {
        guard var line = try? JSONEncoder().encode(answer) else { return }
        line.append(UInt8(ascii: "\n"))
        // A harness that is gone has closed the standard input too, which ends the process.
        try? FileHandle.standardOutput.write(contentsOf: line)
    }

    private static func clear(_ limbo: String) {
        let descriptor = open(limbo, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // What stays behind is only litter in the run's folder.
        try? Volume.empty(descriptor)
        rmdir(limbo)
    }

    /// Every open file of the node is one of this process.
    private static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
