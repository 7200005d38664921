internal import Raft
internal import RaftMutants

/// One server with its disk, its state machine and what its clients wait for.
struct SimulatedNode {
    /// What a client waits for.
    struct Waiting {
        let index: LogIndex
        let term: Term
    }

    let id: ServerID
    var server: Server?
    var disk: SimulatedDisk
    var machine: SimulatedMachine
    /// Writes that stand in the log, by request.
    var waiting: [UInt64: Waiting] = [:]
    /// What has come since the last turn.
    var inbox: [Event] = []
    var hasTurn = false
    /// A planted bug that meddles with what comes in and goes out, in this life.
    var meddling: Meddling?
    /// Milliseconds between two ticks: clocks do not run alike.
    let tickLength: Int
    /// Counts restarts, so that what was meant for an earlier life does not count.
    var life = 0
    var wasLeader = false
    /// It leads a term that its disk does not have yet: the only voter elects itself at once.
    var unkeptLeader: Server?
    /// Frozen until then: what comes waits.
    var frozenUntil = 0
    /// What it sends, or what is sent to it, comes late.
    var delay: Delay?
    /// Its clock stands still until then.
    var clockStalledUntil = 0
    /// Ticks that passed while it was frozen.
    var missedTicks = 0
    /// The members with whom it began.
    let firstMembers: Membership

    init(id: ServerID, members: Membership, tickLength: Int) {
        self.id = id
        self.tickLength = tickLength
        firstMembers = members
        machine = SimulatedMachine()
        disk = SimulatedDisk(members)
    }
}

/// One direction of a server's packets is slow for a while.
struct Delay {
    enum Direction: CaseIterable { case out, `in` }

    let direction: Direction
    /// When it ends.
    let end: Int
    /// How late a packet is at most.
    let milliseconds: Int
}
