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
        guard opened >= 0, flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let why = errno == EWOULDBLOCK ? nil : String(cString: strerror(errno))
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
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}
