import Foundation
import Generators
import Testing

@testable import Raft
@testable import RaftStorage

/// What a server must not forget, on a disk that forgets all it may.
@Suite struct `What a server keeps` {
    private let members = Membership(voters: [ServerID(1), ServerID(2), ServerID(3)])
    private let server = ServerID(1)

    private func open(
        _ disk: any Disk, segment: Int = 4_096, seed: UInt64 = 1
    ) throws -> (storage: Storage, recovery: Recovery) {
        var random = SplitMix64(seed: seed)
        var options = Storage.Options()
        options.segmentBytes = segment
        return try Storage.open(
            disk, server: server, members: members, options: options, using: &random)
    }

    private func entries(_ range: ClosedRange<LogIndex>, term: Term = 1) -> [Entry] {
        range.map { Entry(term: term, index: $0, .command([UInt8(truncatingIfNeeded: $0)])) }
    }

    private func snapshot(_ index: LogIndex, term: Term = 1) -> Snapshot {
        Snapshot(index: index, term: term, membership: members, data: [1, 2, 3])
    }

    // MARK: Round trips

    @Test func `a new folder begins with the members and nothing else`() throws {
        let recovery = try open(MemoryDisk()).recovery
        #expect(recovery.isNew)
        #expect(recovery.hard == HardState())
        #expect(recovery.log.snapshot.membership == members)
        #expect(recovery.log.lastIndex == 0)
    }

    @Test func `term, vote and entries come back from a real folder`() throws {
        let folder = NSTemporaryDirectory() + "/whitewater-storage-\(UUID())"
        let path = folder + "/made/on/the/way"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let state = HardState(term: 7, vote: ServerID(2))
        do {
            let (storage, _) = try open(try RealDisk(path))
            storage.keep(state)
            storage.append(entries(1...100))
            try storage.sync()
            storage.truncate(from: 51)
            storage.append(entries(51...60, term: 7))
            try storage.sync()
        }
        let (_, recovery) = try open(try RealDisk(path))
        #expect(!recovery.isNew)
        #expect(recovery.hard == state)
        #expect(recovery.log.entries == entries(1...50) + entries(51...60, term: 7))
    }

    @Test func `one sync serves all entries and votes of a batch`() throws {
        let (storage, _) = try open(MemoryDisk())
        let before = storage.syncs
        storage.keep(HardState(term: 2, vote: server))
        storage.append(entries(1...10))
        storage.append(entries(11...20))
        try storage.sync()
        try storage.sync()
        #expect(storage.syncs == before + 1)
    }

    @Test func `the log goes on over many segments, and old ones go with a snapshot`() throws {
        let disk = MemoryDisk()
        var (storage, _) = try open(disk)
        for index in LogIndex(1)...1_000 {
            storage.append(entries(index...index))
            try storage.sync()
        }
        let many = try disk.names().count { $0.hasPrefix("log-") }
        #expect(many > 5)
        try storage.keep(snapshot(900), droppingAll: false)
        let few = try disk.names().count { $0.hasPrefix("log-") }
        #expect(few < many / 2)
        let recovery: Recovery
        (storage, recovery) = try open(disk)
        #expect(recovery.log.snapshot == snapshot(900))
        #expect(recovery.log.entries == entries(901...1_000))
    }

    @Test func `a snapshot that contradicts the log takes all of its place`() throws {
        let disk = MemoryDisk()
        let (storage, _) = try open(disk)
        storage.append(entries(1...50))
        try storage.keep(snapshot(40, term: 9), droppingAll: true)
        storage.append(entries(41...45, term: 9))
        try storage.sync()
        let recovery = try open(disk).recovery
        #expect(recovery.log.snapshot == snapshot(40, term: 9))
        #expect(recovery.log.entries == entries(41...45, term: 9))
    }

    // MARK: Damage

    /// A folder with three batches, the name of its log, and where each batch begins.
    private func folder() throws -> (disk: MemoryDisk, log: String, offsets: [Int]) {
        let disk = MemoryDisk()
        let (storage, _) = try open(disk)
        var offsets: [Int] = []
        for index in LogIndex(1)...3 {
            offsets.append(Segment.headerBytes + storage.bytesWritten)
            storage.append(
                entries((10 * index)...(10 * index), term: index).map {
                    Entry(term: $0.term, index: index, $0.payload)
                })
            try storage.sync()
        }
        offsets.append(Segment.headerBytes + storage.bytesWritten)
        return (disk, Segment.name(1), offsets)
    }

    @Test func `a write torn anywhere is cut off, and nothing before it`() throws {
        let (_, _, offsets) = try folder()
        for end in offsets[2]..<offsets[3] {
            let (disk, log, _) = try folder()
            disk.damage(log) { bytes in
                for place in end..<offsets[3] { bytes[place] = 0 }
            }
            let recovery = try open(disk, seed: 2).recovery
            // The end of a batch is zeros to a multiple of eight: without them it is whole.
            let kept: LogIndex = recovery.cut == nil && recovery.log.lastIndex == 3 ? 3 : 2
            #expect(recovery.log.lastIndex == kept, "torn at \(end)")
            if kept == 2, end > offsets[2] {
                #expect(recovery.cut?.offset == offsets[2], "torn at \(end)")
            }
            let again = try open(disk, seed: 3).recovery
            #expect(again.cut == nil)
            #expect(again.log.lastIndex == kept)
        }
    }

    @Test func `any bit that rots before the last batch is refused, with file and offset`() throws {
        let (_, _, offsets) = try folder()
        var refused = 0
        for place in offsets[0]..<offsets[2] {
            let (disk, log, _) = try folder()
            disk.damage(log) { $0[place] ^= 0x10 }
            do {
                let recovery = try open(disk, seed: 2).recovery
                // What fills a batch up to eight bytes means nothing.
                #expect(recovery.log.lastIndex == 3, "at \(place)")
            } catch StorageError.corrupt(let file, let offset, _) {
                refused += 1
                #expect(file == "memory/" + log)
                #expect(offset == (place < offsets[1] ? offsets[0] : offsets[1]), "at \(place)")
            }
        }
        #expect(refused > (offsets[2] - offsets[0]) * 3 / 4)
    }

    @Test func `a segment's header, and a segment that is missing, are refused`() throws {
        let disk = MemoryDisk()
        let (storage, _) = try open(disk)
        for index in LogIndex(1)...300 {
            storage.append(entries(index...index))
            try storage.sync()
        }
        let second = Segment.name(2)
        let whole = try disk.read(second)
        disk.damage(second) { $0[9] ^= 1 }
        #expect(throws: StorageError.self) { try open(disk) }
        disk.damage(second) { $0 = whole }
        try disk.remove(second)
        #expect(throws: StorageError.self) { try open(disk) }
    }

    @Test func `a folder that has lost its log or its snapshots is not taken for a new one`() throws
    {
        for kind in ["log-", "snapshot-", ""] {
            let disk = MemoryDisk()
            let (storage, _) = try open(disk)
            storage.append(entries(1...10))
            try storage.sync()
            for name in try disk.names() where name != "identity" && name.hasPrefix(kind) {
                try disk.remove(name)
            }
            #expect(throws: StorageError.self) { try open(disk) }
        }
    }

    @Test func `the last segment removed, emptied or cut to half is refused`() throws {
        let changes: [(inout [UInt8]) -> Void] = [
            { $0 = [] }, { $0 = Array($0.prefix(10)) }, { $0 = Array($0.prefix($0.count / 2)) },
        ]
        for change in changes {
            let (disk, log, _) = try folder()
            disk.damage(log, change)
            #expect {
                try open(disk, seed: 2)
            } throws: { error in
                guard case StorageError.corrupt(let file, _, _) = error else { return false }
                return file == "memory/" + log
            }
        }
        let (disk, log, _) = try folder()
        try disk.remove(log)
        // Another one is there, so that the log itself has no gap to see.
        #expect(throws: StorageError.self) { try open(disk, seed: 2) }
    }

    @Test func `files that name the folder, its friends and its segment are sealed`() throws {
        for name in ["identity", "acquaintances", "current"] {
            let (disk, _, _) = try folder()
            let (storage, _) = try open(disk, seed: 3)
            #expect(try storage.recognises(ServerID(2), life: 5))
            for place in 0..<(try disk.read(name).count - 1) {
                let copy = try disk.read(name)
                disk.damage(name) { $0[place] ^= 1 }
                #expect(throws: StorageError.self, "\(name), byte \(place)") {
                    try open(disk, seed: 4)
                }
                disk.damage(name) { $0 = copy }
            }
            try disk.remove(name)
            if name != "acquaintances" {
                #expect(throws: StorageError.self) { try open(disk, seed: 4) }
            }
        }
    }

    @Test func `a folder in a file's place is an error with its name`() throws {
        let path = NSTemporaryDirectory() + "/whitewater-storage-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        do { _ = try open(try RealDisk(path)) }
        let snapshot = path + "/" + SnapshotFile.name(0)
        try FileManager.default.removeItem(atPath: snapshot)
        try FileManager.default.createDirectory(
            atPath: snapshot, withIntermediateDirectories: false)
        #expect(
            throws: StorageError.foreign(
                file: snapshot, what: "not a file, but a folder or a device")
        ) { try open(try RealDisk(path)) }
    }

    @Test func `nothing that can be removed holds the lock`() throws {
        let path = NSTemporaryDirectory() + "/whitewater-storage-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try RealDisk(path)
        _ = try open(first)
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            try FileManager.default.removeItem(atPath: path + "/" + name)
        }
        #expect(throws: StorageError.inUse(file: path)) { try RealDisk(path) }
        first.release()
        _ = try RealDisk(path)
    }

    @Test func `a damaged snapshot is refused`() throws {
        let disk = MemoryDisk()
        let (storage, _) = try open(disk)
        storage.append(entries(1...10))
        try storage.keep(snapshot(10), droppingAll: false)
        disk.damage(SnapshotFile.name(10)) { $0[$0.count - 1] ^= 1 }
        #expect(throws: StorageError.self) { try open(disk) }
    }

    @Test func `a value that looks like a batch is not taken for one`() throws {
        let (disk, log, offsets) = try folder()
        let copy = Array(try disk.read(log)[offsets[2]..<offsets[3]])
        let (storage, _) = try open(disk, seed: 5)
        // The bytes of a whole batch, in a command that is then torn off.
        storage.append([Entry(term: 3, index: 4, .command(copy + copy + copy))])
        try storage.sync()
        disk.damage(Segment.name(2)) { bytes in
            let first = Segment.headerBytes + 64
            bytes[first] ^= 1
            bytes[first + 1] ^= 1
        }
        let recovery = try open(disk, seed: 6).recovery
        #expect(recovery.cut != nil)
        #expect(recovery.log.lastIndex == 3)
    }

    // MARK: Other people's folders

    @Test func `another server's folder, a stranger's, and one in use are refused`() throws {
        let disk = MemoryDisk()
        _ = try open(disk)
        var random = SplitMix64(seed: 1)
        #expect(throws: StorageError.self) {
            try Storage.open(disk, server: ServerID(2), members: members, using: &random)
        }
        let stranger = MemoryDisk()
        _ = try stranger.open("thesis.txt", size: nil)
        #expect(throws: StorageError.self) { try open(stranger) }
        let path = NSTemporaryDirectory() + "/whitewater-storage-\(UUID())"
        let first = try RealDisk(path)
        #expect(throws: StorageError.inUse(file: path)) { try RealDisk(path) }
        _ = first.folder
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func `a folder has a life of its own, and remembers those of others`() throws {
        let disk = MemoryDisk()
        var (storage, _) = try open(disk, seed: 1)
        let life = storage.life
        #expect(try storage.recognises(ServerID(2), life: 5))
        #expect(try storage.recognises(ServerID(2), life: 5))
        #expect(try !storage.recognises(ServerID(2), life: 6))
        (storage, _) = try open(disk, seed: 2)
        #expect(storage.life == life)
        #expect(try !storage.recognises(ServerID(2), life: 6))
        #expect(try storage.recognises(ServerID(3), life: 6))
        #expect(try open(MemoryDisk(), seed: 2).storage.life != life)
    }

    // MARK: Failing disks

    @Test(arguments: [
        StorageError.full(file: "memory"), .failed(operation: "sync", file: "memory", errno: EIO),
    ])
    func `a disk that is full or fails ends the storage, and loses nothing acknowledged`(
        error: StorageError
    ) throws {
        for operations in 0..<6 {
            let disk = MemoryDisk()
            let (storage, _) = try open(disk)
            storage.append(entries(1...5))
            try storage.sync()
            disk.fail(after: operations, with: error)
            var acknowledged: LogIndex = 5
            var failures: [StorageError] = []
            for index in LogIndex(6)...12 {
                storage.append(entries(index...index))
                do throws(StorageError) {
                    try storage.sync()
                    acknowledged = index
                } catch {
                    failures.append(error)
                }
            }
            #expect(failures.first == error)
            #expect(failures.dropFirst().allSatisfy { $0 == .ended })
            var random = SplitMix64(seed: UInt64(operations))
            disk.crash(using: &random)
            let recovery = try open(disk, seed: 9).recovery
            #expect(recovery.log.lastIndex >= acknowledged)
            #expect(recovery.log.entries == entries(1...recovery.log.lastIndex))
        }
    }

    @Test func `CRC-32C is the one of RFC 3720`() {
        #expect(Segment.checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(Segment.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    }
}
