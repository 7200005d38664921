import Generators
import Testing

@testable import Raft
@testable import RaftStorage

/// Crashes at any operation of the disk, again and again: what was synced is there, and nothing
/// that was never written.
@Suite struct `A storage that crashes at any moment` {
    /// What the storage should hold.
    struct Expected: Equatable {
        var hard = HardState()
        var log: Log
    }

    private static let members = Membership(voters: [ServerID(1), ServerID(2)])

    @Test func `keeps all that was synced, over two thousand seeds of crashes`() throws {
        var (crashes, cuts, installs) = (0, 0, 0)
        for seed in UInt64(1)...2_000 {
            var random = SplitMix64(seed: seed)
            let disk = MemoryDisk()
            var options = Storage.Options()
            options.segmentBytes = 1_024
            var safe = Expected(
                log: Log(snapshot: Snapshot(index: 0, term: 0, membership: Self.members, data: [])))
            var latest = safe
            for life in 0..<6 {
                disk.fail(
                    after: Int.random(in: 0..<120, using: &random),
                    with: .failed(operation: "crash", file: "", errno: 5))
                do throws(StorageError) {
                    let (storage, recovery) = try Storage.open(
                        disk, server: ServerID(1), members: Self.members, options: options,
                        using: &random)
                    let found = Expected(hard: recovery.hard, log: recovery.log)
                    #expect(found == safe || found == latest, "seed \(seed), life \(life)")
                    if recovery.cut != nil { cuts += 1 }
                    (safe, latest) = (found, found)
                    while true {
                        try Self.change(storage, &latest, &safe, &installs, using: &random)
                    }
                } catch {
                    #expect(error == .failed(operation: "crash", file: "", errno: 5))
                    crashes += 1
                    disk.crash(using: &random)
                }
            }
        }
        #expect(crashes == 12_000)
        #expect(cuts > 100)
        #expect(installs > 100)
    }

    @Test(arguments: 0..<60)
    func `takes nothing for safe that it read after a failed sync, and a crash proves it`(
        operations: Int
    ) throws {
        var random = SplitMix64(seed: UInt64(operations))
        let disk = MemoryDisk()
        disk.dropWhatFailedSyncsHad()
        var options = Storage.Options()
        options.segmentBytes = 512
        func open() throws(StorageError) -> (storage: Storage, recovery: Recovery) {
            try Storage.open(
                disk, server: ServerID(1), members: Self.members, options: options,
                using: &random)
        }
        let storage = try open().storage
        disk.fail(after: operations, with: .failed(operation: "sync", file: "", errno: 5))
        #expect(throws: StorageError.self, "the disk fails sooner or later") {
            for index in LogIndex(1)...1_000 {
                let bytes = [UInt8](repeating: 5, count: 90)
                storage.append([Entry(term: 1, index: index, .command(bytes))])
                try storage.sync()
            }
        }
        disk.fail(after: nil)
        let read = try open().recovery
        disk.crash(using: &random)
        #expect(try open().recovery.log == read.log)
    }

    /// One change as a server makes it, synced or not yet.
    private static func change(
        _ storage: Storage, _ latest: inout Expected, _ safe: inout Expected,
        _ installs: inout Int, using random: inout SplitMix64
    ) throws(StorageError) {
        let last = latest.log.lastIndex
        let first = latest.log.snapshot.index
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            latest.hard = HardState(
                term: latest.hard.term + 1, vote: Bool.random(using: &random) ? ServerID(2) : nil)
            storage.keep(latest.hard)
        case 1 where last > first:
            let index = LogIndex.random(in: (first + 1)...last, using: &random)
            latest.log.removeEntries(from: index)
            storage.truncate(from: index)
        case 2 where last > first:
            // The log's own beginning, as when it is compacted.
            try storage.sync()
            safe = latest
            let index = LogIndex.random(in: (first + 1)...last, using: &random)
            guard let term = latest.log.term(at: index) else { return }
            latest.log.restore(
                Snapshot(index: index, term: term, membership: members, data: [7, 7]))
            try storage.keep(latest.log.snapshot, droppingAll: false)
            safe = latest
        case 3 where Int.random(in: 0..<4, using: &random) == 0:
            // The leader's, of which the log knows nothing, or something else.
            try storage.sync()
            safe = latest
            let index = last + LogIndex.random(in: 0..<5, using: &random)
            guard index > first else { return }
            let term = latest.hard.term + 1_000_000
            latest.log.restore(
                Snapshot(index: index, term: term, membership: members, data: [8]))
            try storage.keep(latest.log.snapshot, droppingAll: true)
            safe = latest
            installs += 1
        case 4...6:
            try storage.sync()
            safe = latest
        default:
            var entries: [Entry] = []
            for step in 1...LogIndex.random(in: 1...4, using: &random) {
                let bytes = [UInt8](
                    repeating: 9, count: Int.random(in: 0..<60, using: &random))
                entries.append(
                    Entry(
                        term: max(latest.hard.term, latest.log.lastTerm), index: last + step,
                        .command(bytes)))
            }
            for entry in entries { latest.log.append(entry) }
            storage.append(entries)
        }
    }
}
