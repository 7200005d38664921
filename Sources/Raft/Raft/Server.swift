/// One server of a Raft cluster: a pure state machine (Ongaro & Ousterhout 2014, figure 2).
///
/// Everything that happens goes through ``step(_:using:)``, which says what is to be done about
/// it. There is no clock, disk, socket or thread in here: time comes as ticks, dice are lent.
///
/// A server is a follower, a candidate or a leader, and nothing else. Each rule that keeps the
/// cluster safe stands in one place; `Raft.docc` lists them.
public struct Server: Sendable {
    /// What a server is (§5.1).
    public enum Role: Hashable, Sendable {
        /// It answers a leader, if it has heard of one in this term.
        case follower(leader: ServerID?)
        /// It campaigns, or asks whether it would have a chance.
        case candidate(Candidacy)
        /// It leads.
        case leader(Leadership)
    }

    /// Its name.
    public let id: ServerID
    /// How it behaves.
    public let options: Options
    /// What it is.
    public internal(set) var role = Role.follower(leader: nil)
    /// What it must not forget.
    public internal(set) var hard: HardState
    /// Its log.
    public internal(set) var log: Log
    /// Up to where entries are known to be committed; they have been applied as well.
    public internal(set) var commit: LogIndex

    /// Up to where its own disk is known to have the log; never beyond its end.
    var persisted: LogIndex
    /// Ticks since it last heard from a leader, granted a vote, or campaigned.
    var electionElapsed = 0
    /// After so many it campaigns; drawn anew each time (§5.2).
    var electionTimeout: Int
    /// The parts of a snapshot that have come so far.
    var incoming: (head: Snapshot, data: [UInt8])?
    /// Reads whose index the leader was asked for, and for how many ticks they have waited.
    var pendingReads: [UInt64: Int] = [:]
    /// Reads that wait until an index has been applied here.
    var waitingReads: [(request: UInt64, index: LogIndex)] = []
    /// The rules that it keeps.
    var rules: any Rules
    /// Whether it has found a promise broken; nothing it says could be believed.
    var isHalted = false
    /// Ticks since it started, as far as that matters: a server with leases behaves at first as
    /// if it had just heard from a leader, for it may have, and have forgotten.
    var age = 0
    /// What the present step wants done.
    var effects: [Effect] = []

    /// A server with what it kept: nothing but the first members' snapshot, or all of it.
    public init(
        id: ServerID, hard: HardState = HardState(), log: Log, options: Options = Options(),
        using random: inout some RandomNumberGenerator
    ) {
        self.init(
            id: id, hard: hard, log: log, options: options, rules: PaperRules(), using: &random)
    }

    package init(
        id: ServerID, hard: HardState = HardState(), log: Log, options: Options = Options(),
        rules: any Rules, using random: inout some RandomNumberGenerator
    ) {
        self.rules = rules
        self.id = id
        self.options = options
        self.hard = hard
        self.log = log
        commit = log.snapshot.index
        persisted = log.lastIndex
        electionTimeout = options.electionTimeout(using: &random)
    }

    /// The members, as the last entry about them says.
    public var membership: Membership { log.membership.value }

    /// Who leads, as far as this server knows.
    public var leader: ServerID? {
        switch role {
        case .follower(let leader): leader
        case .candidate: nil
        case .leader: id
        }
    }

    /// Lets something happen.
    ///
    /// - Returns: what is to be done about it, in this order.
    public mutating func step(
        _ event: Event, using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        effects = []
        guard !isHalted else { return [] }
        switch event {
        case .tick: tick(using: &random)
        case .message(let message): receive(message, using: &random)
        case .propose(let proposals): propose(proposals)
        case .read(let request): read(request)
        case .changeMembers(let voters, let learners, let request):
            changeMembers(voters: voters, learners: learners, request)
        case .transferLeadership(let target): transfer(to: target)
        case .compact(let index, let data): compact(upTo: index, data)
        case .persisted(let index, let term): persisted(through: index, term)
        }
        defer { effects = [] }
        return effects
    }

    // MARK: Time

    private mutating func tick(using random: inout some RandomNumberGenerator) {
        if case .leader(var leadership) = role {
            leadership.ticks += 1
            role = .leader(leadership)
            leaderTick()
            return
        }
        electionElapsed += 1
        age = min(age + 1, options.electionTicks)
        for request in pendingReads.keys { pendingReads[request, default: 0] += 1 }
        let longest = options.electionTicks
        refusePendingReads { $0 > longest }
        guard electionElapsed >= electionTimeout, mayCampaign else { return }
        campaign(isPre: rules.asksFirst(), using: &random)
    }

    /// Whether it can be needed as a leader: it has a vote, or had one until a change that is not
    /// known to be committed, which it may be the only one to have whole (dissertation §4.2.2).
    private var mayCampaign: Bool {
        let (members, index) = log.membership
        if members.hasVote(id) { return true }
        return index > commit && log.membership(asOf: index - 1).hasVote(id)
    }

    /// Draws a new election timeout, so that servers seldom campaign at the same time (§5.2).
    mutating func resetElection(using random: inout some RandomNumberGenerator) {
        electionElapsed = 0
        electionTimeout = options.electionTimeout(using: &random)
    }

    // MARK: Messages

    private mutating func receive(
        _ message: Message, using random: inout some RandomNumberGenerator
    ) {
        guard message.to == id, message.from != id else { return }
        if message.term > hard.term {
            guard meetHigherTerm(message, using: &random) else { return }
        } else if message.term < hard.term {
            guard meetLowerTerm(message) else { return }
        }
        switch message.body {
        case .requestVote(let request): answer(request, message, using: &random)
        case .vote(let isPre, let isGranted):
            count(
                message.from, isPre: isPre, isGranted: isGranted, term: message.term,
                using: &random)
        case .append(let append):
            follow(message.from, using: &random)
            take(append, from: message.from)
        case .snapshotPart(let part):
            follow(message.from, using: &random)
            take(part, from: message.from)
        case .matched(let index, let round): matched(message.from, index, round)
        case .mismatched(let mismatch, let round): mismatched(message.from, mismatch, round)
        case .snapshotReceived(let index, let bytes):
            snapshotReceived(message.from, index, bytes)
        case .timeoutNow: takeOver(using: &random)
        case .readIndex(let request): answerRead(request, for: message.from)
        case .readIndexIs(let index, let request): readIndexIs(index, request)
        }
    }

    /// Whoever sees a higher term adopts it and follows (§5.1), with two exceptions: a pre-vote
    /// changes nothing, and a server that has just heard from its leader takes no notice of
    /// others that want to be elected (dissertation §4.2.3), unless that leader sent them.
    ///
    /// The only place where a term is adopted.
    ///
    /// - Returns: whether there is anything to answer.
    private mutating func meetHigherTerm(
        _ message: Message, using random: inout some RandomNumberGenerator
    ) -> Bool {
        switch message.body {
        case .requestVote(let request):
            if !request.isTransfer, rules.ignoresCandidates(hearsLeader: hearsLeader) {
                return false
            }
            if request.isPre { return true }
        case .vote(isPre: true, isGranted: true): return true
        default: break
        }
        guard rules.stepsDown(isLeader, before: message.body) else { return false }
        let isFromLeader =
            switch message.body {
            case .append, .snapshotPart: true
            default: false
            }
        becomeFollower(
            term: message.term, leader: isFromLeader ? message.from : nil, using: &random)
        return true
    }

    /// Whether a leader is at work, as far as one can tell from here.
    var hearsLeader: Bool {
        if options.leaseTicks > 0, age < options.electionTicks { return true }
        return switch role {
        case .follower(let leader): leader != nil && electionElapsed < options.electionTicks
        case .candidate: false
        case .leader: true
        }
    }

    /// Whether this server leads.
    public var isLeader: Bool { if case .leader = role { true } else { false } }

    /// Nothing of a past term has any effect (§5.1); its sender is told of the present one where
    /// it may not know.
    ///
    /// - Returns: whether the message counts all the same; never, by the paper.
    private mutating func meetLowerTerm(_ message: Message) -> Bool {
        switch rules.treatment(ofOlder: message.body) {
        case .refuse: break
        case .take: return true
        case .adopt:
            keep(HardState(term: message.term))
            return true
        }
        switch message.body {
        case .append, .snapshotPart: send(.matched(0, round: 0), to: message.from)
        case .requestVote(let request):
            send(.vote(isPre: request.isPre, isGranted: false), to: message.from)
        default: break
        }
        return false
    }

    /// Follows the leader of the present term.
    private mutating func follow(
        _ leader: ServerID, using random: inout some RandomNumberGenerator
    ) {
        guard !isLeader else {
            halt("\(leader) leads term \(hard.term), and so does \(id)")
            return
        }
        role = .follower(leader: leader)
        resetElection(using: &random)
    }

    /// Becomes a follower, in a new term or the present one.
    mutating func becomeFollower(
        term: Term, leader: ServerID?, using random: inout some RandomNumberGenerator
    ) {
        stepDown(leader: leader)
        if term > hard.term { keep(HardState(term: term)) }
        resetElection(using: &random)
    }

    /// Leads no more, if it did; what waits for its leadership is refused.
    mutating func stepDown(leader: ServerID? = nil) {
        failPending()
        if isLeader, let index = rules.removedWhenDeposed(last: log.lastIndex, commit: commit),
            index > log.snapshot.index
        {
            remove(from: index)
            commit = min(commit, index - 1)
        }
        role = .follower(leader: leader)
        electionElapsed = 0
    }

    // MARK: Effects

    /// Changes term or vote, and has that kept: one record, before anything that depends on it.
    mutating func keep(_ state: HardState) {
        hard = state
        if let kept = rules.kept(state) { effects.append(.keep(kept)) }
    }

    /// Removes the log's end, on disk as well.
    mutating func remove(from index: LogIndex) {
        log.removeEntries(from: index)
        persisted = min(persisted, index - 1)
        effects.append(.truncate(from: index))
    }

    /// Stops for good: a promise of this cluster's is broken, and whatever is said from now on
    /// would spread it.
    mutating func halt(_ why: String) {
        isHalted = true
        effects.append(.halt(why))
    }

    mutating func send(_ body: Message.Body, to server: ServerID, term: Term? = nil) {
        effects.append(
            .send(Message(from: id, to: server, term: term ?? hard.term, body)))
    }
}
