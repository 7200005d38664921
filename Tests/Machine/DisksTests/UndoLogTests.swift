import Testing

import struct SystemPackage.Errno

@testable import Disks

@Suite struct `What has not been synced` {
    private let file = Inode(7)
    private let other = Inode(8)

    /// Bytes as a file.
    private struct Memory: ByteStore {
        var bytes: [UInt8]
        func read(_ range: Range<Int>) -> [UInt8] {
            Array(bytes[range.clamped(to: 0..<bytes.count)])
        }
        mutating func write(_ new: [UInt8], at offset: Int) {
            resize(to: max(bytes.count, offset + new.count))
            bytes.replaceSubrange(offset..<offset + new.count, with: new)
        }
        mutating func resize(to size: Int) {
            bytes =
                Array(bytes.prefix(size)) + Array(repeating: 0, count: max(0, size - bytes.count))
        }
    }

    private var memory = Memory(bytes: [])
    private var log = UndoLog()

    private mutating func write(_ text: String, at offset: Int, time: Duration = .zero) {
        let bytes = Array(text.utf8)
        let range = offset..<offset + bytes.count
        log.noteWrite(
            file, range, old: OldBytes(memory.read(range)), size: memory.bytes.count, at: time)
        memory.write(bytes, at: offset)
    }

    private mutating func afterLoss(_ keep: PowerLoss.Keep = .nothing) -> String {
        var kept = memory
        log.loss(PowerLoss(keep, seed: 1)).files[file]?.apply(to: &kept)
        return String(decoding: kept.bytes, as: UTF8.self)
    }

    @Test mutating func `a sync makes durable what came before it began, and nothing later`() {
        write("one", at: 0)
        let mark = log.mark
        write("two", at: 3)
        _ = log.synced(file, upTo: mark)
        #expect(afterLoss() == "one")
    }

    @Test mutating func `a file's sync leaves another file unsynced`() {
        write("one", at: 0)
        _ = log.synced(other, upTo: log.mark)
        #expect(afterLoss() == "")
    }

    @Test mutating func `after a failed sync no later sync brings the bytes back`() {
        write("aaaa", at: 0)
        _ = log.synced(file, upTo: log.mark)
        write("bbbb", at: 0)
        log.syncFailed(file, upTo: log.mark)
        _ = log.synced(file, upTo: log.mark)
        #expect(afterLoss() == "aaaa")
        // Only what is written again is durable.
        write("cc", at: 1)
        _ = log.synced(file, upTo: log.mark)
        #expect(afterLoss() == "acca")
        write("dddd", at: 0)
        _ = log.synced(file, upTo: log.mark)
        #expect(afterLoss() == "dddd")
        #expect(log.isEmpty)
    }

    @Test mutating func `what a failed sync should have appended reads as zeros`() {
        write("aa", at: 0)
        _ = log.synced(file, upTo: log.mark)
        write("bb", at: 2)
        log.syncFailed(file, upTo: log.mark)
        write("cc", at: 4)
        _ = log.synced(file, upTo: log.mark)
        #expect(afterLoss() == "aa\0\0cc")
    }

    @Test mutating func `a node that never syncs has its oldest writes written back at the limit`()
    {
        log = UndoLog(limit: 1_000)
        memory.write(Array(repeating: 1, count: 100_000), at: 0)
        for step in 0..<500 {
            write(String(repeating: "x", count: 100), at: step * 100)
            _ = log.writeBack(now: .zero)
            #expect(log.bytes <= 1_100)
        }
        #expect(log.bytesOverLimit >= 48_000)
        #expect(afterLoss().utf8.prefix(48_000).allSatisfy { $0 == UInt8(ascii: "x") })
        #expect(afterLoss().utf8.dropFirst(49_500).allSatisfy { $0 == 1 })
    }

    @Test mutating func `what is older than the write-back is durable without a sync`() {
        log = UndoLog(writeBack: .seconds(2))
        write("old", at: 0, time: .seconds(1))
        write("new", at: 3, time: .seconds(4))
        _ = log.writeBack(now: .seconds(5))
        #expect(afterLoss() == "old")
    }

    @Test func `a rename across folders is all or nothing in a journal, but not by POSIX`() {
        let (from, to) = (Place(Inode(2), FileName("a")), Place(Inode(3), FileName("a")))
        for rule in NameRule.allCases {
            var log = UndoLog(rule: rule)
            log.noteNames([(from, file), (to, nil)], at: .zero)
            _ = log.synced(folder: to.folder, upTo: log.mark)
            let undone = log.loss(PowerLoss(.nothing, seed: 1)).names.map(\.place)
            #expect(undone == (rule == .journal ? [] : [from]))
        }
    }

    @Test func `by POSIX a file's own sync does not make its name durable`() {
        var log = UndoLog(rule: .posix)
        log.noteNames([(Place(.root, FileName("a")), nil)], at: .zero)
        _ = log.synced(file, upTo: log.mark)
        #expect(!log.isEmpty)
        _ = log.synced(folder: .root, upTo: log.mark)
        #expect(log.isEmpty)
    }

    @Test func `a removed file is held until its removal is durable`() {
        var log = UndoLog()
        log.noteNames([(Place(.root, FileName("a")), file)], at: .zero)
        #expect(log.holds(file))
        #expect(log.synced(other, upTo: log.mark) == [file])
        #expect(!log.holds(file))
    }
}

@Suite struct `A sick disk` {
    @Test func `a full disk refuses what needs a block, and reads and syncs all the same`() {
        var health = Health()
        health.turn(.full, seed: 1)
        #expect(health.answer(.allocation) == .fails(.noSpace))
        #expect(health.answer(.read) == .works)
        #expect(health.answer(.sync) == .works)
        #expect(health.turn(nil, seed: 1).failed == 1)
        #expect(health.answer(.allocation) == .works)
    }

    @Test func `every third sync or read fails, and no write`() {
        var health = Health()
        health.turn(.errors(every: 3), seed: 1)
        let answers = (1...6).map { health.answer($0 == 3 ? .read : .sync) }
        #expect(answers.map { $0 == .works } == [true, true, false, true, true, false])
        #expect(health.answer(.allocation) == .works)
    }

    @Test func `a slow sync takes its time within the bounds, the same for the same seed`() {
        func times(_ seed: UInt64) -> [Health.Answer] {
            var health = Health()
            health.turn(.slow(from: 10, to: 2_000), seed: seed)
            return (1...100).map { _ in health.answer(.sync) }
        }
        #expect(times(1) == times(1))
        #expect(times(1) != times(2))
        #expect(
            times(1).allSatisfy {
                guard case .dawdles(let time) = $0 else { return false }
                return time >= .milliseconds(10) && time <= .seconds(2)
            })
    }
}
