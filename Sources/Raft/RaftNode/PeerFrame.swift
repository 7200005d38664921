internal import Raft
internal import RaftStorage
internal import Wire

/// What servers send each other: Raft's messages, and clients' commands for the leader.
enum PeerFrame: Hashable {
    /// Who calls, with which of its folders, and of which cluster; the first frame of a connection.
    case hello(ServerID, life: UInt64, cluster: String)
    /// A message of Raft's.
    case message(Message)
    /// A client's command, sent on to whoever is thought to lead.
    case forward(number: UInt64, Command)
    /// How that ended; the reply has the number of the forwarding.
    case forwarded(Reply)

    private static let mostClusterBytes = 256

    var frame: [UInt8] {
        Frame.framed { writer in
            switch self {
            case .hello(let server, let life, let cluster):
                writer.put(0 as UInt8)
                writer.put(server.number)
                writer.put(life)
                writer.put(Array(cluster.utf8))
            case .message(let message):
                writer.put(1 as UInt8)
                message.write(to: &writer)
            case .forward(let number, let command):
                writer.put(2 as UInt8)
                writer.put(number)
                writer.put(command.bytes)
            case .forwarded(let reply):
                writer.put(3 as UInt8)
                reply.write(to: &writer)
            }
        }
    }

    init(_ content: ArraySlice<UInt8>) throws(WireError) {
        var reader = ByteReader(content)
        switch try reader.take(UInt8.self) {
        case 0:
            let server = ServerID(try reader.take())
            let life = try reader.take(UInt64.self)
            let name = try reader.takeString(atMost: Self.mostClusterBytes)
            self = .hello(server, life: life, cluster: String(decoding: name, as: UTF8.self))
        case 1: self = .message(try Message(from: &reader))
        case 2:
            let number = try reader.take(UInt64.self)
            let bytes = try reader.takeString(atMost: EntryCoding.mostCommandBytes)
            self = .forward(number: number, try Command(bytes))
        case 3: self = .forwarded(try Reply(try reader.takeRaw(reader.left)))
        case let kind: throw .unknownKind("frame", kind)
        }
        try reader.finish()
    }
}

extension ByteReader {
    /// Takes a term or an index: under 2^62, so that arithmetic on it stays far from any end.
    mutating func takeBounded(_ what: String) throws(WireError) -> UInt64 {
        let number = try take(UInt64.self)
        guard number < EntryCoding.bound else { throw .absurd(what, number) }
        return number
    }
}

extension Message {
    func write(to writer: inout ByteWriter) {
        for number in [from.number, to.number, term] { writer.put(number) }
        switch body {
        case .requestVote(let request):
            writer.put(0 as UInt8)
            writer.put(request.isPre)
            writer.put(request.isTransfer)
            writer.put(request.lastIndex)
            writer.put(request.lastTerm)
        case .vote(let isPre, let isGranted):
            writer.put(1 as UInt8)
            writer.put(isPre)
            writer.put(isGranted)
        case .append(let append):
            writer.put(2 as UInt8)
            for number in [
                append.previousIndex, append.previousTerm, append.commit, append.round,
            ] {
                writer.put(number)
            }
            EntryCoding.write(append.entries, to: &writer)
        case .matched(let index, let round):
            writer.put(3 as UInt8)
            writer.put(index)
            writer.put(round)
        case .mismatched(let mismatch, let round):
            writer.put(4 as UInt8)
            writer.put(mismatch.previousIndex)
            writer.put(mismatch.term != nil)
            writer.put(mismatch.term ?? 0)
            writer.put(mismatch.first)
            writer.put(round)
        case .snapshotPart(let part):
            writer.put(5 as UInt8)
            writer.put(part.head.index)
            writer.put(part.head.term)
            EntryCoding.write(part.head.membership, to: &writer)
            writer.put(UInt64(part.offset))
            writer.put(part.isLast)
            writer.put(part.bytes)
        case .snapshotReceived(let index, let bytes):
            writer.put(6 as UInt8)
            writer.put(index)
            writer.put(UInt64(bytes))
        case .timeoutNow: writer.put(7 as UInt8)
        case .readIndex(let request):
            writer.put(8 as UInt8)
            writer.put(request)
        case .readIndexIs(let index, let request):
            writer.put(9 as UInt8)
            writer.put(index != nil)
            writer.put(index ?? 0)
            writer.put(request)
        }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        let (from, to) = (ServerID(try reader.take()), ServerID(try reader.take()))
        let term = try reader.takeBounded("term")
        self.init(from: from, to: to, term: term, try Body(from: &reader))
    }
}

extension Message.Body {
    /// No part of a snapshot is longer, in bytes.
    static let mostPartBytes = 8 << 20

    init(from reader: inout ByteReader) throws(WireError) {
        switch try reader.take(UInt8.self) {
        case 0:
            let (isPre, isTransfer) = (try reader.takeFlag(), try reader.takeFlag())
            let index = try reader.takeBounded("index")
            self = .requestVote(
                VoteRequest(
                    isPre: isPre, isTransfer: isTransfer, lastIndex: index,
                    lastTerm: try reader.takeBounded("term")))
        case 1:
            let isPre = try reader.takeFlag()
            self = .vote(isPre: isPre, isGranted: try reader.takeFlag())
        case 2: self = .append(try Append(from: &reader))
        case 3:
            let index = try reader.takeBounded("index")
            self = .matched(index, round: try reader.takeBounded("round"))
        case 4:
            let previous = try reader.takeBounded("index")
            let hasTerm = try reader.takeFlag()
            let term = try reader.takeBounded("term")
            let first = try reader.takeBounded("index")
            self = .mismatched(
                Mismatch(previousIndex: previous, term: hasTerm ? term : nil, first: first),
                round: try reader.takeBounded("round"))
        case 5: self = .snapshotPart(try SnapshotPart(from: &reader))
        case 6:
            let index = try reader.takeBounded("index")
            self = .snapshotReceived(index: index, bytes: Int(try reader.takeBounded("offset")))
        case 7: self = .timeoutNow
        case 8: self = .readIndex(request: try reader.take())
        case 9:
            let hasIndex = try reader.takeFlag()
            let index = try reader.takeBounded("index")
            self = .readIndexIs(hasIndex ? index : nil, request: try reader.take())
        case let kind: throw .unknownKind("message", kind)
        }
    }
}

extension Append {
    init(from reader: inout ByteReader) throws(WireError) {
        let (index, term) = (try reader.takeBounded("index"), try reader.takeBounded("term"))
        let (commit, round) = (try reader.takeBounded("index"), try reader.takeBounded("round"))
        let entries = try EntryCoding.entries(from: &reader)
        // Entries that do not follow what they are said to follow are no message of Raft's.
        if let first = entries.first, first.index != index + 1 {
            throw .absurd("first index", first.index)
        }
        self.init(
            previousIndex: index, previousTerm: term, entries: entries, commit: commit,
            round: round)
    }
}

extension SnapshotPart {
    init(from reader: inout ByteReader) throws(WireError) {
        let (index, term) = (try reader.takeBounded("index"), try reader.takeBounded("term"))
        let members = try EntryCoding.membership(from: &reader)
        let offset = Int(try reader.takeBounded("offset"))
        let isLast = try reader.takeFlag()
        self.init(
            head: Snapshot(index: index, term: term, membership: members, data: []),
            offset: offset,
            bytes: try reader.takeString(atMost: Message.Body.mostPartBytes), isLast: isLast)
    }
}
