package import Raft

/// A known kind of bug, planted: everything of Raft as it should be but one rule.
///
/// No shipping product contains this module. The simulator runs the true core with a mutant's rules
/// and an embedder with its bug; `raftd-mutant` does the same to a real node.
public struct Mutant: Sendable, Identifiable {
    /// Which promise a bug breaks, and so what should catch it.
    public enum Check: String, Sendable {
        /// At most one leader in a term.
        case election
        /// Equal entries behind equal ones.
        case logMatching
        /// A leader has all that is committed.
        case leaderCompleteness
        /// Terms, commit and matches never fall.
        case monotonic
        /// Equal state at equal applied index.
        case equality
        /// Somebody leads, entries are committed, terms stay.
        case liveness
        /// A command is applied once.
        case once
        /// What clients saw has an order.
        case linearizability
    }

    /// What an embedder does wrong around the true core.
    package enum EmbedderBug: Hashable, Sendable {
        /// What depends on the disk does not wait for it.
        case carriesOutBeforeSync
        /// Names of files are not made durable.
        case skipsFolderSyncs
        /// A sync that failed is taken for one that did not.
        case ignoresFailedSyncs
        /// What is read from the disk is taken for what was written.
        case skipsChecksums
        /// A lease is measured by the wall clock, which may jump.
        case leasesByWallClock
        /// A lease holds however slow the clock runs that measures it.
        case leasesByAnyClock
        /// Messages leave before the term and the vote are safe.
        case sendsAllEarly
        /// The disk is said to have what it does not have yet.
        case tellsPersistedEarly
        /// The torn end of a write is taken for whole.
        case keepsTornTail
        /// A server comes back with an empty disk.
        case wipedAtCrash
        /// A repeated command is applied again.
        case forgetsSessions
        /// Snapshots leave the sessions out.
        case snapshotsOmitSessions
        /// A snapshot names an index before the one that it covers.
        case snapshotsIndexEarlier
        /// A snapshot that was installed does not replace the state.
        case installsNothing
        /// Entries are confirmed as soon as they stand in the leader's log.
        case answersOnceProposed
        /// A command whose place another one took is confirmed.
        case confirmsOverwritten
        /// Who leads no more says that nothing came of what stands in its log.
        case refusesWhenDeposed
        /// Term and vote are written with the next entries only.
        case writesVotesLate
        /// Reads join others whose round has begun already.
        case joinsReads
        /// A follower acknowledges all that it has, whatever the leader has sent.
        case acknowledgesOwnEnd
        /// A leader that was told to hand over never takes commands again.
        case handsOverForEver
        /// A comparison is made when the command comes, and not when its turn has come.
        case comparesProposals
        /// A lock is released for its holder, whoever asks.
        case releasesForHolders
    }

    /// What it is called, on command lines and in tables: the number of its row in the catalogue of
    /// bugs that were found in real implementations, or a word.
    public let id: String
    /// What it does wrong.
    public let title: String
    /// Where it was seen.
    public let seen: String
    /// What should catch it; the first is what should catch it soonest.
    public let caughtBy: [Check]
    package let bug: EmbedderBug?
    package let rules: @Sendable (Deviation) -> any Rules

    init(
        _ id: String, _ title: String, seen: String = "", _ caughtBy: [Check],
        bug: EmbedderBug? = nil,
        rules: @escaping @Sendable (Deviation) -> any Rules = { _ in PaperRules() }
    ) {
        self.id = id
        self.title = title
        self.seen = seen
        self.caughtBy = caughtBy
        self.bug = bug
        self.rules = rules
    }

    /// Whether `raftd-mutant` can have it: some embedders' bugs belong to the simulator alone.
    public var fitsNodes: Bool {
        switch bug {
        case nil, .carriesOutBeforeSync, .answersOnceProposed, .forgetsSessions,
            .refusesWhenDeposed, .keepsTornTail:
            true
        case .skipsFolderSyncs, .ignoresFailedSyncs, .skipsChecksums, .leasesByWallClock,
            .leasesByAnyClock, .wipedAtCrash, .snapshotsIndexEarlier:
            true
        case .writesVotesLate, .joinsReads, .acknowledgesOwnEnd, .handsOverForEver,
            .comparesProposals, .releasesForHolders:
            true
        case .sendsAllEarly, .tellsPersistedEarly, .snapshotsOmitSessions, .installsNothing,
            .confirmsOverwritten:
            false
        }
    }

    /// Whether the simulator can have it: it has no folders, no syncs that fail, no bytes that rot, no
    /// wall clock, and clients that only read and write.
    public var fitsSimulator: Bool {
        switch bug {
        case .skipsFolderSyncs, .ignoresFailedSyncs, .skipsChecksums, .leasesByWallClock,
            .leasesByAnyClock, .comparesProposals, .releasesForHolders:
            false
        default: true
        }
    }

    /// The mutant of a name.
    public static func named(_ id: String) -> Mutant? { all.first { $0.id == id } }
}

/// Notes each time that a planted bug does what a right server would not: a bug that survived is told
/// from one that never came up.
package struct Deviation: Sendable {
    private let note: @Sendable () -> Void

    package init(_ note: @escaping @Sendable () -> Void) { self.note = note }

    /// The wrong value, noted where it is not the right one.
    func use<Value: Equatable>(_ wrong: Value, insteadOf right: Value) -> Value {
        if wrong != right { note() }
        return wrong
    }
}
