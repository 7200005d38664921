import Foundation
import Results
import Stores
import Testing
import Topologies

/// A stored run that was edited or damaged is refused with advice, and never ends the program.
@Suite struct `Damaged results` {
    private func temporary() throws -> RunFolder {
        let base = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        return try RunFolder(results: base, plan: "p", started: "20260101T000000.000Z")
    }

    private func remove(_ folder: RunFolder) {
        let base = URL(filePath: folder.path).deletingLastPathComponent()
            .deletingLastPathComponent()
        try? FileManager.default.removeItem(at: base)
    }

    /// Every number of the sample, one after the other, replaced by the ends of what there is.
    @Test func `any number at the ends of what there is is read or refused, and nothing traps`()
        throws
    {
        let text = try String(
            contentsOf: `Stored results`.sample.appending(path: "results.json"), encoding: .utf8)
        let folder = try temporary()
        defer { remove(folder) }
        var refused = 0
        let numbers = text.matches(of: /: (-?[0-9][0-9.e+-]*)/)
            .map { $0.1.startIndex..<$0.1.endIndex }
        let chosen = numbers.enumerated().filter { $0.offset % 7 == 0 }.map(\.element)
        for range in chosen {
            for extreme in ["-9223372036854775808", "9223372036854775807", "1e308", "-1e308"] {
                try folder.write(
                    text.replacingCharacters(in: range, with: extreme), to: folder.results)
                guard let results = try? folder.readResults() else {
                    refused += 1
                    continue
                }
                #expect(results.impossibleNumbers().isEmpty)
                _ = results.total.completed
            }
        }
        #expect(refused > chosen.count)
    }

    @Test func `a refusal says what to do`() throws {
        let folder = try temporary()
        defer { remove(folder) }
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        results.counts["read"] = .init()
        results.counts["read"]?.ok = -5
        try folder.write(results)
        let error = #expect(throws: StoreError.self) { try folder.readResults() }
        #expect(error?.description.contains("counts.read") == true)
        #expect(error?.description.contains("whitewater check") == true)
    }

    @Test func `numbers are written however large they are`() {
        #expect(1e308.fixed(2) == "-")
        #expect((-0.001).fixed(2) == "0.00")
        #expect(1234.5678.fixed(2) == "1234.57")
        #expect(Int(saturating: 1e300) == .max)
        #expect(Int(saturating: -.infinity) == .min)
        #expect(Int.max.addingSaturating(1) == .max)
        #expect(9206.grouped == "9,206")
    }
}

/// What is kept of the nodes' data.
@Suite struct `Data of nodes` {
    private let base = FileManager.default.temporaryDirectory
        .appending(path: UUID().uuidString).path

    private func run(_ started: String) throws -> RunFolder {
        let folder = try RunFolder(results: base, plan: "p", started: started)
        let data = try folder.folder(of: "n1") + "/data"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try folder.write("{}", to: folder.results)
        return folder
    }

    @Test func `of a run that is not valid takes no room for what was never written`() throws {
        defer { try? FileManager.default.removeItem(atPath: base) }
        let folder = try run("20260101T000000.000Z")
        let file = folder.path + "/nodes/n1/data/log"
        var bytes = Data(repeating: 7, count: 100_000)
        bytes.append(Data(count: 8 << 20))
        bytes.append(Data([9]))
        try bytes.write(to: URL(filePath: file))
        folder.trimData()
        #expect(try Data(contentsOf: URL(filePath: file)) == bytes)
        var status = stat()
        #expect(stat(file, &status) == 0)
        #expect(Int(status.st_blocks) * 512 < 1 << 20, "\(status.st_blocks) blocks")
    }

    @Test func `is kept of the latest runs of a plan only`() throws {
        defer { try? FileManager.default.removeItem(atPath: base) }
        let runs = try (0..<RunFolder.runsWithData + 2).map {
            try run("2026010\($0 + 1)T000000.000Z")
        }
        try #require(runs.last).removeOldData()
        let kept = runs.map { FileManager.default.fileExists(atPath: $0.path + "/nodes/n1/data") }
        #expect(kept == [false, false] + Array(repeating: true, count: RunFolder.runsWithData))
        #expect(runs.allSatisfy { FileManager.default.fileExists(atPath: $0.results) })
    }

    @Test func `a plan cannot have the name of the link to the latest run`() {
        let error = #expect(throws: StoreError.self) {
            try RunFolder(results: base, plan: "latest", started: "s")
        }
        #expect(error?.description.contains("another name") == true)
    }
}
