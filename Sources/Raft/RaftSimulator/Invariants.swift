internal import Raft

/// What must hold at every step of every cluster (figure 3), checked from outside.
struct Invariants {
    private var leaders: [Term: ServerID] = [:]
    /// The first entry that was seen at an index in a term, with the term before it.
    private var known: [Position: (entry: Entry, previous: Term)] = [:]
    private var committed: [LogIndex: Entry] = [:]
    private var terms: [ServerID: Term] = [:]

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

    /// Election safety and leader completeness, when a server begins to lead.
    mutating func elected(_ server: Server) throws(Violation) {
        let term = server.hard.term
        if let other = leaders.updateValue(server.id, forKey: term), other != server.id {
            throw Violation(description: "\(other) and \(server.id) both lead term \(term)")
        }
        for (index, entry) in committed where index > server.log.snapshot.index {
            guard server.log.term(at: index) == entry.term else {
                throw Violation(
                    description: "\(server.id) leads term \(term) without entry \(index) of term "
                        + "\(entry.term), which is committed")
            }
        }
    }

    /// Log matching: an entry of an index and a term is the same everywhere, and so is what
    /// precedes it.
    mutating func appended(_ entries: [Entry], to server: Server) throws(Violation) {
        for entry in entries {
            // What a newer snapshot covers already has been checked.
            guard let previous = server.log.term(at: entry.index - 1) else { continue }
            let position = Position(index: entry.index, term: entry.term)
            guard let first = known[position] else {
                known[position] = (entry, previous)
                continue
            }
            guard first.entry == entry, first.previous == previous else {
                throw Violation(
                    description: "\(server.id) has another entry \(entry.index) of term "
                        + "\(entry.term), or another one before it")
            }
        }
    }

    /// State machine safety: at an index everybody applies the same entry.
    mutating func applied(_ entries: [Entry], on server: Server) throws(Violation) {
        for entry in entries {
            if let first = committed.updateValue(entry, forKey: entry.index), first != entry {
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
