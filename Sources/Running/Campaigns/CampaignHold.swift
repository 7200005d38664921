internal import Foundation

/// The right to work on a campaign's folder: one process has it at a time, and it ends with that
/// process, however it ends.
final class CampaignHold {
    private let descriptor: Int32

    /// Takes the right.
    ///
    /// - Throws: `CampaignError` if another process has it.
    init(_ path: String) throws(CampaignError) {
        let opened = open(path + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        var whole = Self.whole
        guard opened >= 0, fcntl(opened, Self.setLock, &whole) == 0 else {
            let why = errno == EAGAIN ? nil : String(cString: strerror(errno))
            if opened >= 0 { close(opened) }
            throw CampaignError(
                path: path, why: why ?? "another process works on it; wait for that, or end it")
        }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Whether some process has it.
    static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path + "/lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Asking takes nothing: a campaign that begins just now is not disturbed.
        var found = whole
        return fcntl(descriptor, getLock, &found) == 0 && found.l_type != Int16(F_UNLCK)
    }

    // Locks of the open file, not of the process (fcntl_locking(2)); Glibc's module hides them.
    private static let getLock: Int32 = 36
    private static let setLock: Int32 = 37

    private static var whole: flock {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }
}
