import Foundation
import Testing

@testable import Disks

/// Disks of the kernel's own ext4, which only root mounts; in a lab, as `make test` makes one.
private enum Loop {
    static let condition: ConditionTrait = .enabled(
        if: ProcessInfo.processInfo.environment["WHITEWATER_IN_LAB"] == "1"
            && (try? Ext4Disk.requireDevice()) != nil,
        "needs a lab in which root mounts ext4")
}

@Suite(Loop.condition, .serialized, .timeLimit(.minutes(2)))
struct `A disk of ext4` {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "ext4-\(UUID().uuidString)")
    private var data: URL { folder.appending(path: "data") }

    private func disk() throws -> Ext4Disk {
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        return Ext4Disk(name: "n1", folder: data.path, log: folder.path + "/disk.log")
    }

    private func write(_ text: String, to name: String, syncing: Bool) throws {
        let file = data.appending(path: name)
        if !FileManager.default.fileExists(atPath: file.path) {
            #expect(FileManager.default.createFile(atPath: file.path, contents: nil))
        }
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        if syncing { try handle.synchronize() }
    }

    private func losePower(_ disk: Ext4Disk) async throws -> LossReport {
        try await disk.fail()
        #expect(throws: (any Error).self) { try Data(contentsOf: data.appending(path: "kept")) }
        let report = try await disk.loseUnsynced(PowerLoss(.nothing, seed: 1))
        try await disk.start()
        return report
    }

    /// Files behind loop devices, and what is mounted, of this test.
    private func remains() throws -> [String] {
        let loops = try FileManager.default.contentsOfDirectory(atPath: "/sys/block")
            .compactMap {
                try? String(contentsOfFile: "/sys/block/\($0)/loop/backing_file", encoding: .utf8)
            }
        let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
            .split(separator: "\n").map(String.init)
        return (loops + mounts).filter { $0.contains(folder.lastPathComponent) }
    }

    private func finish(_ disk: Ext4Disk) async throws {
        await disk.stop()
        #expect(await disk.broken() == nil)
        let patience = ContinuousClock.now + .seconds(10)
        // The kernel frees a loop device a moment after its mount.
        while try !remains().isEmpty, ContinuousClock.now < patience { await Task.yield() }
        #expect(try remains() == [])
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `keeps what was synced, loses the rest, and says how much`() async throws {
        let disk = try disk()
        try await disk.start()
        try write(String(repeating: "k", count: 1_000), to: "kept", syncing: true)
        try write(String(repeating: "g", count: 500), to: "kept", syncing: false)
        try write("new", to: "gone", syncing: false)
        let report = try await losePower(disk)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: data.path) == ["kept"])
        #expect(
            try Data(contentsOf: data.appending(path: "kept"))
                == Data(repeating: UInt8(ascii: "k"), count: 1_000))
        #expect(report.namesGone == 1 && report.namesBack == 0 && report.files == 2)
        // The 500 bytes share 64 with some of the others; and three in the other file.
        #expect((503...503 + 63).contains(report.bytes), "\(report.bytes)")
        let second = try await losePower(disk)
        #expect(second.isNothing && second.summary == "nothing was lost")
        try await finish(disk)
    }

    @Test func `takes plain files in, and leaves them as plain files`() async throws {
        let disk = try disk()
        try write("old", to: "old", syncing: true)
        for text in ["first", "second"] {
            try await disk.start()
            #expect(
                try String(contentsOf: data.appending(path: "old"), encoding: .utf8).hasPrefix(
                    "old"))
            try write(text, to: "old", syncing: false)
            await disk.stop()
        }
        #expect(
            try String(contentsOf: data.appending(path: "old"), encoding: .utf8) == "oldfirstsecond"
        )
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                == ["data", "disk.log"])
        try await finish(disk)
    }

    @Test func `that was shut down under a node that lives on can be started again`() async throws {
        let disk = try disk()
        try await disk.start()
        try write("kept", to: "kept", syncing: true)
        try await disk.fail()
        #expect(await !disk.isMounted)
        try await disk.start()
        #expect(try String(contentsOf: data.appending(path: "kept"), encoding: .utf8) == "kept")
        await #expect(throws: DiskError.self) { try await disk.turn(.full, seed: 1) }
        try await finish(disk)
    }
}
