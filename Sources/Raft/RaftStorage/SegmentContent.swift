internal import Dispatch
internal import Synchronization
internal import Wire

/// What a segment's file says by itself, before it is put together with the others.
struct SegmentContent: Sendable {
    /// A batch, as far as it means anything.
    struct Batch: Sendable {
        let offset: Int
        let records: Result<[Record], WireError>
    }

    /// What stands behind the last whole batch.
    enum Rest: Sendable {
        /// Nothing but zeros.
        case clean
        /// The torn end of a write, as far as this file tells.
        case torn(bytes: Int)
        /// Damage: whole batches stand behind it.
        case damaged
    }

    let number: UInt64
    /// nil if it is damaged, or was never written.
    let header: Segment.Header?
    let batches: [Batch]
    /// The bytes of the last whole batch.
    let lastBatch: [UInt8]
    let end: Int
    let rest: Rest

    /// Reads a segment; the buffer is lent, for a segment is large.
    init(
        _ number: UInt64, from disk: any Disk, _ buffer: inout [UInt8]
    ) throws(StorageError) {
        let count = try disk.read(Segment.name(number), into: &buffer)
        let bytes = buffer[..<count]
        self.number = number
        guard let header = Segment.Header(bytes), header.number == number else {
            self.header = nil
            batches = []
            lastBatch = []
            end = 0
            let isBlank = bytes.dropFirst(Segment.headerBytes).allSatisfy { $0 == 0 }
            rest = isBlank ? .clean : .damaged
            return
        }
        self.header = header
        var batches: [Batch] = []
        var offset = Segment.headerBytes
        var next = header.firstBatch
        while let (records, end) = Segment.batch(
            in: bytes, at: offset, number: next, salt: header.salt)
        {
            batches.append(Batch(offset: offset, records: Self.records(records)))
            next += 1
            offset = end
        }
        self.batches = batches
        lastBatch = batches.last.map { Array(bytes[$0.offset..<min(offset, count)]) } ?? []
        end = offset
        let left = bytes[min(offset, count)...]
        if left.allSatisfy({ $0 == 0 }) {
            rest = .clean
        } else {
            let isOld = Segment.hasLaterBatch(
                in: bytes, behind: offset, number: next, salt: header.salt)
            rest = isOld ? .damaged : .torn(bytes: left.count)
        }
    }

    /// How many entries its batches have.
    var entryCount: Int {
        batches.reduce(0) { count, batch in
            let records = (try? batch.records.get()) ?? []
            return records.reduce(count) { count, record in
                if case .entries(let entries) = record { count + entries.count } else { count }
            }
        }
    }

    private static func records(_ bytes: ArraySlice<UInt8>) -> Result<[Record], WireError> {
        var reader = ByteReader(bytes)
        var records: [Record] = []
        do throws(WireError) {
            while reader.left > 0 { records.append(try Record(from: &reader)) }
            return .success(records)
        } catch {
            return .failure(error)
        }
    }

    /// Reads segments on all cores: most of the time goes into giving each entry its memory.
    static func read(
        _ numbers: [UInt64], from disk: any Disk
    ) throws(StorageError) -> [SegmentContent] {
        let contents = Mutex<[Int: Result<SegmentContent, StorageError>]>([:])
        let buffers = Mutex<[[UInt8]]>([])
        DispatchQueue.concurrentPerform(iterations: numbers.count) { place in
            var buffer = buffers.withLock { $0.popLast() } ?? []
            let content = Result { () throws(StorageError) in
                try SegmentContent(numbers[place], from: disk, &buffer)
            }
            contents.withLock { $0[place] = content }
            buffers.withLock { $0.append(buffer) }
        }
        var ordered: [SegmentContent] = []
        let all = contents.withLock { $0 }
        for place in numbers.indices {
            if let content = all[place] { ordered.append(try content.get()) }
        }
        return ordered
    }
}
