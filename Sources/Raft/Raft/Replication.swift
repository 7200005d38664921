// Log matching: a follower takes entries only behind one that it shares with the leader, and what
// contradicts them goes (§5.3). Leaders never change their own logs but at the end.
extension Server {
    // MARK: The leader's side

    /// Sends everybody what they lack.
    mutating func replicate() {
        guard case .leader(let leadership) = role else { return }
        for server in leadership.progress.keys.sorted() { sendEntries(to: server) }
    }

    /// Sends a server what it lacks, as far as more may be on the way.
    ///
    /// - Parameters:
    ///   - server: to whom.
    ///   - isDue: whether something must be sent in any case, to begin a round.
    mutating func sendEntries(to server: ServerID, isDue: Bool = false) {
        guard case .leader(let leadership) = role, var progress = leadership.progress[server]
        else { return }
        let round = leadership.round
        var isDue = isDue
        while true {
            if progress.next <= log.snapshot.index {
                sendSnapshot(to: server, &progress)
                if isDue { sendBareHeartbeat(to: server, round) }
                break
            }
            let most = progress.mode == .streaming ? options.mostInFlight : 1
            let last = log.lastIndex
            let hasMore = progress.next <= last && progress.window.count < most
            guard hasMore || isDue, let term = log.term(at: progress.next - 1) else { break }
            let through = progress.next + LogIndex(options.mostEntries) - 1
            let entries = hasMore ? entries(from: progress.next, through: through) : []
            send(
                .append(
                    Append(
                        previousIndex: progress.next - 1, previousTerm: term, entries: entries,
                        commit: commit, round: round)), to: server)
            isDue = false
            guard hasMore else { break }
            progress.window.add(through: entries.last?.index ?? last)
            // Pipelining: what has been sent is taken to arrive (dissertation §10.2.1).
            guard progress.mode == .streaming else { break }
            progress.next += LogIndex(entries.count)
        }
        withLeadership { $0.progress[server] = progress }
    }

    /// A heartbeat that claims nothing about the log, for a server that gets a snapshot first.
    private mutating func sendBareHeartbeat(to server: ServerID, _ round: UInt64) {
        let nothing = Append(
            previousIndex: 0, previousTerm: 0, entries: [], commit: 0, round: round)
        send(.append(nothing), to: server)
    }

    /// The follower shares the log up to an index.
    mutating func matched(_ server: ServerID, _ index: LogIndex, _ round: UInt64) {
        guard case .leader(let leadership) = role, var progress = leadership.progress[server]
        else { return }
        progress.isHeard = true
        progress.round = max(progress.round, round)
        progress.match = rules.match(progress.match, index)
        // An answer opens the window by what it shows to have arrived, and by nothing else.
        progress.window.remove(through: index)
        progress.next = max(progress.next, progress.match + 1)
        if case .snapshot(let needed, _) = progress.mode {
            if progress.match >= needed {
                progress.mode = .probing
                progress.window.removeAll()
            }
        } else if index > 0 || progress.match > 0 {
            progress.mode = .streaming
        }
        withLeadership { $0.progress[server] = progress }
        advanceCommit()
        answerReads()
        sendEntries(to: server)
        finishTransfer()
    }

    /// The follower's log differs: goes back by a whole term at once (§5.3).
    mutating func mismatched(_ server: ServerID, _ mismatch: Mismatch, _ round: UInt64) {
        guard case .leader(let leadership) = role, var progress = leadership.progress[server]
        else { return }
        progress.isHeard = true
        progress.round = max(progress.round, round)
        // An answer to something that has been overtaken says nothing new.
        if mismatch.previousIndex > progress.match {
            let shared = mismatch.term.flatMap { log.lastIndex(ofTerm: $0) }.map { $0 + 1 }
            let next = shared.map { min($0, mismatch.previousIndex) } ?? mismatch.first
            progress.next = max(progress.match + 1, min(next, log.lastIndex + 1))
            if case .snapshot = progress.mode {
            } else {
                progress.mode = .probing
                progress.window.removeAll()
            }
        }
        withLeadership { $0.progress[server] = progress }
        answerReads()
        sendEntries(to: server)
    }

    /// Entries for one message: not too many, and not too many bytes.
    private func entries(from first: LogIndex, through last: LogIndex) -> [Entry] {
        var bytes = 0
        let entries = log.entries(from: first, through: last).prefix { entry in
            defer { bytes += entry.size }
            return bytes < options.mostBytes
        }
        return Array(entries)
    }

    // MARK: The follower's side

    /// Takes entries from the leader of the present term.
    mutating func take(_ append: Append, from leader: ServerID) {
        guard
            rules.follows(
                append, own: log.term(at: append.previousIndex), snapshot: log.snapshot.index)
        else {
            refuse(append, from: leader)
            return
        }
        adopt(append.entries)
        guard !isHalted else { return }
        advanceCommit(to: min(append.commit, rules.sharedEnd(of: append, last: log.lastIndex)))
        let last = append.previousIndex + LogIndex(append.entries.count)
        send(.matched(last, round: append.round), to: leader)
    }

    /// Adds the entries that are not there yet.
    ///
    /// The first one that contradicts the log removes what stands from there on; a stale message
    /// contradicts nothing, so it removes nothing.
    private mutating func adopt(_ entries: [Entry]) {
        guard
            let first = entries.first?.index,
            let start = entries.firstIndex(where: {
                rules.isNews($0, snapshot: log.snapshot.index)
                    && rules.contradicts($0, own: log.term(at: $0.index), beginsAt: first)
            })
        else { return }
        var fresh = Array(entries[start...])
        let index = fresh[0].index
        if index <= log.lastIndex {
            guard index > commit else {
                halt("a leader contradicts the committed entry \(index)")
                return
            }
            if !rules.removesTail(from: index, through: log.lastIndex) {
                fresh += log.entries(from: index + LogIndex(fresh.count), through: log.lastIndex)
            }
            remove(from: index)
        }
        for entry in fresh { log.append(entry) }
        effects.append(.append(fresh))
    }

    private mutating func refuse(_ append: Append, from leader: ServerID) {
        let term = log.term(at: append.previousIndex)
        let first =
            term == nil ? log.lastIndex + 1 : log.firstIndex(ofTermAt: append.previousIndex)
        send(
            .mismatched(
                Mismatch(previousIndex: append.previousIndex, term: term, first: first),
                round: append.round), to: leader)
    }
}
