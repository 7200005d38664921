/// The rules that keep a cluster safe, each in one place where it can be read, and broken, alone.
///
/// A server asks these; the defaults, in the extensions below, are the paper's and the only ones
/// that ship. Tests plant bugs by rules of their own: each requirement is what one known bug of
/// another implementation got wrong. All are pure.
package protocol Rules: Sendable {
    // Terms and votes.
    func kept(_ state: HardState) -> HardState?
    func treatment(ofOlder body: Message.Body) -> OlderTerm
    func stepsDown(_ isLeader: Bool, before body: Message.Body) -> Bool
    func isFree(_ vote: ServerID?, for candidate: ServerID) -> Bool
    func isUpToDate(_ candidate: LogEnd, than own: LogEnd) -> Bool
    func counts(isGranted: Bool, ofTerm term: Term, in current: Term) -> Bool
    func isMajority(_ servers: Set<ServerID>, of members: Membership) -> Bool
    func asksFirst() -> Bool
    func ignoresCandidates(hearsLeader: Bool) -> Bool
    func removedWhenDeposed(last: LogIndex, commit: LogIndex) -> LogIndex?

    // Replication.
    func contradicts(_ entry: Entry, own: Term?, beginsAt first: LogIndex) -> Bool
    func isNews(_ entry: Entry, snapshot: LogIndex) -> Bool
    func removesTail(from index: LogIndex, through last: LogIndex) -> Bool
    func follows(_ append: Append, own: Term?, snapshot: LogIndex) -> Bool
    func sharedEnd(of append: Append, last: LogIndex) -> LogIndex
    func match(_ known: LogIndex, _ told: LogIndex) -> LogIndex

    // Commitment.
    func ownCopy(persisted: LogIndex, last: LogIndex) -> LogIndex
    func majorityIndex(of members: Membership, _ matched: (ServerID) -> LogIndex) -> LogIndex
    func commits(entryOf term: Term, in current: Term) -> Bool
    func commit(_ known: LogIndex, _ told: LogIndex) -> LogIndex

    // Reading.
    func knowsCommit(committed term: Term?, in current: Term) -> Bool
    func needsRound() -> Bool
    func round(after current: UInt64) -> UInt64
    func leaseTicks(_ ticks: Int) -> Int
    func leaseSurvives(transfer hasOffered: Bool) -> Bool
    func isApplied(_ index: LogIndex, commit: LogIndex) -> Bool

    // Snapshots and members.
    func isNewer(_ snapshot: LogIndex, than commit: LogIndex) -> Bool
    func keepsRest(own: Term?, snapshot: Term) -> Bool
    func membership(of newer: Snapshot, after older: Snapshot) -> Membership
    func mayChangeMembers(committed term: Term?, in current: Term, pending isPending: Bool) -> Bool
    func membersAfter(_ members: Membership, outgoing: Set<ServerID>) -> Membership
    func isCaughtUp(_ match: LogIndex, commit: LogIndex) -> Bool

    // Handing over.
    func isReady(toLead match: LogIndex, last: LogIndex) -> Bool
}

/// The rules of the paper, and of the dissertation.
package struct PaperRules: Rules {
    package init() {}
}

/// What is done with a message of a term that is over.
package enum OlderTerm: Sendable {
    /// It has no effect; its sender is told of the present term where it may not know.
    case refuse
    /// It counts as one of the present term.
    case take
    /// Its term is adopted.
    case adopt
}

/// Where a log ends; ordered by term, then index (§5.4.1).
package struct LogEnd: Hashable, Comparable, Sendable {
    package let term: Term
    package let index: LogIndex

    package init(term: Term, index: LogIndex) {
        self.term = term
        self.index = index
    }

    package static func < (one: LogEnd, other: LogEnd) -> Bool {
        (one.term, one.index) < (other.term, other.index)
    }
}

// MARK: Terms and votes

extension Rules {
    /// Term and vote are kept, both in one record, before anything that depends on them (figure 2).
    package func kept(_ state: HardState) -> HardState? { state }

    /// Nothing of a past term has any effect (§5.1).
    package func treatment(ofOlder body: Message.Body) -> OlderTerm { .refuse }

    /// Whoever sees a higher term follows, leaders too (§5.1).
    package func stepsDown(_ isLeader: Bool, before body: Message.Body) -> Bool { true }

    /// A server votes once in a term, for whoever asks first (§5.2).
    package func isFree(_ vote: ServerID?, for candidate: ServerID) -> Bool {
        vote == nil || vote == candidate
    }

    /// A candidate's log must have at least all that the voter's may have to keep (§5.4.1).
    package func isUpToDate(_ candidate: LogEnd, than own: LogEnd) -> Bool { candidate >= own }

    /// A vote counts if it was granted, and for the present try (§5.2).
    package func counts(isGranted: Bool, ofTerm term: Term, in current: Term) -> Bool {
        isGranted && term == current
    }

    /// More than half of the voters and, while members change, of the outgoing ones (§5.2, §6).
    package func isMajority(_ servers: Set<ServerID>, of members: Membership) -> Bool {
        members.isMajority(servers)
    }

    /// A candidate asks whether it would have a chance before it raises its term (dissertation
    /// §9.6).
    package func asksFirst() -> Bool { true }

    /// Who hears a leader takes no notice of candidates (dissertation §4.2.3).
    package func ignoresCandidates(hearsLeader: Bool) -> Bool { hearsLeader }

    /// Who leads no more keeps its whole log; a newer leader decides about it (§5.3).
    package func removedWhenDeposed(last: LogIndex, commit: LogIndex) -> LogIndex? { nil }
}

// MARK: Replication

extension Rules {
    /// Only an entry of another term contradicts what stands at its place; a stale message
    /// contradicts nothing, so it removes nothing (§5.3).
    package func contradicts(_ entry: Entry, own: Term?, beginsAt first: LogIndex) -> Bool {
        own != entry.term
    }

    /// What the snapshot covers is committed, and never comes back (§7).
    package func isNews(_ entry: Entry, snapshot: LogIndex) -> Bool { entry.index > snapshot }

    /// With an entry that is contradicted goes everything behind it (§5.3).
    package func removesTail(from index: LogIndex, through last: LogIndex) -> Bool { index <= last }

    /// Entries are taken only behind one that both logs have; what the snapshot covers is committed
    /// and so the same in both (§5.3).
    package func follows(_ append: Append, own: Term?, snapshot: LogIndex) -> Bool {
        append.previousIndex < snapshot || own == append.previousTerm
    }

    /// Up to where a message has shown the logs to agree: no commit reaches further (§5.3).
    package func sharedEnd(of append: Append, last: LogIndex) -> LogIndex {
        append.previousIndex + LogIndex(append.entries.count)
    }

    /// What has matched once stays so: answers come late and in any order (figure 2).
    package func match(_ known: LogIndex, _ told: LogIndex) -> LogIndex { max(known, told) }
}

// MARK: Commitment

extension Rules {
    /// A leader counts its own copy from the moment its disk has it, not before (dissertation
    /// §10.2.1).
    package func ownCopy(persisted: LogIndex, last: LogIndex) -> LogIndex { persisted }

    /// The highest index that a majority has reached (§5.3, §6).
    package func majorityIndex(
        of members: Membership, _ matched: (ServerID) -> LogIndex
    ) -> LogIndex { members.majorityIndex(matched) }

    /// Copies are counted only of entries of the leader's own term (§5.4.2, figure 8).
    package func commits(entryOf term: Term, in current: Term) -> Bool { term == current }

    /// Commit never falls (figure 2).
    package func commit(_ known: LogIndex, _ told: LogIndex) -> LogIndex { max(known, told) }
}

// MARK: Reading

extension Rules {
    /// A leader knows what is committed once an entry of its own term is (§8).
    package func knowsCommit(committed term: Term?, in current: Term) -> Bool { term == current }

    /// A leader answers once a majority has confirmed that it still leads (§8).
    package func needsRound() -> Bool { true }

    /// Answers to rounds that began before the read came show nothing (§8).
    package func round(after current: UInt64) -> UInt64 { current + 1 }

    /// A lease is as short as the options say (dissertation §6.4.1).
    package func leaseTicks(_ ticks: Int) -> Int { ticks }

    /// Whoever was told to take over does so without waiting, so there is no lease from then on
    /// (dissertation §6.4.1).
    package func leaseSurvives(transfer hasOffered: Bool) -> Bool { !hasOffered }

    /// A follower reads once it has applied what the leader named (§8).
    package func isApplied(_ index: LogIndex, commit: LogIndex) -> Bool { commit >= index }
}

// MARK: Snapshots and members

extension Rules {
    /// A snapshot of what is committed here already brings nothing (§7).
    package func isNewer(_ snapshot: LogIndex, than commit: LogIndex) -> Bool { snapshot > commit }

    /// What stands behind a snapshot stays if the entry at its end is the same, and goes if not
    /// (figure 13, steps 6 and 7).
    package func keepsRest(own: Term?, snapshot: Term) -> Bool { own == snapshot }

    /// The members are those of the snapshot and of the log behind it (§7).
    package func membership(of newer: Snapshot, after older: Snapshot) -> Membership {
        newer.membership
    }

    /// One change at a time, and none before the leader knows what is committed (§6, Ongaro 2015).
    package func mayChangeMembers(
        committed term: Term?, in current: Term, pending isPending: Bool
    ) -> Bool {
        !isPending && term == current
    }

    /// While members change, the outgoing ones must agree too (§6).
    package func membersAfter(_ members: Membership, outgoing: Set<ServerID>) -> Membership {
        Membership(voters: members.voters, outgoing: outgoing, learners: members.learners)
    }

    /// Who is to vote has the log first (dissertation §4.2.1).
    package func isCaughtUp(_ match: LogIndex, commit: LogIndex) -> Bool { match >= commit }
}

// MARK: Handing over

extension Rules {
    /// The successor has the whole log before it is told to campaign (dissertation §3.10).
    package func isReady(toLead match: LogIndex, last: LogIndex) -> Bool { match == last }
}
