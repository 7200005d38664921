// Leader completeness and state machine safety: an entry counts as committed when a majority has
// it and it is of the leader's own term; everything before it is committed with it (§5.4.2,
// figure 8). Only committed entries are applied, in order, each once.
extension Server {
    /// Commits what a majority has.
    ///
    /// The only place that counts copies of entries; those of earlier terms are never counted.
    mutating func advanceCommit() {
        guard case .leader(let leadership) = role else { return }
        let index = membership.majorityIndex { server in
            server == id ? log.lastIndex : leadership.progress[server]?.match ?? 0
        }
        guard index != .max, index > commit, log.term(at: index) == hard.term else { return }
        advanceCommit(to: index)
        promoteReads()
        answerReads()
        membersCommitted()
    }

    /// Applies everything up to an index that is known to be committed; commit never falls.
    mutating func advanceCommit(to index: LogIndex) {
        guard index > commit else { return }
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
