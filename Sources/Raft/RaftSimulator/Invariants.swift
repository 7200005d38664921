internal import Raft

/// What must hold at every step of every cluster (figure 3), checked from outside.
struct Invariants {
    private var leaders: [Term: ServerID] = [:]
    /// The first entry that was seen at an index in a term, with the term before it.
    private var known: [Position: (entry: Entry, previous: Term)] = [:]
    private var committed: [LogIndex: Entry] = [:]
    /// The term of whoever was seen first to have it committed: that of its leader.
    private var termOfCommit: [LogIndex: Term] = [:]
    private var terms: [ServerID: Term] = [:]
    /// The state that somebody had at an applied index.
    private var states: [LogIndex: [UInt8]] = [:]

    private struct Position: Hashable {
        let index: LogIndex
        let term: Term
    }

    /// Something that must never be.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// How many entries have been seen committed.
    var committedCount: Int { committed.count }

    /// Nothing falls in a server's life: term, commit, and what has matched (figure 2).
    func stepped(_ server: Server, from before: Server) throws(Violation) {
        guard server.hard.term >= before.hard.term else {
            throw Violation(
                description: "\(server.id) goes back from term \(before.hard.term) to "
                    + "\(server.hard.term)")
        }
        guard server.commit >= before.commit else {
            throw Violation(description: "\(server.id) takes back what was committed")
        }
        if server.hard.term == before.hard.term, server.isLeader, before.isLeader {
            let matches = server.matches
            for (other, match) in before.matches where (matches[other] ?? match) < match {
                throw Violation(
                    description: "\(server.id) takes back that \(other) has entry \(match)")
            }
        }
    }

    /// Equal state at an equal applied index.
    mutating func reached(_ machine: SimulatedMachine, by server: ServerID) throws(Violation) {
        if let first = states.updateValue(machine.data, forKey: machine.applied),
            first != machine.data
        {
            throw Violation(
                description: "\(server) has another state after entry \(machine.applied) than "
                    + "another server had")
        }
    }

    /// Election safety and leader completeness, when a server begins to lead.
    mutating func elected(_ server: Server) throws(Violation) {
        let term = server.hard.term
        if let other = leaders.updateValue(server.id, forKey: term), other != server.id {
            throw Violation(description: "\(other) and \(server.id) both lead term \(term)")
        }
        // One whose votes came late may begin to lead when a later term has committed entries; it
        // can commit none.
        for (index, entry) in committed
        where index > server.log.snapshot.index && termOfCommit[index] ?? 0 < term {
            guard server.log.term(at: index) == entry.term else {
                throw Violation(
                    description: "\(server.id) leads term \(term) without entry \(index) of term "
                        + "\(entry.term), which is committed")
            }
        }
    }

    /// Log matching: an entry of an index and a term is the same everywhere, and so is what
    /// precedes it.
    ///
    /// What nobody was sent and no disk has may be forgotten, and comes otherwise.
    mutating func seen(
        _ entries: [Entry], behind previous: Term, by server: ServerID
    ) throws(Violation) {
        var previous = previous
        for entry in entries {
            let position = Position(index: entry.index, term: entry.term)
            if let first = known[position], first.entry != entry || first.previous != previous {
                throw Violation(
                    description: "\(server) has another entry \(entry.index) of term "
                        + "\(entry.term), or another one before it")
            }
            known[position] = (entry, previous)
            previous = entry.term
        }
    }

    /// State machine safety: at an index everybody applies the same entry.
    mutating func applied(_ entries: [Entry], on server: Server) throws(Violation) {
        for entry in entries {
            guard let first = committed.updateValue(entry, forKey: entry.index) else {
                termOfCommit[entry.index] = server.hard.term
                continue
            }
            guard first == entry else {
                throw Violation(
                    description: "\(server.id) applies another entry \(entry.index), of term "
                        + "\(entry.term) instead of \(first.term)")
            }
        }
    }

    /// Terms never fall, not even over a crash.
    mutating func kept(_ state: HardState, by server: ServerID) throws(Violation) {
        if let earlier = terms.updateValue(state.term, forKey: server), earlier > state.term {
            throw Violation(
                description: "\(server) goes back from term \(earlier) to \(state.term)")
        }
    }
}
