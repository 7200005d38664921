internal import Raft

// Entries on their way, and when they are committed.

struct CommitsEarlierTerms: Rules {
    let deviation: Deviation
    func commits(entryOf term: Term, in current: Term) -> Bool {
        deviation.use(true, insteadOf: term == current)
    }
}

struct CountsUnsyncedCopy: Rules {
    let deviation: Deviation
    func ownCopy(persisted: LogIndex, last: LogIndex) -> LogIndex {
        deviation.use(last, insteadOf: persisted)
    }
}

struct CountsNewVotersOnly: Rules {
    let deviation: Deviation
    func majorityIndex(
        of members: Membership, _ matched: (ServerID) -> LogIndex
    ) -> LogIndex {
        let voters = Membership(voters: members.voters)
        return deviation.use(
            PaperRules().majorityIndex(of: voters, matched),
            insteadOf: PaperRules().majorityIndex(of: members, matched))
    }
}

struct CountsLearners: Rules {
    let deviation: Deviation
    func majorityIndex(
        of members: Membership, _ matched: (ServerID) -> LogIndex
    ) -> LogIndex {
        var all = members
        all.voters.formUnion(members.learners)
        return deviation.use(
            PaperRules().majorityIndex(of: all, matched),
            insteadOf: PaperRules().majorityIndex(of: members, matched))
    }
}

struct CommitsWhatOneHas: Rules {
    let deviation: Deviation
    func majorityIndex(
        of members: Membership, _ matched: (ServerID) -> LogIndex
    ) -> LogIndex {
        let right = PaperRules().majorityIndex(of: members, matched)
        return deviation.use(members.voters.map(matched).max() ?? right, insteadOf: right)
    }
}

struct CommitsOneTooMany: Rules {
    let deviation: Deviation
    func match(_ known: LogIndex, _ told: LogIndex) -> LogIndex {
        deviation.use(max(known, told + 1), insteadOf: max(known, told))
    }
}

struct LowersCommit: Rules {
    let deviation: Deviation
    func commit(_ known: LogIndex, _ told: LogIndex) -> LogIndex {
        deviation.use(told, insteadOf: max(known, told))
    }
}

struct LowersMatch: Rules {
    let deviation: Deviation
    func match(_ known: LogIndex, _ told: LogIndex) -> LogIndex {
        deviation.use(told, insteadOf: max(known, told))
    }
}

struct TruncatesAlways: Rules {
    let deviation: Deviation
    func contradicts(_ entry: Entry, own: Term?, beginsAt first: LogIndex) -> Bool {
        deviation.use(true, insteadOf: own != entry.term)
    }
}

struct CommitsUnmatched: Rules {
    let deviation: Deviation
    func sharedEnd(of append: Append, last: LogIndex) -> LogIndex {
        deviation.use(last, insteadOf: PaperRules().sharedEnd(of: append, last: last))
    }
}

struct BringsBackCompacted: Rules {
    let deviation: Deviation
    func isNews(_ entry: Entry, snapshot: LogIndex) -> Bool {
        deviation.use(true, insteadOf: entry.index > snapshot)
    }
}

struct KeepsConflictingTail: Rules {
    let deviation: Deviation
    func removesTail(from index: LogIndex, through last: LogIndex) -> Bool {
        deviation.use(false, insteadOf: index <= last)
    }
}

struct TakesAnyPredecessor: Rules {
    let deviation: Deviation
    func follows(_ append: Append, own: Term?, snapshot: LogIndex) -> Bool {
        let right = PaperRules().follows(append, own: own, snapshot: snapshot)
        // Something must be there, or the log would have a gap.
        return deviation.use(right || own != nil, insteadOf: right)
    }
}

struct CountsOldAcknowledgements: Rules {
    let deviation: Deviation
    func treatment(ofOlder body: Message.Body) -> OlderTerm {
        if case .matched = body { deviation.use(.take, insteadOf: .refuse) } else { .refuse }
    }
}

struct TakesOldEntries: Rules {
    let deviation: Deviation
    func treatment(ofOlder body: Message.Body) -> OlderTerm {
        if case .append = body { deviation.use(.take, insteadOf: .refuse) } else { .refuse }
    }
}
