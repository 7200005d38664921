import Foundation
import RaftStorage

/// A folder that is as on its first day again at each start: whatever the server has promised
/// since is gone, and its name, and the life by which the others know it, are not.
struct ForgottenFolder {
    private let folder: URL
    private let firstDay: URL

    init(_ disk: any Disk) {
        folder = URL(filePath: disk.folder)
        firstDay = folder.deletingLastPathComponent()
            .appending(path: folder.lastPathComponent + ".first-day")
    }

    /// Brings the first day back, if there was one.
    ///
    /// - Returns: whether anything has been forgotten.
    func restore() throws -> Bool {
        let files = FileManager.default
        guard files.fileExists(atPath: firstDay.path) else { return false }
        for name in try files.contentsOfDirectory(atPath: folder.path) {
            try files.removeItem(at: folder.appending(path: name))
        }
        for name in try files.contentsOfDirectory(atPath: firstDay.path) {
            try files.copyItem(
                at: firstDay.appending(path: name), to: folder.appending(path: name))
        }
        return true
    }

    /// Remembers the first day, before anything has been promised.
    func keep() throws {
        let files = FileManager.default
        guard !files.fileExists(atPath: firstDay.path) else { return }
        let temporary = firstDay.appendingPathExtension("tmp")
        try? files.removeItem(at: temporary)
        try files.copyItem(at: folder, to: temporary)
        try files.moveItem(at: temporary, to: firstDay)
    }
}
