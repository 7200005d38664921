import Generators
import RaftStorage
import Synchronization

/// A folder that forgets what was not synced, tears what was being written, and fails on demand.
///
/// A crash keeps of each file what was synced, and any part of each write since; of names that
/// were given or removed since the folder's last sync it keeps the first few.
final class MemoryDisk: Disk {
    struct File {
        var bytes: [UInt8] = []
        var safe: [UInt8] = []
        var writes: [(offset: Int, bytes: [UInt8])] = []
    }

    struct State {
        var files: [Int: File] = [:]
        var names: [String: Int] = [:]
        var history: [[String: Int]] = [[:]]
        var nextFile = 0
        var operationsLeft: Int?
        var error = StorageError.full(file: "")
        var failedSyncsDrop = false
    }

    let state = Mutex(State())
    let folder = "memory"

    /// Fails for good with this error after so many operations.
    func fail(after operations: Int?, with error: StorageError = .full(file: "memory")) {
        state.withLock {
            $0.operationsLeft = operations
            $0.error = error
        }
    }

    /// What a failed sync should have made safe never is, however often it is synced again, and is
    /// read all the same, until a crash: as on Linux.
    func dropWhatFailedSyncsHad() { state.withLock { $0.failedSyncsDrop = true } }

    func names() throws(StorageError) -> [String] { state.withLock { $0.names.keys.sorted() } }

    func read(_ name: String, into buffer: inout [UInt8]) throws(StorageError) -> Int {
        let bytes = state.withLock { state in
            state.names[name].flatMap { state.files[$0]?.bytes }
        }
        guard let bytes else { throw .failed(operation: "read", file: name, errno: 2) }
        // Bytes of another file behind these are nobody's business.
        buffer = bytes + [1, 2, 3]
        return bytes.count
    }

    func size(of name: String) throws(StorageError) -> Int {
        let count = state.withLock { state in
            state.names[name].flatMap { state.files[$0]?.bytes.count }
        }
        guard let count else { throw .failed(operation: "look at", file: name, errno: 2) }
        return count
    }

    func open(_ name: String, size: Int?) throws(StorageError) -> any DiskFile {
        try step()
        return state.withLock { state in
            let number: Int
            if let known = state.names[name] {
                number = known
            } else {
                state.nextFile += 1
                number = state.nextFile
                state.files[number] = File()
                state.names[name] = number
                state.history.append(state.names)
            }
            if let size, var file = state.files[number], file.bytes.count < size {
                file.bytes += [UInt8](repeating: 0, count: size - file.bytes.count)
                state.files[number] = file
            }
            return MemoryFile(self, number)
        }
    }

    func rename(_ name: String, to other: String) throws(StorageError) {
        try step()
        state.withLock { state in
            state.names[other] = state.names.removeValue(forKey: name)
            state.history.append(state.names)
        }
    }

    func remove(_ name: String) throws(StorageError) {
        try step()
        state.withLock { state in
            state.names[name] = nil
            state.history.append(state.names)
        }
    }

    func sync() throws(StorageError) {
        try step()
        state.withLock { $0.history = [$0.names] }
    }

    func release() {}

    func step() throws(StorageError) {
        let error = state.withLock { state -> StorageError? in
            guard let left = state.operationsLeft else { return nil }
            state.operationsLeft = max(0, left - 1)
            return left <= 0 ? state.error : nil
        }
        if let error { throw error }
    }

    /// Forgets what was not safe, or a part of it.
    func crash(using random: inout SplitMix64) {
        var random2 = random
        state.withLock { state in
            state.names = state.history.randomElement(using: &random2) ?? [:]
            state.history = [state.names]
            state.operationsLeft = nil
            for number in state.files.keys.sorted() {
                guard var file = state.files[number] else { continue }
                var bytes = file.safe
                for write in file.writes {
                    Self.tear(write, into: &bytes, using: &random2)
                }
                file = File(bytes: bytes, safe: bytes)
                state.files[number] = file
            }
        }
        random = random2
    }

    /// Any of the write's sectors reach the disk, in any order; the file may be longer or not.
    private static func tear(
        _ write: (offset: Int, bytes: [UInt8]), into bytes: inout [UInt8],
        using random: inout SplitMix64
    ) {
        for start in stride(from: 0, to: write.bytes.count, by: 64)
        where Bool.random(using: &random) {
            let part = write.bytes[start..<min(start + 64, write.bytes.count)]
            let end = write.offset + start + part.count
            if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange((write.offset + start)..<end, with: part)
        }
    }

    /// Changes a file's bytes as rot would.
    func damage(_ name: String, _ change: (inout [UInt8]) -> Void) {
        state.withLock { state in
            guard let number = state.names[name], var file = state.files[number] else { return }
            change(&file.bytes)
            file.safe = file.bytes
            state.files[number] = file
        }
    }
}

private final class MemoryFile: DiskFile {
    private let disk: MemoryDisk
    private let number: Int

    init(_ disk: MemoryDisk, _ number: Int) {
        self.disk = disk
        self.number = number
    }

    private func change(_ body: (inout MemoryDisk.File) -> Void) {
        disk.state.withLock { state in
            guard var file = state.files.removeValue(forKey: number) else { return }
            body(&file)
            state.files[number] = file
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        // What fails may have been written in part.
        change { file in
            let end = offset + bytes.count
            if file.bytes.count < end {
                file.bytes += [UInt8](repeating: 0, count: end - file.bytes.count)
            }
            file.bytes.replaceSubrange(offset..<end, with: bytes)
            file.writes.append((offset, bytes))
        }
        try disk.step()
    }

    func truncate(to size: Int) throws(StorageError) {
        try disk.step()
        change { file in
            file.bytes = Array(file.bytes.prefix(size))
            file.safe = Array(file.safe.prefix(size))
            file.writes = []
        }
    }

    func sync() throws(StorageError) {
        do {
            try disk.step()
        } catch {
            if disk.state.withLock({ $0.failedSyncsDrop }) { change { $0.writes = [] } }
            throw error
        }
        change { file in
            let missing = file.bytes.count - file.safe.count
            file.safe += [UInt8](repeating: 0, count: max(0, missing))
            for (offset, bytes) in file.writes where offset + bytes.count <= file.safe.count {
                file.safe.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            }
            file.writes = []
        }
    }
}
