/// A server's name within its cluster; never given to another one.
public struct ServerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number.
    public let number: UInt64

    /// The server of a number.
    public init(_ number: UInt64) { self.number = number }

    /// `s1`.
    public var description: String { "s\(number)" }

    /// By number.
    public static func < (one: ServerID, other: ServerID) -> Bool { one.number < other.number }
}

/// A logical time with at most one leader (§5.1); 0 before the first election.
public typealias Term = UInt64

/// A place in the log, from 1; 0 stands before the first entry.
public typealias LogIndex = UInt64

/// What must survive a crash beside log and snapshot (figure 2, "persistent state").
public struct HardState: Hashable, Sendable {
    /// The latest term that the server has seen.
    public var term: Term
    /// For whom it voted in that term.
    public var vote: ServerID?

    /// A server that has seen nothing, or what it kept.
    public init(term: Term = 0, vote: ServerID? = nil) {
        self.term = term
        self.vote = vote
    }
}

/// One entry of the log.
public struct Entry: Hashable, Sendable {
    /// What an entry is for.
    public enum Payload: Hashable, Sendable {
        /// Nothing: the first entry of each leader, so that it learns what is committed (§8).
        case nothing
        /// A command for the state machine.
        case command([UInt8])
        /// The members from here on (§6).
        indirect case membership(Membership)
    }

    /// The term in which a leader received it.
    public let term: Term
    /// Its place.
    public let index: LogIndex
    /// What it is for.
    public let payload: Payload

    /// Whether it says who the members are.
    var isMembership: Bool { if case .membership = payload { true } else { false } }

    /// Its size in bytes, about.
    var size: Int {
        switch payload {
        case .nothing: 16
        case .command(let command): 16 + command.count
        case .membership(let members): 16 + 8 * members.everybody.count
        }
    }

    /// An entry at a place.
    public init(term: Term, index: LogIndex, _ payload: Payload) {
        self.term = term
        self.index = index
        self.payload = payload
    }
}

/// Everything up to an index in one piece (§7).
public struct Snapshot: Hashable, Sendable {
    /// The last index that it covers.
    public let index: LogIndex
    /// The term of the entry there.
    public let term: Term
    /// The members as of then.
    public let membership: Membership
    /// The state machine's state.
    public let data: [UInt8]

    /// A snapshot of everything up to an index.
    public init(index: LogIndex, term: Term, membership: Membership, data: [UInt8]) {
        self.index = index
        self.term = term
        self.membership = membership
        self.data = data
    }
}

/// Who belongs to the cluster, and who must agree (§6).
public struct Membership: Hashable, Sendable {
    /// Who votes.
    public var voters: Set<ServerID>
    /// While the members change: who voted before, and still must agree too; else empty.
    public var outgoing: Set<ServerID>
    /// Who gets the log, but does not vote (dissertation §4.2.1).
    public var learners: Set<ServerID>

    /// A membership; a joint one if some voters are outgoing.
    public init(
        voters: Set<ServerID>, outgoing: Set<ServerID> = [], learners: Set<ServerID> = []
    ) {
        self.voters = voters
        self.outgoing = outgoing
        self.learners = learners
    }

    /// Whether two majorities must agree at present.
    public var isJoint: Bool { !outgoing.isEmpty }
    /// Everybody who gets the log.
    public var everybody: Set<ServerID> { voters.union(outgoing).union(learners) }

    /// Whether the server has a vote.
    public func hasVote(_ server: ServerID) -> Bool {
        voters.contains(server) || outgoing.contains(server)
    }

    /// Whether these are a majority of the voters and, while members change, of the outgoing ones.
    ///
    /// The only place that counts a majority of servers.
    public func isMajority(_ servers: Set<ServerID>) -> Bool {
        func holds(among members: Set<ServerID>) -> Bool {
            members.isEmpty || members.count { servers.contains($0) } > members.count / 2
        }
        return holds(among: voters) && holds(among: outgoing)
    }

    /// The highest index that a majority has reached.
    func majorityIndex(_ matched: (ServerID) -> LogIndex) -> LogIndex {
        func reached(by members: Set<ServerID>) -> LogIndex {
            let sorted = members.map(matched).sorted(by: >)
            return sorted.isEmpty ? .max : sorted[sorted.count / 2]
        }
        return min(reached(by: voters), reached(by: outgoing))
    }
}
