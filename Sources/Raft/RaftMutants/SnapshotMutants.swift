internal import Raft

// Snapshots, and members.

struct KeepsRestBehindSnapshot: Rules {
    let deviation: Deviation
    func keepsRest(own: Term?, snapshot: Term) -> Bool {
        deviation.use(true, insteadOf: own == snapshot)
    }
}

struct DropsRestBehindSnapshot: Rules {
    let deviation: Deviation
    func keepsRest(own: Term?, snapshot: Term) -> Bool {
        deviation.use(false, insteadOf: own == snapshot)
    }
}

struct TakesOlderSnapshots: Rules {
    let deviation: Deviation
    func isNewer(_ snapshot: LogIndex, than commit: LogIndex) -> Bool {
        deviation.use(true, insteadOf: snapshot > commit)
    }
}

struct KeepsStaleMembers: Rules {
    let deviation: Deviation
    func membership(of newer: Snapshot, after older: Snapshot) -> Membership {
        deviation.use(older.membership, insteadOf: newer.membership)
    }
}

struct ChangesMembersInOneStep: Rules {
    let deviation: Deviation
    func membersAfter(_ members: Membership, outgoing: Set<ServerID>) -> Membership {
        deviation.use(
            members, insteadOf: PaperRules().membersAfter(members, outgoing: outgoing))
    }
}

struct ChangesMembersAnyTime: Rules {
    let deviation: Deviation
    func mayChangeMembers(
        committed term: Term?, in current: Term, pending isPending: Bool
    ) -> Bool {
        deviation.use(true, insteadOf: !isPending && term == current)
    }
}

struct TakesOldSnapshotParts: Rules {
    let deviation: Deviation
    func treatment(ofOlder body: Message.Body) -> OlderTerm {
        if case .snapshotPart = body { deviation.use(.take, insteadOf: .refuse) } else { .refuse }
    }
}
