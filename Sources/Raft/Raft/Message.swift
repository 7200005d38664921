/// What one server says to another (figures 2 and 13, dissertation §§3.10, 6.4 and 9.6).
public struct Message: Hashable, Sendable {
    /// Who says it.
    public let from: ServerID
    /// To whom.
    public let to: ServerID
    /// The sender's term; for a pre-vote the term that it would stand in.
    public let term: Term
    /// What.
    public let body: Body

    /// What a message says.
    public enum Body: Hashable, Sendable {
        /// "Vote for me"; a pre-vote only asks whether you would.
        case requestVote(VoteRequest)
        /// The answer to a request for a vote.
        case vote(isPre: Bool, isGranted: Bool)
        /// Entries, or none as a heartbeat.
        case append(Append)
        /// "Up to here my log is yours"; `round` is that of the append it answers.
        case matched(LogIndex, round: UInt64)
        /// "What you believe to precede is not there": the term that is, if any, and where the
        /// leader may go on.
        case mismatched(Mismatch, round: UInt64)
        /// A part of a snapshot.
        case snapshotPart(SnapshotPart)
        /// "So many bytes of that snapshot are here."
        case snapshotReceived(index: LogIndex, bytes: Int)
        /// "Campaign at once": leadership is handed over.
        case timeoutNow
        /// "What is the read index?", asked by a follower for one of its clients.
        case readIndex(request: UInt64)
        /// The answer to that; nil if the leader cannot tell.
        case readIndexIs(LogIndex?, request: UInt64)
    }

    /// A message.
    public init(from: ServerID, to: ServerID, term: Term, _ body: Body) {
        self.from = from
        self.to = to
        self.term = term
        self.body = body
    }

    /// Whether it may leave before what stands in front of it is safe on disk, provided that
    /// nothing of that is a ``Effect/keep(_:)``: a leader writes to its own disk while its followers
    /// write to theirs (dissertation §10.2.1), and counts itself only once its disk has it.
    var mayPrecedeDisk: Bool {
        if case .append = body { true } else { false }
    }
}

/// A request for a vote (figure 2, RequestVote).
public struct VoteRequest: Hashable, Sendable {
    /// Whether the sender only wants to know (dissertation §9.6).
    public let isPre: Bool
    /// Whether the leader itself asked for this election (dissertation §3.10).
    public let isTransfer: Bool
    /// The last index of the sender's log.
    public let lastIndex: LogIndex
    /// The term there.
    public let lastTerm: Term

    /// A request.
    public init(isPre: Bool, isTransfer: Bool, lastIndex: LogIndex, lastTerm: Term) {
        self.isPre = isPre
        self.isTransfer = isTransfer
        self.lastIndex = lastIndex
        self.lastTerm = lastTerm
    }
}

/// Entries from a leader (figure 2, AppendEntries).
public struct Append: Hashable, Sendable {
    /// The index before the entries.
    public let previousIndex: LogIndex
    /// The term there.
    public let previousTerm: Term
    /// The entries.
    public let entries: [Entry]
    /// Up to where the leader knows entries to be committed.
    public let commit: LogIndex
    /// The leader's count of heartbeat rounds, by which it knows that it still led (§8).
    public let round: UInt64

    /// Entries behind a place.
    public init(
        previousIndex: LogIndex, previousTerm: Term, entries: [Entry], commit: LogIndex,
        round: UInt64
    ) {
        self.previousIndex = previousIndex
        self.previousTerm = previousTerm
        self.entries = entries
        self.commit = commit
        self.round = round
    }
}

/// Why entries were refused, in the detail that saves round trips (§5.3).
public struct Mismatch: Hashable, Sendable {
    /// The index that was thought to precede.
    public let previousIndex: LogIndex
    /// The term that stands there instead; nil if the log is shorter.
    public let term: Term?
    /// The first index of that term, or the one behind the log's end.
    public let first: LogIndex

    /// A mismatch.
    public init(previousIndex: LogIndex, term: Term?, first: LogIndex) {
        self.previousIndex = previousIndex
        self.term = term
        self.first = first
    }
}

/// A part of a snapshot (figure 13, InstallSnapshot).
public struct SnapshotPart: Hashable, Sendable {
    /// The snapshot without its data.
    public let head: Snapshot
    /// Where the part begins.
    public let offset: Int
    /// The bytes.
    public let bytes: [UInt8]
    /// Whether it is the last one.
    public let isLast: Bool

    /// A part.
    public init(head: Snapshot, offset: Int, bytes: [UInt8], isLast: Bool) {
        self.head = head
        self.offset = offset
        self.bytes = bytes
        self.isLast = isLast
    }
}

/// A command that a client wants in the log.
public struct Proposal: Hashable, Sendable {
    /// The command.
    public let command: [UInt8]
    /// Comes back in the answer.
    public let request: UInt64

    /// A proposal.
    public init(_ command: [UInt8], request: UInt64) {
        self.command = command
        self.request = request
    }
}

/// What happens to a server.
public enum Event: Hashable, Sendable {
    /// A fixed stretch of time has passed; ``Options`` count in these.
    case tick
    /// Something has arrived.
    case message(Message)
    /// Clients want commands in the log; all of them go there, behind each other, or none.
    case propose([Proposal])
    /// A client wants to read what is there when it asks, or later.
    case read(request: UInt64)
    /// Somebody wants other members.
    case changeMembers(voters: Set<ServerID>, learners: Set<ServerID>, request: UInt64)
    /// Somebody wants another leader.
    case transferLeadership(to: ServerID)
    /// The state machine's state as of an applied index has been saved.
    case compact(upTo: LogIndex, data: [UInt8])
    /// This server's disk has all of its log up to the entry of this index and term. A leader
    /// counts its own copy only from then on; ``Pass`` says when to tell.
    case persisted(through: LogIndex, term: Term)
}

/// What a server wants done, in this order: what is kept must be safe on disk before anything
/// behind it in the list is done.
public enum Effect: Hashable, Sendable {
    /// Keep this in place of what was kept before.
    case keep(HardState)
    /// Remove kept entries from this index on.
    case truncate(from: LogIndex)
    /// Keep these entries behind all others.
    case append([Entry])
    /// Keep this snapshot, and drop the entries that it covers, or all of them.
    case keepSnapshot(Snapshot, droppingAll: Bool)
    /// Send this; it may be lost.
    case send(Message)
    /// Apply these to the state machine.
    case apply([Entry])
    /// Put this in place of the state machine's state.
    case restore(Snapshot)
    /// A command stands in the log at this index and term. If an entry of another term is applied
    /// there, it has been lost.
    case proposed(request: UInt64, index: LogIndex, term: Term)
    /// Nothing was done for the client; the server may know who leads.
    case refused(request: UInt64, Refusal)
    /// Everything up to this index, which has been applied, answers the read.
    case readable(request: UInt64, index: LogIndex)
    /// A promise of the cluster's is broken, and this server cannot go on: say why, loudly, and
    /// end. Nothing behind it counts.
    case halt(String)
}

/// Why nothing was done for a client.
public enum Refusal: Hashable, Sendable {
    /// Somebody else leads, or nobody.
    case notLeader(hint: ServerID?)
    /// Another change is under way, or this leader has not committed anything yet.
    case busy
    /// These must be learners, and have the log, before they can vote.
    case notCaughtUp(Set<ServerID>)
    /// Leadership is being handed over.
    case transferring
}
