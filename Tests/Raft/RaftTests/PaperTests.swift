import Generators
import Testing

@testable import Raft

/// The rules of the paper, section by section (Ongaro & Ousterhout 2014).
@Suite struct `The Raft paper` {
    private var random = SplitMix64(seed: 1)
    private let one = ServerID(1)
    private let two = ServerID(2)
    private let three = ServerID(3)

    private mutating func server(
        term: Term = 0, vote: ServerID? = nil, terms: [Term] = []
    ) -> Server {
        let members = Membership(voters: [one, two, three])
        let entries = terms.enumerated().map { place, term in
            Entry(term: term, index: LogIndex(place + 1), .command([UInt8(place)]))
        }
        return Server(
            id: one, hard: HardState(term: term, vote: vote),
            log: Log(
                snapshot: Snapshot(index: 0, term: 0, membership: members, data: []),
                entries: entries), using: &random)
    }

    private func messages(_ effects: [Effect]) -> [Message] {
        effects.compactMap { if case .send(let message) = $0 { message } else { nil } }
    }

    private mutating func step(
        _ server: inout Server, from sender: ServerID, _ term: Term, _ body: Message.Body
    ) -> [Effect] {
        server.step(
            .message(Message(from: sender, to: one, term: term, body)), using: &random)
    }

    /// The server's disk has all that it was given.
    @discardableResult
    private mutating func sync(_ server: inout Server) -> [Effect] {
        server.step(
            .persisted(through: server.log.lastIndex, term: server.log.lastTerm), using: &random)
    }

    private func request(
        _ index: LogIndex, _ term: Term, isPre: Bool = false, isTransfer: Bool = false
    ) -> Message.Body {
        .requestVote(
            VoteRequest(
                isPre: isPre, isTransfer: isTransfer, lastIndex: index, lastTerm: term))
    }

    /// What it says in the time of several election timeouts.
    private mutating func ticks(_ server: inout Server) -> [Message] {
        var said: [Message] = []
        for _ in 0..<50 { said += messages(server.step(.tick, using: &random)) }
        return said
    }

    /// Campaigns until the server leads.
    private mutating func elect(_ server: inout Server) {
        for _ in 0..<50 where messages(server.step(.tick, using: &random)).count == 2 { break }
        _ = step(&server, from: two, server.hard.term + 1, .vote(isPre: true, isGranted: true))
        _ = step(&server, from: two, server.hard.term, .vote(isPre: false, isGranted: true))
        sync(&server)
    }

    @Test mutating func `§5.1 a higher term makes a follower, and is kept before anything is said`()
    {
        var server = server(term: 1)
        let effects = step(&server, from: two, 3, request(0, 0))
        #expect(effects.first == .keep(HardState(term: 3)))
        #expect(server.hard == HardState(term: 3, vote: two))
        #expect(server.role == .follower(leader: nil))
    }

    @Test mutating func `§5.2 a server votes once per term, for whoever asks first`() {
        var server = server(term: 2)
        let first = step(&server, from: two, 2, request(0, 0))
        #expect(
            first == [
                .keep(HardState(term: 2, vote: two)),
                .send(Message(from: one, to: two, term: 2, .vote(isPre: false, isGranted: true))),
            ])
        let second = messages(step(&server, from: three, 2, request(0, 0)))
        #expect(second.map(\.body) == [.vote(isPre: false, isGranted: false)])
        let again = messages(step(&server, from: two, 2, request(0, 0)))
        #expect(again.map(\.body) == [.vote(isPre: false, isGranted: true)])
    }

    @Test(arguments: [(1, 2, false), (3, 1, false), (2, 2, true), (1, 3, true)])
    mutating func `§5.4.1 a candidate whose log is not up to date is refused`(
        index: LogIndex, term: Term, isGranted: Bool
    ) {
        var server = server(term: 4, terms: [1, 2])
        let answer = messages(step(&server, from: two, 4, request(index, term)))
        #expect(answer.map(\.body) == [.vote(isPre: false, isGranted: isGranted)])
    }

    @Test mutating func `§5.2 a majority elects, and the leader begins with an entry of its term`()
    {
        var server = server()
        elect(&server)
        #expect(server.leader == one)
        #expect(server.hard == HardState(term: 1, vote: one))
        #expect(server.log.entries == [Entry(term: 1, index: 1, .nothing)])
    }

    @Test mutating func `§5.3 entries that contradict the leader's go, and those that agree stay`()
    {
        var server = server(term: 3, terms: [1, 1, 2, 2])
        let fresh = [
            Entry(term: 1, index: 2, .command([1])), Entry(term: 3, index: 3, .command([9])),
        ]
        let effects = step(
            &server, from: two, 3,
            .append(
                Append(previousIndex: 1, previousTerm: 1, entries: fresh, commit: 2, round: 5)))
        #expect(effects.contains(.truncate(from: 3)))
        #expect(effects.contains(.append([fresh[1]])))
        #expect(server.log.entries.map(\.term) == [1, 1, 3])
        #expect(server.commit == 2)
        #expect(messages(effects).map(\.body) == [.matched(3, round: 5)])
        // The same message again, late, removes nothing.
        let stale = step(
            &server, from: two, 3,
            .append(
                Append(
                    previousIndex: 0, previousTerm: 0,
                    entries: [Entry(term: 1, index: 1, .command([0]))], commit: 2, round: 4)))
        #expect(server.log.entries.map(\.term) == [1, 1, 3])
        #expect(messages(stale).map(\.body) == [.matched(1, round: 4)])
    }

    @Test mutating func `§5.3 a gap is refused, with the term that saves round trips`() {
        var server = server(term: 4, terms: [1, 2, 2, 2])
        let effects = step(
            &server, from: two, 4,
            .append(Append(previousIndex: 4, previousTerm: 3, entries: [], commit: 0, round: 1)))
        #expect(
            messages(effects).map(\.body)
                == [.mismatched(Mismatch(previousIndex: 4, term: 2, first: 2), round: 1)])
    }

    @Test
    mutating func `§5.4.2 only an entry of the leader's own term commits, and what precedes it`() {
        var server = server(term: 1, terms: [1, 1])
        elect(&server)
        _ = step(&server, from: two, server.hard.term, .matched(2, round: 0))
        #expect(server.commit == 0, "a majority has entry 2, but it is of an earlier term")
        _ = step(&server, from: two, server.hard.term, .matched(3, round: 0))
        #expect(server.commit == 3)
    }

    @Test
    mutating func `§10.2.1 of the dissertation: a leader counts its copy once its disk has it`() {
        var server = server()
        elect(&server)
        _ = step(&server, from: two, 1, .matched(1, round: 0))
        _ = server.step(.propose([Proposal([1], request: 1)]), using: &random)
        _ = step(&server, from: two, 1, .matched(2, round: 0))
        #expect(server.commit == 1, "one of three has it on disk")
        let effects = sync(&server)
        #expect(server.commit == 2)
        #expect(effects.contains { if case .apply = $0 { true } else { false } })
    }

    @Test mutating func `a leader alone among learners commits nothing that its disk lacks`() {
        var server = Server(
            id: one,
            log: Log(
                snapshot: Snapshot(
                    index: 0, term: 0, membership: Membership(voters: [one], learners: [two]),
                    data: [])), using: &random)
        for _ in 0..<50 where !server.isLeader { _ = server.step(.tick, using: &random) }
        sync(&server)
        _ = step(&server, from: two, 1, .matched(1, round: 0))
        let pass = Pass(
            [.propose([Proposal([1], request: 1)]), .read(request: 2)], on: &server,
            using: &random)
        for case .sendEarly(let messages) in pass.parts {
            for case .append(let append) in messages.map(\.body) {
                #expect(append.commit == 1, "entry 2 is on no disk yet")
            }
        }
    }

    @Test mutating func `neither heartbeats nor their answers open the window`() {
        var server = server()
        elect(&server)
        _ = step(&server, from: two, 1, .matched(1, round: 0))
        _ = step(&server, from: three, 1, .matched(1, round: 0))
        func entries(_ effects: [Effect]) -> Int {
            messages(effects).reduce(0) { sum, message in
                guard message.to == three, case .append(let append) = message.body else {
                    return sum
                }
                return sum + append.entries.count
            }
        }
        var sent = 0
        for request in UInt64(1)...50 {
            sent += entries(
                server.step(.propose([Proposal([1], request: request)]), using: &random))
            for _ in 0..<server.options.heartbeatTicks {
                sent += entries(server.step(.tick, using: &random))
            }
            // Its answers to heartbeats arrive; those to entries do not.
            sent += entries(step(&server, from: three, 1, .matched(1, round: request)))
            _ = step(&server, from: two, 1, .matched(1, round: request))
        }
        #expect(sent == server.options.mostInFlight)
        #expect(entries(step(&server, from: three, 1, .matched(3, round: 50))) > 0)
    }

    @Test
    mutating func `§4.2.2 of the dissertation: who was removed campaigns until that is committed`()
    {
        let old = Membership(voters: [one])
        let entries = [
            Entry(term: 1, index: 1, .membership(Membership(voters: [two], outgoing: [one]))),
            Entry(term: 1, index: 2, .membership(Membership(voters: [two]))),
        ]
        var server = Server(
            id: one, hard: HardState(term: 1),
            log: Log(
                snapshot: Snapshot(index: 0, term: 0, membership: old, data: []),
                entries: entries), using: &random)
        #expect(!ticks(&server).isEmpty, "two lacks the entry, and would not be elected without")
        _ = step(
            &server, from: two, 2,
            .append(Append(previousIndex: 2, previousTerm: 1, entries: [], commit: 2, round: 1)))
        #expect(server.commit == 2)
        #expect(ticks(&server).isEmpty)
    }

    @Test mutating func `§6 a joint membership needs both majorities`() {
        let members = Membership(
            voters: [one, two, three], outgoing: [one, ServerID(4), ServerID(5)])
        #expect(!members.isMajority([one, two]))
        #expect(!members.isMajority([one, ServerID(4), ServerID(5)]))
        #expect(members.isMajority([one, two, ServerID(4)]))
    }

    @Test mutating func `§8 who begins to lead waits for no other leader's answer`() {
        var server = server(term: 1, terms: [1])
        _ = step(
            &server, from: two, 1,
            .append(
                Append(previousIndex: 1, previousTerm: 1, entries: [], commit: 1, round: 1)))
        server.electionTimeout = server.options.electionTicks
        let asked = server.step(.read(request: 7), using: &random)
        #expect(messages(asked).map(\.to) == [two])
        for _ in 0..<50 where messages(server.step(.tick, using: &random)).count == 2 { break }
        for (term, isPre) in [(Term(2), true), (2, false)] {
            _ = step(&server, from: three, term, .vote(isPre: isPre, isGranted: true))
        }
        guard case .leader = server.role else {
            Issue.record("it does not lead")
            return
        }
        #expect(server.pendingReads.isEmpty)
    }

    @Test mutating func `§8 a read waits until a majority has answered a later round`() {
        var server = server()
        elect(&server)
        _ = step(&server, from: two, 1, .matched(1, round: 0))
        #expect(server.commit == 1)
        let asked = server.step(.read(request: 7), using: &random)
        #expect(!asked.contains(.readable(request: 7, index: 1)))
        let rounds = messages(asked).compactMap { message -> UInt64? in
            if case .append(let append) = message.body { append.round } else { nil }
        }
        let round = rounds.max() ?? 0
        let late = step(&server, from: two, 1, .matched(1, round: round - 1))
        #expect(!late.contains(.readable(request: 7, index: 1)))
        let answered = step(&server, from: two, 1, .matched(1, round: round))
        #expect(answered.contains(.readable(request: 7, index: 1)))
    }

    @Test mutating func `§9.6 of the dissertation: a pre-vote changes no term`() {
        var server = server(term: 2)
        let effects = step(&server, from: two, 3, request(0, 0, isPre: true))
        #expect(server.hard == HardState(term: 2))
        #expect(messages(effects).map(\.term) == [3], "granted, for the asked term")
    }

    @Test mutating func `§4.2.3 of the dissertation: who hears a leader elects no other`() {
        var server = server(term: 2)
        _ = step(
            &server, from: two, 2,
            .append(Append(previousIndex: 0, previousTerm: 0, entries: [], commit: 0, round: 1)))
        #expect(step(&server, from: three, 9, request(9, 8)).isEmpty)
        #expect(server.hard.term == 2)
        let handed = step(&server, from: three, 3, request(9, 8, isTransfer: true))
        #expect(messages(handed).map(\.body) == [.vote(isPre: false, isGranted: true)])
    }
}
