internal import Raft
internal import Wire

extension Node {
    /// What this server says of itself.
    var status: ServerStatus {
        let members = server.membership
        func numbers(_ servers: Set<ServerID>) -> [UInt64] { servers.map(\.number).sorted() }
        let role: ServerStatus.Role =
            switch server.role {
            case .follower: .follower
            case .candidate: .candidate
            case .leader: .leader
            }
        return ServerStatus(
            id: server.id.number, role: role, term: server.hard.term,
            leader: server.leader?.number, votedFor: server.hard.vote?.number,
            last: server.log.lastIndex, commit: server.commit, applied: machine.applied,
            snapshot: server.log.snapshot.index, stateHash: machine.hash,
            voters: numbers(members.voters), outgoing: numbers(members.outgoing),
            learners: numbers(members.learners), appliedTerm: machine.term,
            logDigest: machine.logDigest, recent: recent)
    }

    /// What the machine has, as of now.
    private var appliedState: AppliedState {
        AppliedState(
            index: machine.applied, term: machine.term, stateHash: machine.hash,
            logDigest: machine.logDigest)
    }

    /// Remembers what the machine has, if it is at one of the indexes at which all servers do.
    func noteState() {
        guard machine.applied % ServerStatus.recentStride == 0 else { return }
        if recent.count == ServerStatus.mostRecent { recent.removeFirst() }
        recent.append(appliedState)
    }
}
