/// Bytes that stood in a file before; holes and preallocated files are zeros and take no memory.
public enum OldBytes: Hashable, Sendable {
    /// So many zeros.
    case zeros(Int)
    /// These bytes.
    case bytes([UInt8])

    /// These bytes, or their count if all are zero.
    public init(_ bytes: [UInt8]) {
        self = bytes.allSatisfy { $0 == 0 } ? .zeros(bytes.count) : .bytes(bytes)
    }

    /// How many there are.
    public var count: Int {
        switch self {
        case .zeros(let count): count
        case .bytes(let bytes): bytes.count
        }
    }

    /// How much memory they take.
    var memory: Int {
        if case .bytes(let bytes) = self { bytes.count } else { 0 }
    }

    /// The bytes.
    var array: [UInt8] {
        switch self {
        case .zeros(let count): Array(repeating: 0, count: count)
        case .bytes(let bytes): bytes
        }
    }

    /// Some of them.
    func slice(_ range: Range<Int>) -> OldBytes {
        switch self {
        case .zeros: .zeros(range.count)
        case .bytes(let bytes): OldBytes(Array(bytes[range]))
        }
    }

    /// The same with zeros behind them.
    func padded(to count: Int) -> OldBytes {
        switch self {
        case .zeros: .zeros(count)
        case .bytes(let bytes):
            .bytes(bytes + Array(repeating: 0, count: max(0, count - bytes.count)))
        }
    }
}

extension UndoLog.DataChange {
    /// The parts of a change that later changes do not cover, as ranges of the file.
    func parts(outside covered: RangeSet<Int>) -> RangeSet<Int> {
        RangeSet(range.lowerBound..<range.lowerBound + old.count).subtracting(covered)
    }

    /// Forgets what has been written again and synced since.
    mutating func forget(_ settled: RangeSet<Int>) {
        covered.formUnion(settled)
        if parts(outside: covered).isEmpty { old = .zeros(0) }
    }
}
