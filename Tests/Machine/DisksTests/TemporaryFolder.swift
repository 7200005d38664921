import Foundation

/// A folder that is removed with all that is in it.
struct TemporaryFolder: ~Copyable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "disks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url.appending(path: "data"), withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    /// What is in the folder `data`.
    func sight() throws -> [String: [UInt8]?] {
        var sight: [String: [UInt8]?] = [:]
        let data = path("data")
        let names = FileManager.default.enumerator(atPath: data)?.compactMap { $0 as? String }
        for name in names ?? [] {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: data + "/" + name, isDirectory: &isFolder)
            if isFolder.boolValue {
                sight[name + "/"] = .some(nil)
            } else {
                sight[name] = Array(try Data(contentsOf: URL(filePath: data + "/" + name)))
            }
        }
        return sight
    }
}
