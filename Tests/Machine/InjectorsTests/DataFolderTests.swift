import Faults
import Foundation
import Testing

@testable import Injectors

/// What is done to a node's data while it is down.
@Suite struct `A damaged folder` {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "damage-\(UUID().uuidString)")

    private func make() throws -> (DataFolder, URL) {
        let data = folder.appending(path: "data")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        // Written bytes, and room that was only reserved behind them.
        try Data((1...200).map { UInt8($0) } + [UInt8](repeating: 0, count: 5_000))
            .write(to: data.appending(path: "log"))
        try Data().write(to: data.appending(path: "empty"))
        return (DataFolder(folder.path), data.appending(path: "log"))
    }

    @Test(arguments: UInt64(1)...40)
    func `differs in one bit that was written, or is cut short in it, until that is taken back`(
        seed: UInt64
    ) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (data, log) = try make()
        let before = try Data(contentsOf: log)
        let damage = try #require(try data.corrupt(seed: seed))
        let after = try Data(contentsOf: log)
        if damage.summary.contains("was cut") {
            #expect(after == before.prefix(after.count) && after.count < 200)
        } else {
            let flipped = zip(before, after).map { ($0 ^ $1).nonzeroBitCount }
            #expect(after.count == before.count)
            #expect(flipped.reduce(0, +) == 1)
            #expect(flipped[200...].allSatisfy { $0 == 0 })
        }
        #expect(try damage.undo())
        #expect(try Data(contentsOf: log) == before)
        #expect(try !damage.undo(), "once is enough")
    }

    /// Bytes of the node's own, that must stay: they may have been promised to others.
    private static let fresh = Data(repeating: 0xee, count: 64)

    @Test(arguments: UInt64(1)...40)
    func `keeps what the node has written since behind the damage, or over it`(seed: UInt64) throws
    {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (data, log) = try make()
        let before = try Data(contentsOf: log)
        let damage = try #require(try data.corrupt(seed: seed))
        let handle = try FileHandle(forUpdating: log)
        try handle.seek(toOffset: 3_000)
        try handle.write(contentsOf: Self.fresh)
        try handle.close()
        #expect(try damage.undo(), "zeros in front of it are only room")
        let after = try Data(contentsOf: log)
        #expect(after.prefix(3_000) == before.prefix(3_000))
        #expect(after[3_000..<3_064] == Self.fresh && after.count == before.count)
    }

    @Test(arguments: UInt64(1)...40)
    func `is left alone where the node has written over the damage, or removed the file`(
        seed: UInt64
    ) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (data, log) = try make()
        let damage = try #require(try data.corrupt(seed: seed))
        let own = Data(repeating: 0xee, count: 5_200)
        try own.write(to: log)
        #expect(try !damage.undo())
        #expect(try Data(contentsOf: log) == own)
        try FileManager.default.removeItem(at: log)
        #expect(try !damage.undo())
        #expect(!FileManager.default.fileExists(atPath: log.path))
    }

    @Test(arguments: UInt64(1)...40)
    func `is struck in what was written last, but for the very end, if that is asked for`(
        seed: UInt64
    ) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (data, log) = try make()
        let recent = log.deletingLastPathComponent().appending(path: "recent")
        let before = Data(repeating: 0xaa, count: 200_000)
        try before.write(to: recent)
        for (file, date) in [(log, 1_000.0), (recent, 2_000)] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: date)],
                ofItemAtPath: file.path)
        }
        let damage = try #require(try data.corrupt(seed: seed, in: .recent))
        let after = try Data(contentsOf: recent)
        let place = zip(before, after).enumerated().first { $0.element.0 != $0.element.1 }
        let struck = place?.offset ?? after.count
        #expect((200_000 - 65_536..<200_000 - 4_096).contains(struck))
        #expect(try damage.undo())
        #expect(try Data(contentsOf: recent) == before)
    }

    @Test func `has nothing to damage where nothing was written`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (data, log) = try make()
        try Data(count: 4_096).write(to: log)
        #expect(try data.corrupt(seed: 1) == nil)
    }

    @Test func `is empty when it was wiped, and says what is gone`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (data, log) = try make()
        #expect(try data.wipe() == "2 files are gone, 200 bytes")
        let path = folder.appending(path: "data").path
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
        try data.restore()
        #expect(FileManager.default.fileExists(atPath: log.path))
    }
}
