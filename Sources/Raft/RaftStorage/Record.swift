internal import Raft
internal import Wire

/// What stands in the log file.
enum Record {
    /// Term and vote, in one record, so that neither is ever safe without the other.
    case hard(HardState)
    /// Entries behind what was there; those that stand at the same places go.
    case entries([Entry])
    /// The log ends at this index: what stands behind goes. If it does not reach so far, a
    /// snapshot has taken its place, and what follows stands behind that index.
    case position(LogIndex)
    /// A snapshot up to this index has taken the place of the whole log; what stood there may
    /// contradict it, up to its very end.
    case reset(LogIndex)

    func write(to writer: inout ByteWriter) {
        switch self {
        case .hard(let state):
            writer.put(1 as UInt8)
            writer.put(state.term)
            writer.put(state.vote?.number ?? 0)
        case .entries(let entries):
            writer.put(2 as UInt8)
            EntryCoding.write(entries, to: &writer)
        case .position(let index):
            writer.put(3 as UInt8)
            writer.put(index)
        case .reset(let index):
            writer.put(4 as UInt8)
            writer.put(index)
        }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        switch try reader.take(UInt8.self) {
        case 1:
            let term = try reader.take(UInt64.self)
            let vote = try reader.take(UInt64.self)
            self = .hard(HardState(term: term, vote: vote == 0 ? nil : ServerID(vote)))
        case 2: self = .entries(try EntryCoding.entries(from: &reader))
        case 3: self = .position(try reader.take())
        case 4: self = .reset(try reader.take())
        case let kind: throw .unknownKind("record", kind)
        }
    }
}
