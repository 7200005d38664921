/// What a server had at one applied index: the same on every server at the same index, or something
/// is wrong.
public struct AppliedState: Hashable, Sendable {
    /// The index.
    public let index: UInt64
    /// The term of the entry there.
    public let term: UInt64
    /// A hash of the applied state.
    public let stateHash: UInt64
    /// A digest of all entries up to the index, their terms and contents.
    public let logDigest: UInt64

    /// A state.
    public init(index: UInt64, term: UInt64, stateHash: UInt64, logDigest: UInt64) {
        self.index = index
        self.term = term
        self.stateHash = stateHash
        self.logDigest = logDigest
    }

    func write(to writer: inout ByteWriter) {
        for number in [index, term, stateHash, logDigest] { writer.put(number) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        index = try reader.take()
        term = try reader.take()
        stateHash = try reader.take()
        logDigest = try reader.take()
    }
}

/// What a server says of itself, to the harness and to people.
public struct ServerStatus: Hashable, Sendable {
    /// What it is.
    public enum Role: UInt8, Sendable {
        /// It follows.
        case follower = 0
        /// It campaigns.
        case candidate = 1
        /// It leads.
        case leader = 2
    }

    /// Its number.
    public var id: UInt64
    /// What it is.
    public var role: Role
    /// Its term.
    public var term: UInt64
    /// Who leads, as far as it knows.
    public var leader: UInt64?
    /// For whom it voted in its term.
    public var votedFor: UInt64?
    /// The last index of its log.
    public var last: UInt64
    /// Up to where it knows entries to be committed.
    public var commit: UInt64
    /// Up to where it has applied them.
    public var applied: UInt64
    /// The last index that its snapshot covers.
    public var snapshot: UInt64
    /// A hash of the applied state: equal at an equal applied index, or something is wrong.
    public var stateHash: UInt64
    /// Who votes.
    public var voters: [UInt64]
    /// Who voted before, while members change.
    public var outgoing: [UInt64]
    /// Who gets the log without a vote.
    public var learners: [UInt64]
    /// The term of the entry at the applied index.
    public var appliedTerm: UInt64
    /// A digest of all entries up to the applied index, their terms and contents; the applied
    /// index is the commit index but for a moment.
    public var logDigest: UInt64
    /// What it had at earlier applied indexes, in their order: at each multiple of
    /// ``recentStride``, so that servers can be compared that do not stand still.
    public var recent: [AppliedState]

    /// Between two of ``recent``.
    public static let recentStride: UInt64 = 64
    /// No more of ``recent`` are kept.
    public static let mostRecent = 128

    /// What it has now.
    public var state: AppliedState {
        AppliedState(
            index: applied, term: appliedTerm, stateHash: stateHash, logDigest: logDigest)
    }

    /// A status.
    public init(
        id: UInt64, role: Role, term: UInt64, leader: UInt64?, votedFor: UInt64?, last: UInt64,
        commit: UInt64, applied: UInt64, snapshot: UInt64, stateHash: UInt64, voters: [UInt64],
        outgoing: [UInt64], learners: [UInt64], appliedTerm: UInt64 = 0, logDigest: UInt64 = 0,
        recent: [AppliedState] = []
    ) {
        self.id = id
        self.role = role
        self.term = term
        self.leader = leader
        self.votedFor = votedFor
        self.last = last
        self.commit = commit
        self.applied = applied
        self.snapshot = snapshot
        self.stateHash = stateHash
        self.voters = voters
        self.outgoing = outgoing
        self.learners = learners
        self.appliedTerm = appliedTerm
        self.logDigest = logDigest
        self.recent = recent
    }

    func write(to writer: inout ByteWriter) {
        writer.put(id)
        writer.put(role.rawValue)
        for number in [
            term, leader ?? 0, votedFor ?? 0, last, commit, applied, snapshot, stateHash,
        ] {
            writer.put(number)
        }
        for numbers in [voters, outgoing, learners] { Request.put(numbers, to: &writer) }
        writer.put(appliedTerm)
        writer.put(logDigest)
        writer.put(UInt16(recent.count))
        for state in recent { state.write(to: &writer) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        id = try reader.take()
        let kind = try reader.take(UInt8.self)
        guard let role = Role(rawValue: kind) else { throw .unknownKind("role", kind) }
        self.role = role
        term = try reader.take()
        let leader = try reader.take(UInt64.self)
        self.leader = leader == 0 ? nil : leader
        let vote = try reader.take(UInt64.self)
        votedFor = vote == 0 ? nil : vote
        last = try reader.take()
        commit = try reader.take()
        applied = try reader.take()
        snapshot = try reader.take()
        stateHash = try reader.take()
        voters = try Request.takeNumbers(from: &reader)
        outgoing = try Request.takeNumbers(from: &reader)
        learners = try Request.takeNumbers(from: &reader)
        appliedTerm = try reader.take()
        logDigest = try reader.take()
        let count = Int(try reader.take(UInt16.self))
        guard count <= Self.mostRecent else { throw .tooLong(count, most: Self.mostRecent) }
        recent = []
        for _ in 0..<count { recent.append(try AppliedState(from: &reader)) }
    }
}
