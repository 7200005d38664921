/// An attempt to be elected.
public struct Candidacy: Hashable, Sendable {
    /// Whether it only asks whether it would have a chance (dissertation §9.6).
    public let isPre: Bool
    /// Who said yes, itself included.
    var granted: Set<ServerID>
}

// Election safety: at most one server wins a term, for each votes once in it and keeps that before
// it answers, and a win takes a majority (§5.2, §5.4.1).
extension Server {
    /// Campaigns, or asks first whether that would be of any use: a server that was cut
    /// off must not drive terms up and disturb the others when it comes back.
    mutating func campaign(
        isPre: Bool, isTransfer: Bool = false, using random: inout some RandomNumberGenerator
    ) {
        resetElection(using: &random)
        if !isPre { keep(HardState(term: hard.term + 1, vote: id)) }
        role = .candidate(Candidacy(isPre: isPre, granted: [id]))
        let request = VoteRequest(
            isPre: isPre, isTransfer: isTransfer, lastIndex: log.lastIndex,
            lastTerm: log.lastTerm)
        for server in membership.everybody.sorted()
        where server != id && membership.hasVote(server) {
            send(.requestVote(request), to: server, term: isPre ? hard.term + 1 : hard.term)
        }
        winIfElected(using: &random)
    }

    /// Answers a request for a vote.
    mutating func answer(
        _ request: VoteRequest, _ message: Message, using random: inout some RandomNumberGenerator
    ) {
        let isGranted = mayVote(for: message.from, request)
        if request.isPre {
            // Granted in the term that was asked for, so that the candidate knows which of its tries it was.
            send(
                .vote(isPre: true, isGranted: isGranted), to: message.from,
                term: isGranted ? message.term : hard.term)
            return
        }
        if isGranted {
            if hard.vote != message.from { keep(HardState(term: hard.term, vote: message.from)) }
            electionElapsed = 0
        }
        send(.vote(isPre: false, isGranted: isGranted), to: message.from)
    }

    /// Whether the candidate may have this server's vote: it has not gone to another one in this
    /// term, and the candidate's log has everything that may be committed (§5.2, §5.4.1).
    private func mayVote(for candidate: ServerID, _ request: VoteRequest) -> Bool {
        let isFree =
            request.isPre
            ? !rules.ignoresCandidates(hearsLeader: hearsLeader)
            : rules.isFree(hard.vote, for: candidate)
        return isFree
            && rules.isUpToDate(
                LogEnd(term: request.lastTerm, index: request.lastIndex),
                than: LogEnd(term: log.lastTerm, index: log.lastIndex))
    }

    /// Counts a vote for the present candidacy.
    ///
    /// A vote of another term, or for another kind of candidacy, is for one that is over.
    mutating func count(
        _ voter: ServerID, isPre: Bool, isGranted: Bool, term: Term,
        using random: inout some RandomNumberGenerator
    ) {
        guard case .candidate(var candidacy) = role, candidacy.isPre == isPre,
            rules.counts(
                isGranted: isGranted, ofTerm: term, in: isPre ? hard.term + 1 : hard.term)
        else { return }
        candidacy.granted.insert(voter)
        role = .candidate(candidacy)
        winIfElected(using: &random)
    }

    private mutating func winIfElected(using random: inout some RandomNumberGenerator) {
        guard case .candidate(let candidacy) = role,
            rules.isMajority(candidacy.granted, of: membership)
        else { return }
        if candidacy.isPre {
            campaign(isPre: false, using: &random)
        } else {
            lead()
        }
    }

    /// Campaigns at once, for the leader wants it (dissertation §3.10).
    mutating func takeOver(using random: inout some RandomNumberGenerator) {
        guard case .follower = role, membership.hasVote(id) else { return }
        campaign(isPre: false, isTransfer: true, using: &random)
    }
}
