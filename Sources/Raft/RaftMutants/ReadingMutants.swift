internal import Raft

// Reads without the log.

struct ReadsLocally: Rules {
    let deviation: Deviation
    func needsRound() -> Bool { deviation.use(false, insteadOf: true) }
    func knowsCommit(committed term: Term?, in current: Term) -> Bool { true }
}

struct ReadsWithoutRound: Rules {
    let deviation: Deviation
    func needsRound() -> Bool { deviation.use(false, insteadOf: true) }
}

struct ReadsBeforeOwnCommit: Rules {
    let deviation: Deviation
    func knowsCommit(committed term: Term?, in current: Term) -> Bool {
        deviation.use(true, insteadOf: term == current)
    }
}

struct ReusesRound: Rules {
    let deviation: Deviation
    func round(after current: UInt64) -> UInt64 {
        deviation.use(current, insteadOf: current + 1)
    }
}

struct TrustsClockTooFar: Rules {
    let deviation: Deviation
    func leaseTicks(_ ticks: Int) -> Int { deviation.use(6 * ticks, insteadOf: ticks) }
}

struct KeepsLeaseOverTransfer: Rules {
    let deviation: Deviation
    func leaseSurvives(transfer hasOffered: Bool) -> Bool {
        deviation.use(true, insteadOf: !hasOffered)
    }
}

struct ReadsBeforeApplying: Rules {
    let deviation: Deviation
    func isApplied(_ index: LogIndex, commit: LogIndex) -> Bool {
        deviation.use(true, insteadOf: commit >= index)
    }
}
