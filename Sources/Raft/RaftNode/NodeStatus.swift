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
            learners: numbers(members.learners))
    }
}

extension Effect {
    /// Whether it changes what is kept.
    var isForDisk: Bool {
        switch self {
        case .keep, .truncate, .append, .keepSnapshot: true
        case .send, .apply, .restore, .proposed, .refused, .readable: false
        }
    }
}
