/// What a leader knows beside its log (figure 2, "volatile state on leaders").
public struct Leadership: Hashable, Sendable {
    /// The others.
    var progress: [ServerID: Progress] = [:]
    /// Ticks since a majority was last looked for.
    var ticks = 0
    /// Ticks since it began to lead.
    var now = 0
    /// Rounds so far.
    var round: UInt64 = 0
    /// When rounds began that may still count for a lease.
    var roundBegan: [UInt64: Int] = [:]
    /// Whether somebody was told to take over, who may do so at any time from then on.
    var hasOfferedTransfer = false
    /// Reads that wait until a majority has answered a round, or until something is committed.
    var reads: [PendingRead] = []
    /// To whom leadership is being handed over, and for how many ticks.
    var transfer: (target: ServerID, ticks: Int)?

    /// A read that waits.
    struct PendingRead: Hashable, Sendable {
        let request: UInt64
        /// The follower that asks; nil for a client of the leader's own.
        let asker: ServerID?
        /// The commit index when it came, and the round that must be answered; nil until the
        /// leader has committed something in its term.
        var index: LogIndex?
        var round: UInt64
    }

    /// By what it knows.
    public static func == (one: Leadership, other: Leadership) -> Bool {
        one.progress == other.progress && one.round == other.round && one.reads == other.reads
    }

    /// Hashes the progress.
    public func hash(into hasher: inout Hasher) { hasher.combine(progress) }
}

/// What a leader knows of another server's log.
struct Progress: Hashable, Sendable {
    /// How entries are sent.
    enum Mode: Hashable, Sendable {
        /// One message at a time, until it is known where the logs agree.
        case probing
        /// As many as may be on the way.
        case streaming
        /// A snapshot first, from this byte on.
        case snapshot(index: LogIndex, offset: Int)
    }

    var mode = Mode.probing
    /// The next index to send.
    var next: LogIndex
    /// The highest index that is known to be the same in both logs; never falls.
    var match: LogIndex = 0
    /// What is on its way to it.
    var window = Window()
    /// Whether it has been heard from since a majority was last looked for.
    var isHeard = false
    /// The last heartbeat round that it has answered.
    var round: UInt64 = 0
}

extension Server {
    /// How far each other server is known to have the log of this leader.
    package var matches: [ServerID: LogIndex] {
        guard case .leader(let leadership) = role else { return [:] }
        return leadership.progress.mapValues(\.match)
    }

    /// Begins to lead: with an entry of its own term, so that it learns what is committed (§8).
    mutating func lead() {
        var leadership = Leadership()
        for server in membership.everybody where server != id {
            leadership.progress[server] = Progress(next: log.lastIndex + 1)
        }
        role = .leader(leadership)
        // Whom they were asked of leads no more.
        refusePendingReads { _ in true }
        appendOwn(.nothing)
        replicate()
        advanceCommit()
    }

    /// Appends an entry of the present term to the leader's own log.
    @discardableResult
    mutating func appendOwn(_ payload: Entry.Payload) -> Entry {
        let entry = Entry(term: hard.term, index: log.lastIndex + 1, payload)
        log.append(entry)
        effects.append(.append([entry]))
        if case .membership = payload { meetMembers() }
        return entry
    }

    /// Changes what the leader knows; nothing happens if it does not lead.
    mutating func withLeadership(_ change: (inout Leadership) -> Void) {
        guard case .leader(var leadership) = role else { return }
        change(&leadership)
        role = .leader(leadership)
    }

    /// The leader's part of a tick: heartbeats, and a look whether a majority still answers.
    mutating func leaderTick() {
        guard case .leader(var leadership) = role else { return }
        leadership.transfer?.ticks += 1
        if let transfer = leadership.transfer, transfer.ticks > options.electionTicks {
            leadership.transfer = nil
        }
        leadership.now += 1
        for server in leadership.progress.keys { leadership.progress[server]?.window.age += 1 }
        let isOld = leadership.now - rules.leaseTicks(options.leaseTicks)
        leadership.roundBegan = leadership.roundBegan.filter { $0.value > isOld }
        role = .leader(leadership)
        if leadership.now % options.heartbeatTicks == 0 { heartbeat() }
        guard leadership.ticks >= options.electionTicks else { return }
        withLeadership { leadership in
            leadership.ticks = 0
        }
        stepDownIfAlone()
    }

    /// A leader that no majority answers any more cannot know that it still is one
    /// (dissertation §6.2).
    private mutating func stepDownIfAlone() {
        guard case .leader(var leadership) = role else { return }
        let heard = Set(leadership.progress.filter { $0.value.isHeard }.keys).union([id])
        for server in leadership.progress.keys { leadership.progress[server]?.isHeard = false }
        role = .leader(leadership)
        guard !rules.isMajority(heard, of: membership) else { return }
        stepDown()
    }

    /// Starts a round: every answer to it shows that this server still led when it began.
    mutating func startRound() {
        let hasLeases = options.leaseTicks > 0
        withLeadership { leadership in
            leadership.round += 1
            if hasLeases { leadership.roundBegan[leadership.round] = leadership.now }
        }
        guard case .leader(let leadership) = role else { return }
        for server in leadership.progress.keys.sorted() { sendEntries(to: server, isDue: true) }
    }

    /// A round because it is time, and once more what has not been answered for so long that it is
    /// taken for lost.
    private mutating func heartbeat() {
        let patience = options.electionTicks
        withLeadership { leadership in
            for server in leadership.progress.keys {
                leadership.progress[server]?.window.forgetLostProbe(after: patience)
            }
        }
        startRound()
    }

    // MARK: Clients

    mutating func propose(_ proposals: [Proposal]) {
        guard case .leader(let leadership) = role else {
            refuse(proposals, .notLeader(hint: leader))
            return
        }
        guard leadership.transfer == nil else {
            refuse(proposals, .transferring)
            return
        }
        var entries: [Entry] = []
        for proposal in proposals {
            let entry = Entry(
                term: hard.term, index: log.lastIndex + 1, .command(proposal.command))
            log.append(entry)
            entries.append(entry)
        }
        effects.append(.append(entries))
        for (proposal, entry) in zip(proposals, entries) {
            effects.append(
                .proposed(request: proposal.request, index: entry.index, term: entry.term))
        }
        replicate()
        advanceCommit()
    }

    private mutating func refuse(_ proposals: [Proposal], _ why: Refusal) {
        for proposal in proposals {
            effects.append(.refused(request: proposal.request, why))
        }
    }

    /// Hands leadership over: catch the target up, then tell it to campaign (dissertation §3.10).
    mutating func transfer(to target: ServerID) {
        guard case .leader(let leadership) = role, target != id, membership.voters.contains(target),
            leadership.transfer == nil
        else { return }
        withLeadership { $0.transfer = (target, 0) }
        sendEntries(to: target)
        finishTransfer()
    }

    /// Who would lose the least time if it took over; nil where this server does not lead, or is
    /// the only one that votes.
    public var successor: ServerID? {
        guard case .leader(let leadership) = role else { return nil }
        let voters = leadership.progress.filter { membership.voters.contains($0.key) }
        return voters.max { ($0.value.match, $1.key) < ($1.value.match, $0.key) }?.key
    }

    /// Whether a follower that answers is getting a snapshot: a newer one would have it begin again.
    public var isSendingSnapshot: Bool {
        guard case .leader(let leadership) = role else { return false }
        return leadership.progress.values.contains { progress in
            if case .snapshot = progress.mode { progress.isHeard } else { false }
        }
    }

    /// The target campaigns once it has everything.
    mutating func finishTransfer() {
        guard case .leader(let leadership) = role, let target = leadership.transfer?.target,
            let match = leadership.progress[target]?.match,
            rules.isReady(toLead: match, last: log.lastIndex)
        else { return }
        withLeadership { $0.hasOfferedTransfer = true }
        send(.timeoutNow, to: target)
    }

    /// What clients wait for here will not come from here any more.
    mutating func failPending() {
        refusePendingReads { _ in true }
        guard case .leader(let leadership) = role else { return }
        for read in leadership.reads { refuse(read) }
    }

    private mutating func refuse(_ read: Leadership.PendingRead) {
        if let asker = read.asker {
            send(.readIndexIs(nil, request: read.request), to: asker)
        } else {
            effects.append(.refused(request: read.request, .notLeader(hint: nil)))
        }
    }
}
