// Membership changes (§6): newcomers first get the log as learners; then a joint membership, under
// which both the old and the new majority must agree, is committed, and then the new one.
extension Server {
    /// Begins a change of members.
    mutating func changeMembers(
        voters: Set<ServerID>, learners: Set<ServerID>, _ request: UInt64
    ) {
        guard case .leader(let leadership) = role else {
            effects.append(.refused(request: request, .notLeader(hint: leader)))
            return
        }
        let (present, index) = log.membership
        // One change at a time, and none before the leader knows what is committed (Ongaro 2015).
        guard
            rules.mayChangeMembers(
                committed: log.term(at: commit), in: hard.term,
                pending: present.isJoint || index > commit),
            !voters.isEmpty, voters.isDisjoint(with: learners)
        else {
            effects.append(.refused(request: request, .busy))
            return
        }
        let newcomers = voters.subtracting(present.voters)
        let late = newcomers.filter { server in
            !present.learners.contains(server)
                || !rules.isCaughtUp(leadership.progress[server]?.match ?? 0, commit: commit)
        }
        guard late.isEmpty else {
            effects.append(.refused(request: request, .notCaughtUp(late)))
            return
        }
        let isSame = voters == present.voters
        let entry = appendOwn(
            .membership(
                rules.membersAfter(
                    Membership(voters: voters, learners: learners),
                    outgoing: isSame ? [] : present.voters)))
        effects.append(.proposed(request: request, index: entry.index, term: entry.term))
        replicate()
        advanceCommit()
    }

    /// A leader keeps track of everybody, and of nobody else.
    mutating func meetMembers() {
        let everybody = membership.everybody
        let next = log.lastIndex
        let own = id
        withLeadership { leadership in
            leadership.progress = leadership.progress.filter { everybody.contains($0.key) }
            for server in everybody where server != own && leadership.progress[server] == nil {
                leadership.progress[server] = Progress(next: next)
            }
        }
    }

    /// What follows once the present members are committed: the end of a joint membership, and
    /// the end of a leader that is no member any more.
    mutating func membersCommitted() {
        guard case .leader = role else { return }
        let (present, index) = log.membership
        guard index <= commit else { return }
        if present.isJoint {
            appendOwn(.membership(Membership(voters: present.voters, learners: present.learners)))
            replicate()
            advanceCommit()
        } else if !present.voters.contains(id) {
            // The others learn that it is committed, and elect one of themselves.
            startRound()
            stepDown()
        }
    }
}
