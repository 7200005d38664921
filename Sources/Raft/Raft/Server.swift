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
        /// It stands for election, or asks whether it would have a chance.
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

    /// Ticks since it last heard from a leader, granted a vote, or stood for election.
    var silence = 0
    /// After so many it stands for election; drawn anew each time (§5.2).
    var patience: Int
    /// The parts of a snapshot that have come so far.
    var incoming: (head: Snapshot, data: [UInt8])?
    /// Reads that wait for the leader's answer, and for how many ticks.
    var asked: [UInt64: Int] = [:]
    /// Reads that wait until an index has been applied here.
    var waitingReads: [(request: UInt64, index: LogIndex)] = []
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
        self.id = id
        self.options = options
        self.hard = hard
        self.log = log
        commit = log.snapshot.index
        patience = Int.random(in: options.electionTicks..<2 * options.electionTicks, using: &random)
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
        switch event {
        case .tick: tick(using: &random)
        case .message(let message): receive(message, using: &random)
        case .propose(let proposals): propose(proposals)
        case .read(let request): read(request)
        case .changeMembers(let voters, let learners, let request):
            changeMembers(voters: voters, learners: learners, request)
        case .transferLeadership(let target): transfer(to: target)
        case .compact(let index, let data): compact(upTo: index, data)
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
        silence += 1
        age = min(age + 1, options.electionTicks)
        for request in asked.keys { asked[request, default: 0] += 1 }
        let longest = options.electionTicks
        refuseAsked { $0 > longest }
        guard silence >= patience, membership.hasVote(id) else { return }
        stand(isPre: true, using: &random)
    }

    /// Draws a new patience, so that servers seldom stand at the same time (§5.2).
    mutating func rest(using random: inout some RandomNumberGenerator) {
        silence = 0
        patience = Int.random(in: options.electionTicks..<2 * options.electionTicks, using: &random)
    }

    // MARK: Messages

    private mutating func receive(
        _ message: Message, using random: inout some RandomNumberGenerator
    ) {
        guard message.to == id, message.from != id else { return }
        if message.term > hard.term {
            guard meetHigherTerm(message, using: &random) else { return }
        } else if message.term < hard.term {
            meetLowerTerm(message)
            return
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
            if !request.isTransfer, hearsLeader {
                return false
            }
            if request.isPre { return true }
        case .vote(isPre: true, isGranted: true): return true
        default: break
        }
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
        case .follower(let leader): leader != nil && silence < options.electionTicks
        case .candidate: false
        case .leader: true
        }
    }

    /// Nothing of a past term has any effect (§5.1); its sender is told of the present one where
    /// it may not know.
    private mutating func meetLowerTerm(_ message: Message) {
        switch message.body {
        case .append, .snapshotPart: send(.matched(0, round: 0), to: message.from)
        case .requestVote(let request):
            send(.vote(isPre: request.isPre, isGranted: false), to: message.from)
        default: break
        }
    }

    /// Follows the leader of the present term.
    private mutating func follow(
        _ leader: ServerID, using random: inout some RandomNumberGenerator
    ) {
        if case .leader = role { preconditionFailure("two leaders in term \(hard.term)") }
        role = .follower(leader: leader)
        rest(using: &random)
    }

    /// Becomes a follower, in a new term or the present one.
    mutating func becomeFollower(
        term: Term, leader: ServerID?, using random: inout some RandomNumberGenerator
    ) {
        failPending()
        role = .follower(leader: leader)
        if term > hard.term { keep(HardState(term: term)) }
        rest(using: &random)
    }

    // MARK: Effects

    /// Changes term or vote, and has that kept: one record, before anything that depends on it.
    mutating func keep(_ state: HardState) {
        hard = state
        effects.append(.keep(state))
    }

    mutating func send(_ body: Message.Body, to server: ServerID, term: Term? = nil) {
        effects.append(
            .send(Message(from: id, to: server, term: term ?? hard.term, body)))
    }
}
