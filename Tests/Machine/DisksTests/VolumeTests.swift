import Generators
import Testing

import struct SystemPackage.Errno

@testable import Disks

/// Programs drawn by dice, on real files, against a disk that keeps whole copies.
@Suite(.serialized) struct `A volume that loses power` {
    @Test(arguments: NameRule.allCases, 1...60)
    func `is what a reference says was durable, when it keeps nothing else`(
        rule: NameRule, seed: Int
    ) throws {
        let folder = try TemporaryFolder()
        var program = try RandomProgram(in: folder, rule: rule, seed: UInt64(seed))
        for _ in 0..<120 { try program.step() }
        #expect(try folder.sight() == program.imagined.live, "seed \(seed)")
        let report = try program.volume.lose(PowerLoss(.nothing, seed: 1), now: .zero)
        #expect(try folder.sight() == program.imagined.durable, "seed \(seed)")
        if report.isNothing { #expect(program.imagined.durable == program.imagined.live) }
    }

    @Test(arguments: 1...60)
    func `is as it was at one moment since the last sync, when it keeps a prefix`(
        seed: Int
    ) throws {
        let folder = try TemporaryFolder()
        var program = try RandomProgram(in: folder, rule: .journal, seed: UInt64(seed))
        var moments: [Sight] = [[:]]
        for _ in 0..<120 {
            try program.step()
            moments.append(program.imagined.live)
        }
        _ = try program.volume.lose(PowerLoss(.prefix, seed: UInt64(seed)), now: .zero)
        let sight = try folder.sight()
        // Names are as at one moment; each file's bytes are as at one moment, and no earlier
        // than its last sync: a synced byte is never lost.
        #expect(moments.contains { Set($0.keys) == Set(sight.keys) }, "seed \(seed)")
        for (name, bytes) in sight {
            guard let bytes else { continue }
            #expect(
                moments.contains { $0[name] == bytes }
                    || program.wasEverContent(bytes), "seed \(seed): \(name)")
        }
    }

    @Test(arguments: [PowerLoss.Keep.pages, .sectors], 1...40)
    func `holds in each sector what was durable or what was written last`(
        keep: PowerLoss.Keep, seed: Int
    ) throws {
        let folder = try TemporaryFolder()
        var volume = try Volume.open(
            folder: folder.path("data"), limbo: folder.path("limbo"), log: UndoLog())
        let place = Place(.root, FileName("f"))
        let file = try volume.make(.file, at: place, mode: 0o600, now: .zero)
        func write(_ byte: UInt8, _ range: Range<Int>) throws {
            try Array(repeating: byte, count: range.count).withUnsafeBytes {
                _ = try volume.write(file, at: range.lowerBound, $0, now: .zero)
            }
        }
        try write(1, 0..<40_000)
        volume.finish(try volume.beginSync(file, dataOnly: true), failed: false)
        try write(2, 5_000..<20_000)
        try write(3, 15_000..<50_000)
        let report = try volume.lose(PowerLoss(keep, seed: UInt64(seed)), now: .zero)
        let bytes = try #require(try folder.sight()["f"] ?? nil)
        let unit = keep == .pages ? 4_096 : 512
        #expect(bytes.count >= 40_000 && bytes.count <= 50_000)
        for (offset, byte) in bytes.enumerated() {
            let newest: UInt8 = offset < 5_000 ? 1 : offset < 15_000 ? 2 : 3
            let durable: UInt8 = offset < 40_000 ? 1 : 0
            let survives = PowerLoss(keep, seed: UInt64(seed)).keeps(
                sector: offset / unit, of: file)
            #expect(byte == (survives ? newest : durable), "byte \(offset)")
        }
        #expect(report.bytes + report.survived == 45_000)
        #expect(report.bytes > 0 && report.survived > 0)
    }
}

extension RandomProgram {
    /// Whether a file with another name had these bytes.
    func wasEverContent(_ bytes: [UInt8]) -> Bool { contents.contains(bytes) }
}
