// Leader completeness and state machine safety: an entry counts as committed when a majority has
// it and it is of the leader's own term; everything before it is committed with it (§5.4.2,
// figure 8). Only committed entries are applied, in order, each once.
extension Server {
    /// Commits what a majority has.
    ///
    /// The only place that counts copies of entries; those of earlier terms are never counted.
    mutating func advanceCommit() {
        guard case .leader(let leadership) = role else { return }
        let own = rules.ownCopy(persisted: persisted, last: log.lastIndex)
        let index = rules.majorityIndex(of: membership) { server in
            server == id ? own : leadership.progress[server]?.match ?? 0
        }
        guard index != .max, index > commit, let term = log.term(at: index),
            rules.commits(entryOf: term, in: hard.term)
        else { return }
        advanceCommit(to: index)
        promoteReads()
        answerReads()
        membersCommitted()
    }

    /// This server's own disk has the log up to an entry; one that has been replaced since by
    /// another says nothing.
    mutating func persisted(through index: LogIndex, _ term: Term) {
        guard index > persisted, log.term(at: index) == term else { return }
        persisted = index
        advanceCommit()
    }

    /// Applies everything up to an index that is known to be committed; commit never falls.
    mutating func advanceCommit(to told: LogIndex) {
        let index = rules.commit(commit, told)
        guard index > commit else {
            commit = index
            return
        }
        let entries = Array(log.entries(from: commit + 1, through: index))
        commit = index
        effects.append(.apply(entries))
        let ready = waitingReads.filter { $0.index <= index }
        waitingReads.removeAll { $0.index <= index }
        for read in ready {
            effects.append(.readable(request: read.request, index: read.index))
        }
    }
}
