// Linearizable reads without the log (§8, dissertation §6.4): the commit index when the read came
// is enough once a majority has confirmed, afterwards, that this server still leads; and it is
// known only when the leader has committed an entry of its own term.
extension Server {
    /// A client of this server's wants to read.
    mutating func read(_ request: UInt64) {
        switch role {
        case .leader: enqueueRead(request, asker: nil)
        case .follower(let leader?):
            pendingReads[request] = 0
            send(.readIndex(request: request), to: leader)
        case .follower(nil), .candidate:
            effects.append(.refused(request: request, .notLeader(hint: nil)))
        }
    }

    /// A follower asks for one of its clients.
    mutating func answerRead(_ request: UInt64, for asker: ServerID) {
        guard case .leader = role else {
            send(.readIndexIs(nil, request: request), to: asker)
            return
        }
        enqueueRead(request, asker: asker)
    }

    private mutating func enqueueRead(_ request: UInt64, asker: ServerID?) {
        guard case .leader(let leadership) = role else { return }
        let commit = commit
        let knowsCommit = rules.knowsCommit(committed: log.term(at: commit), in: hard.term)
        if knowsCommit, hasLease || !rules.needsRound() {
            answer(.init(request: request, asker: asker, index: commit, round: 0), commit)
            return
        }
        let round = rules.round(after: leadership.round)
        withLeadership {
            $0.reads.append(
                .init(
                    request: request, asker: asker, index: knowsCommit ? commit : nil,
                    round: round))
        }
        if knowsCommit { startRound() }
        answerReads()
    }

    /// Reads that came before the leader knew what is committed can be asked about now.
    mutating func promoteReads() {
        guard case .leader(let leadership) = role,
            leadership.reads.contains(where: { $0.index == nil })
        else { return }
        let (commit, round) = (commit, rules.round(after: leadership.round))
        withLeadership { leadership in
            for place in leadership.reads.indices where leadership.reads[place].index == nil {
                leadership.reads[place].index = commit
                leadership.reads[place].round = round
            }
        }
        startRound()
    }

    /// Whether nobody else can lead yet: a majority has heard from this server since, and will not
    /// vote before its election timeout has passed (dissertation §6.4.1).
    ///
    /// Whoever has been told to take over does so without waiting, so from then on there is no
    /// lease.
    private var hasLease: Bool {
        guard options.leaseTicks > 0, case .leader(let leadership) = role,
            rules.leaseSurvives(transfer: leadership.hasOfferedTransfer)
        else { return false }
        let ticks = rules.leaseTicks(options.leaseTicks)
        return leadership.roundBegan.contains { round, began in
            guard leadership.now - began < ticks else { return false }
            let answered = leadership.progress.filter { $0.value.round >= round }.keys
            return rules.isMajority(Set(answered).union([id]), of: membership)
        }
    }

    /// Answers the reads whose round a majority has answered.
    mutating func answerReads() {
        guard case .leader(let leadership) = role, !leadership.reads.isEmpty else { return }
        var left: [Leadership.PendingRead] = []
        for read in leadership.reads {
            let answered = Set(
                leadership.progress.filter { $0.value.round >= read.round }.keys)
            guard let index = read.index,
                rules.isMajority(answered.union([id]), of: membership)
            else {
                left.append(read)
                continue
            }
            answer(read, index)
        }
        withLeadership { $0.reads = left }
    }

    private mutating func answer(_ read: Leadership.PendingRead, _ index: LogIndex) {
        if let asker = read.asker {
            send(.readIndexIs(index, request: read.request), to: asker)
        } else {
            effects.append(.readable(request: read.request, index: index))
        }
    }

    /// The leader's answer: the read waits until this server has applied that much itself.
    mutating func readIndexIs(_ index: LogIndex?, _ request: UInt64) {
        guard pendingReads.removeValue(forKey: request) != nil else { return }
        guard let index else {
            effects.append(.refused(request: request, .notLeader(hint: leader)))
            return
        }
        if rules.isApplied(index, commit: commit) {
            effects.append(.readable(request: request, index: index))
        } else {
            waitingReads.append((request, index))
        }
    }

    /// Gives up reads for which the leader's answer has not come.
    mutating func refusePendingReads(where isHopeless: (_ ticks: Int) -> Bool) {
        for request in pendingReads.filter({ isHopeless($0.value) }).keys.sorted() {
            pendingReads[request] = nil
            effects.append(.refused(request: request, .notLeader(hint: nil)))
        }
    }
}
