internal import Raft

// Terms and votes.

struct ForgetsTermAndVote: Rules {
    let deviation: Deviation
    func kept(_ state: HardState) -> HardState? { deviation.use(nil, insteadOf: state) }
}

struct ForgetsVote: Rules {
    let deviation: Deviation
    func kept(_ state: HardState) -> HardState? {
        deviation.use(HardState(term: state.term), insteadOf: state)
    }
}

struct VotesTwice: Rules {
    let deviation: Deviation
    func isFree(_ vote: ServerID?, for candidate: ServerID) -> Bool {
        deviation.use(true, insteadOf: PaperRules().isFree(vote, for: candidate))
    }
}

struct CountsStaleVotes: Rules {
    let deviation: Deviation
    func treatment(ofOlder body: Message.Body) -> OlderTerm {
        if case .vote = body { .take } else { .refuse }
    }
    func counts(isGranted: Bool, ofTerm term: Term, in current: Term) -> Bool {
        deviation.use(
            isGranted,
            insteadOf: PaperRules().counts(isGranted: isGranted, ofTerm: term, in: current))
    }
}

struct LowersTerm: Rules {
    let deviation: Deviation
    func treatment(ofOlder body: Message.Body) -> OlderTerm {
        if case .append = body { deviation.use(.adopt, insteadOf: .refuse) } else { .refuse }
    }
}

struct ComparesOnlyIndexes: Rules {
    let deviation: Deviation
    func isUpToDate(_ candidate: LogEnd, than own: LogEnd) -> Bool {
        deviation.use(candidate.index >= own.index, insteadOf: candidate >= own)
    }
}

struct ComparesOnlyTerms: Rules {
    let deviation: Deviation
    func isUpToDate(_ candidate: LogEnd, than own: LogEnd) -> Bool {
        deviation.use(candidate.term >= own.term, insteadOf: candidate >= own)
    }
}

struct CountsRefusals: Rules {
    let deviation: Deviation
    func counts(isGranted: Bool, ofTerm term: Term, in current: Term) -> Bool {
        deviation.use(term == current, insteadOf: isGranted && term == current)
    }
}

struct TakesHalfForMajority: Rules {
    let deviation: Deviation

    func isMajority(_ servers: Set<ServerID>, of members: Membership) -> Bool {
        func isHalf(_ voters: Set<ServerID>) -> Bool {
            2 * voters.intersection(servers).count >= voters.count
        }
        return deviation.use(
            isHalf(members.voters) && isHalf(members.outgoing),
            insteadOf: members.isMajority(servers))
    }

    func majorityIndex(
        of members: Membership, _ matched: (ServerID) -> LogIndex
    ) -> LogIndex {
        func reached(_ voters: Set<ServerID>) -> LogIndex {
            let sorted = voters.map(matched).sorted(by: >)
            return sorted.isEmpty ? .max : sorted[(sorted.count - 1) / 2]
        }
        return deviation.use(
            min(reached(members.voters), reached(members.outgoing)),
            insteadOf: PaperRules().majorityIndex(of: members, matched))
    }
}

struct GoesOnLeading: Rules {
    let deviation: Deviation
    func stepsDown(_ isLeader: Bool, before body: Message.Body) -> Bool {
        deviation.use(!isLeader, insteadOf: true)
    }
}

struct CampaignsAtOnce: Rules {
    let deviation: Deviation
    func asksFirst() -> Bool { deviation.use(false, insteadOf: true) }
    func ignoresCandidates(hearsLeader: Bool) -> Bool {
        deviation.use(false, insteadOf: hearsLeader)
    }
}

struct HearsCandidates: Rules {
    let deviation: Deviation
    func ignoresCandidates(hearsLeader: Bool) -> Bool {
        deviation.use(false, insteadOf: hearsLeader)
    }
}

struct DropsCommittedWhenDeposed: Rules {
    let deviation: Deviation
    func removedWhenDeposed(last: LogIndex, commit: LogIndex) -> LogIndex? {
        deviation.use(commit > 0 ? commit : nil, insteadOf: nil)
    }
}

struct DropsUncommittedWhenDeposed: Rules {
    let deviation: Deviation
    func removedWhenDeposed(last: LogIndex, commit: LogIndex) -> LogIndex? {
        deviation.use(last > commit ? commit + 1 : nil, insteadOf: nil)
    }
}
