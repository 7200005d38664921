import Foundation
import Testing

@testable import Systems

/// What a release build of raftd leaves in its log when it ends by a fault of its own.
@Suite struct `A raftd that traps` {
    @Test func `is seen to have, by a line of its log`() async throws {
        let folder = NSTemporaryDirectory() + "/whitewater-trap-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let process = Process()
        process.executableURL = Self.products().appending(path: "raftd-mutant")
        process.environment = ["WHITEWATER_MUTANT": "traps"]
        process.arguments = [
            "run", "--id", "1", "--folder", folder, "--clients", "127.0.0.1:47301",
            "--server", "1=127.0.0.1:47302",
        ]
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = pipe
        try process.run()
        let lines = try #require(
            String(data: pipe.fileHandleForReading.readDataToEndOfFile(), encoding: .utf8)
        ).split(separator: "\n")
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        #expect(
            lines.contains { line in Raftd.panicPatterns.contains { line.contains($0) } },
            "\(lines.suffix(20))")
    }

    /// The folder of the programs that were built with these tests.
    private static func products() -> URL {
        var folder = URL(filePath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder.appending(path: ".build/release")
    }
}
