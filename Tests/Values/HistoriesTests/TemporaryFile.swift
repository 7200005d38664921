import Foundation

/// A file that is gone when nobody holds it any more.
final class TemporaryFile {
    let path: String

    init(_ text: String = "") throws {
        path =
            FileManager.default.temporaryDirectory.appending(
                path: "whitewater-\(UUID().uuidString)"
            ).path
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var text: String {
        get throws { try String(contentsOfFile: path, encoding: .utf8) }
    }
}
