import Checkers
import Foundation
import Histories
import Results
import Stores
import Testing
import Topologies

/// What older runs have stored is read for ever, and what nobody can have stored is refused.
@Suite struct `Stored results` {
    static let sample = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/format-2")

    @Test func `a run of format 2 is read with its types`() throws {
        let results = try RunFolder(existing: Self.sample.path).readResults()
        #expect(results.format == 2)
        #expect(results.verdict == .invalid)
        #expect(results.keys.count { $0.verdict == .violation } == 8)
        #expect(results.keys.compactMap(\.contradiction).allSatisfy { $0.kind == .stale })
        #expect(results.faults.count == 2)
        #expect(results.observations?.first?.process == .up)
        #expect(results.digest == nil)
        #expect(results.failures?.isEmpty == true)
    }

    @Test func `its history has what was counted while it was recorded`() throws {
        let folder = RunFolder(existing: Self.sample.path)
        let results = try folder.readResults()
        let history = try History(contentsOf: folder.history).keyed(.independent)
        let digest = HistoryDigest(history, of: results)
        #expect(digest.differences(from: results.counts).isEmpty)
        #expect(digest.open == 0)
        var fewer = results.counts
        fewer["read"]?.ok -= 1
        #expect(digest.differences(from: fewer).count == 1)
        #expect(digest.differences(from: fewer)[0].contains("read"))
    }
}
