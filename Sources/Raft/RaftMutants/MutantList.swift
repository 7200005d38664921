internal import Raft

extension Mutant {
    /// All of them; numbers are rows of the catalogue, words are bugs of classes that it misses.
    public static let all: [Mutant] = catalogue + others

    /// Rows of the catalogue; those that are missing are in ``equivalents``.
    private static let catalogue: [Mutant] = [
        Mutant(
            "1", "commits entries of earlier terms by counting copies",
            seen: "logcabin#44, PySyncObj#169", [.leaderCompleteness, .linearizability]
        ) { CommitsEarlierTerms(deviation: $0) },
        Mutant(
            "2", "changes members without a joint phase: disjoint majorities",
            seen: "Ongaro 2015, jgroups-raft#38, hydro#3192", [.leaderCompleteness, .election]
        ) { ChangesMembersInOneStep(deviation: $0) },
        Mutant(
            "3", "term and vote are not kept", seen: "seaweedfs/raft#9, PySyncObj#202",
            [.election, .monotonic]
        ) { ForgetsTermAndVote(deviation: $0) },
        Mutant("5", "votes twice in a term", seen: "CCF#8094, akka-raft#56", [.election]) {
            VotesTwice(deviation: $0)
        },
        Mutant("6", "a vote of an earlier try counts", seen: "xraft#33", [.election]) {
            CountsStaleVotes(deviation: $0)
        },
        Mutant(
            "7", "an old append lowers the term", seen: "nebula#2405", [.monotonic, .election]
        ) { LowersTerm(deviation: $0) },
        Mutant(
            "8", "votes by the length of the log alone", seen: "jgroups-raft#251",
            [.leaderCompleteness, .linearizability]
        ) { ComparesOnlyIndexes(deviation: $0) },
        Mutant(
            "9", "a vote that was refused counts", seen: "openraft#1220",
            [.election, .leaderCompleteness]
        ) { CountsRefusals(deviation: $0) },
        Mutant("10", "half is taken for a majority", [.election, .linearizability]) {
            TakesHalfForMajority(deviation: $0)
        },
        Mutant(
            "11", "the leader reads from local state", seen: "etcd#741, consul#54",
            [.linearizability]
        ) { ReadsLocally(deviation: $0) },
        Mutant(
            "12", "reads are answered before a majority has confirmed", seen: "d-engine#381",
            [.linearizability]
        ) { ReadsWithoutRound(deviation: $0) },
        Mutant(
            "13", "reads before an entry of the own term is committed",
            seen: "etcd#7331, redisraft#22", [.linearizability]
        ) { ReadsBeforeOwnCommit(deviation: $0) },
        Mutant(
            "14", "a read counts answers to a round that began before it", seen: "etcd#20418",
            [.linearizability]
        ) { ReusesRound(deviation: $0) },
        Mutant(
            "15", "a lease trusts the clock too far", seen: "tikv#964, nebula#2723",
            [.linearizability]
        ) { TrustsClockTooFar(deviation: $0) },
        Mutant(
            "16", "a lease survives the handing over of leadership", seen: "tikv#1593",
            [.linearizability]
        ) { KeepsLeaseOverTransfer(deviation: $0) },
        Mutant(
            "17", "a follower reads before it has applied enough", seen: "tikv#9239",
            [.linearizability]
        ) { ReadsBeforeApplying(deviation: $0) },
        Mutant("18", "commit falls", seen: "PySyncObj#166", [.monotonic]) {
            LowersCommit(deviation: $0)
        },
        Mutant("19", "what has matched falls", seen: "PySyncObj#167, raftos#25", [.monotonic]) {
            LowersMatch(deviation: $0)
        },
        Mutant(
            "20", "a stale append truncates", seen: "raftos#26, akka-entity-replication#152",
            [.logMatching, .linearizability]
        ) { TruncatesAlways(deviation: $0) },
        Mutant(
            "21", "commits beyond what an append has shown to match", seen: "PySyncObj 0.3.17",
            [.equality, .linearizability]
        ) { CommitsUnmatched(deviation: $0) },
        Mutant("22", "compacted entries come back", seen: "willemt/raft#118", [.logMatching]) {
            BringsBackCompacted(deviation: $0)
        },
        Mutant(
            "23", "a snapshot leaves entries that contradict it", seen: "hashicorp/raft#704",
            [.logMatching, .liveness]
        ) { KeepsRestBehindSnapshot(deviation: $0) },
        Mutant(
            "24", "an older snapshot replaces a newer log", seen: "camunda#6092",
            [.monotonic, .leaderCompleteness]
        ) { TakesOlderSnapshots(deviation: $0) },
        Mutant(
            "25", "a snapshot leaves the members as they were", seen: "openraft#1808",
            [.leaderCompleteness, .election]
        ) { KeepsStaleMembers(deviation: $0) },
        Mutant("26", "a tail that contradicts stays", seen: "mofa#1151", [.logMatching]) {
            KeepsConflictingTail(deviation: $0)
        },
        Mutant(
            "27", "stepping down takes committed entries back", seen: "CCF#5674", [.monotonic]
        ) { DropsCommittedWhenDeposed(deviation: $0) },
        Mutant(
            "28", "a snapshot's index and its state are saved apart", seen: "etcd#13766",
            [.equality], bug: .snapshotsIndexEarlier),
        Mutant(
            "29", "acknowledges before it is safe on disk", seen: "nats#7564",
            [.leaderCompleteness, .linearizability], bug: .carriesOutBeforeSync),
        Mutant(
            "30", "acknowledges before it is committed", [.linearizability],
            bug: .answersOnceProposed),
        Mutant(
            "31", "a repeated command is applied twice", seen: "nebula#3109, curvine#676",
            [.once, .linearizability], bug: .forgetsSessions),
        Mutant(
            "32", "a server comes back under its name with an empty disk",
            seen: "rethinkdb#5289", [.leaderCompleteness, .election], bug: .wipedAtCrash),
        Mutant(
            "33", "says that nothing came of an entry that is committed later",
            seen: "redisraft#23", [.linearizability], bug: .refusesWhenDeposed),
        Mutant("34", "a leader takes no notice of a higher term", [.liveness]) {
            GoesOnLeading(deviation: $0)
        },
        Mutant(
            "35", "the torn end of the log is taken for whole", [.logMatching],
            bug: .keepsTornTail),
        Mutant(
            "36", "candidates do not ask first, and disturb who hears a leader",
            seen: "Cloudflare 2020", [.liveness]
        ) { CampaignsAtOnce(deviation: $0) },
    ]

    private static let others: [Mutant] = [
        Mutant(
            "unsynced-copy", "a leader counts its own copy before its disk has it",
            [.leaderCompleteness, .logMatching]
        ) { CountsUnsyncedCopy(deviation: $0) },
        Mutant(
            "early-votes", "messages leave before term and vote are safe", [.election],
            bug: .sendsAllEarly),
        Mutant(
            "early-persisted", "the disk is said to have what it does not have yet",
            [.leaderCompleteness], bug: .tellsPersistedEarly),
        Mutant("vote-not-kept", "the term is kept without the vote", [.election]) {
            ForgetsVote(deviation: $0)
        },
        Mutant("terms-only", "votes by the last term alone", [.leaderCompleteness]) {
            ComparesOnlyTerms(deviation: $0)
        },
        Mutant("hears-candidates", "who hears a leader votes for others", [.linearizability]) {
            HearsCandidates(deviation: $0)
        },
        Mutant(
            "new-voters-only", "a joint phase counts only the new voters",
            [.leaderCompleteness]
        ) { CountsNewVotersOnly(deviation: $0) },
        Mutant("learners-count", "copies of learners count", [.leaderCompleteness]) {
            CountsLearners(deviation: $0)
        },
        Mutant("one-copy", "one copy is enough", [.leaderCompleteness]) {
            CommitsWhatOneHas(deviation: $0)
        },
        Mutant(
            "one-too-many", "an answer is taken to confirm one entry more",
            [.leaderCompleteness]
        ) { CommitsOneTooMany(deviation: $0) },
        Mutant(
            "any-predecessor", "entries are taken behind others than the leader's",
            [.logMatching]
        ) { TakesAnyPredecessor(deviation: $0) },
        Mutant(
            "old-acknowledgements", "answers of an earlier term count",
            [.leaderCompleteness]
        ) { CountsOldAcknowledgements(deviation: $0) },
        Mutant(
            "old-entries", "entries of a leader that leads no more are taken",
            [.logMatching]
        ) { TakesOldEntries(deviation: $0) },
        Mutant(
            "old-snapshots", "a snapshot of a leader that leads no more is taken",
            [.logMatching]
        ) { TakesOldSnapshotParts(deviation: $0) },
        Mutant(
            "rest-dropped", "a snapshot takes entries along that go on from it",
            [.leaderCompleteness]
        ) { DropsRestBehindSnapshot(deviation: $0) },
        Mutant(
            "deposed-forgets", "who leads no more drops what is not committed yet",
            [.leaderCompleteness]
        ) { DropsUncommittedWhenDeposed(deviation: $0) },
        Mutant("members-any-time", "members change while they change", [.leaderCompleteness]) {
            ChangesMembersAnyTime(deviation: $0)
        },
        Mutant(
            "snapshot-without-sessions", "snapshots leave the sessions out", [.once],
            bug: .snapshotsOmitSessions),
        Mutant(
            "snapshot-not-installed", "an installed snapshot leaves the state as it was",
            [.equality], bug: .installsNothing),
        Mutant(
            "overwritten-confirmed", "a command that was overwritten is confirmed",
            [.linearizability], bug: .confirmsOverwritten),
        Mutant(
            "folder-not-synced", "files are synced, their names are not",
            seen: "Pillai et al. 2014, §4", [.leaderCompleteness, .linearizability],
            bug: .skipsFolderSyncs),
        Mutant(
            "failed-sync-ignored", "a sync that failed is taken for done",
            seen: "PostgreSQL 2018, Rebello et al. 2020", [.leaderCompleteness, .equality],
            bug: .ignoresFailedSyncs),
        Mutant(
            "checksums-skipped", "damaged files are taken for whole",
            seen: "Ganesan et al. 2017", [.equality, .linearizability], bug: .skipsChecksums),
        Mutant(
            "wall-clock-lease", "a lease is measured by the wall clock",
            [.linearizability], bug: .leasesByWallClock),
        Mutant(
            "slow-clock-lease", "a lease holds however slow its clock runs",
            seen: "dissertation §6.4.1", [.linearizability], bug: .leasesByAnyClock),
        Mutant(
            "vote-kept-late", "term and vote are written with the next entries only",
            seen: "hashicorp/raft#661, telcoin-network#934", [.election, .monotonic],
            bug: .writesVotesLate),
        Mutant(
            "joined-reads", "a read joins others whose round began before it",
            [.linearizability], bug: .joinsReads),
        Mutant(
            "own-end-acknowledged", "a follower acknowledges all of its log, matched or not",
            [.leaderCompleteness, .liveness], bug: .acknowledgesOwnEnd),
        Mutant(
            "transfer-without-end", "who was told to hand over never takes commands again",
            seen: "openraft#1747", [.liveness], bug: .handsOverForEver),
        Mutant(
            "compared-when-proposed", "a leader compares when the command comes, not in its turn",
            [.linearizability], bug: .comparesProposals),
        Mutant(
            "released-for-anybody", "whoever releases a lock releases it, the holder or not",
            [.linearizability], bug: .releasesForHolders),
    ]
}
