internal import Disks
internal import Faults
internal import Foundation

/// The data of a node that is down, which can be damaged and brought back.
struct DataFolder {
    private let data: URL
    /// What was there before it was emptied.
    private let original: URL

    /// The data in a node's folder.
    init(_ folder: String) {
        data = URL(filePath: folder).appending(path: "data")
        original = URL(filePath: folder).appending(path: "data.original")
    }

    /// Puts an empty folder in place of the data.
    ///
    /// - Returns: what is gone, in words.
    func wipe() throws -> String {
        let files = try written()
        try FileManager.default.moveItem(at: data, to: original)
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        return "\(files.count) files are gone, \(files.reduce(0) { $0 + $1.size }) bytes"
    }

    /// How far back of a file's end that was written last reaches, in bytes.
    private static let recentBytes = 64 << 10
    /// So much of its very end is spared: there a flipped bit looks like the torn end of a write that
    /// was never finished, which a node may cut off.
    private static let lastBytes = 4 << 10

    /// Damages one file, by the seed.
    ///
    /// - Returns: what can be taken back; nil if nothing has been written yet.
    func corrupt(seed: UInt64, in place: DamagedPlace = .anywhere) throws -> FileDamage? {
        let files = try written().filter { $0.size > 0 }
        switch place {
        case .anywhere:
            guard !files.isEmpty else { return nil }
            let file = files[Int(seed % UInt64(files.count))]
            return try FileDamage(
                file.url, written: file.size, within: 0..<file.size, seed: seed)
        case .recent:
            let dated = try files.map { (file: $0, date: try Self.changed($0.url)) }
            guard let file = dated.max(by: { $0.date < $1.date })?.file else { return nil }
            let spared = min(Self.lastBytes, file.size / 2)
            let range = max(0, file.size - Self.recentBytes)..<file.size - spared
            return try FileDamage(file.url, written: file.size, within: range, seed: seed)
        }
    }

    private static func changed(_ file: URL) throws -> Date {
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        return attributes[.modificationDate] as? Date ?? .distantPast
    }

    /// Leaves an empty folder, for a node that is to be another one.
    func clear() throws {
        if FileManager.default.fileExists(atPath: data.path) {
            try FileManager.default.removeItem(at: data)
        }
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    }

    /// Brings the data back as they were before they were wiped.
    func restore() throws {
        try FileManager.default.removeItem(at: data)
        try FileManager.default.moveItem(at: original, to: data)
    }

    /// What is there now is the node's for good.
    func forgetOriginal() throws {
        guard FileManager.default.fileExists(atPath: original.path) else { return }
        try FileManager.default.removeItem(at: original)
    }

    /// The files in order, with how much of each has been written: room that was only reserved is
    /// zeros.
    private func written() throws -> [(url: URL, size: Int)] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: data.path).sorted()
        return try paths.compactMap { path in
            let url = data.appending(path: path)
            let type = try FileManager.default.attributesOfItem(atPath: url.path)[.type]
            guard type as? FileAttributeType == .typeRegular else { return nil }
            let bytes = try Data(contentsOf: url, options: .alwaysMapped)
            let end = bytes.withUnsafeBytes { $0.lastIndex { $0 != 0 } }
            return (url, end.map { $0 + 1 } ?? 0)
        }
    }
}
