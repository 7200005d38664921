internal import Raft
internal import Wire

/// Who waits for what: a client here, or another server for a client of its own.
struct WaitingClients {
    /// More than so many are not let in.
    static let most = 100_000

    /// Somebody who waits, with the number of the request.
    enum Asker {
        case client(ClientHandler, UInt64)
        case server(ServerID, UInt64)
    }

    /// A command that stands in the log.
    struct Proposed {
        let term: Term
        let request: UInt64
        let asker: Asker
    }

    /// A read, or a part of one asked together with others.
    struct Read {
        let asker: Asker
        let key: [UInt8]
    }

    /// Commands and changes that have been given to the core.
    var asked: [UInt64: Asker] = [:]
    /// Those that stand in the log, by index; more than one where leaders have changed.
    var proposed: [LogIndex: [Proposed]] = [:]
    /// Rounds of reads.
    var reads: [UInt64: [Read]] = [:]
    /// Commands that were sent on to the leader, and when.
    var forwarded: [UInt64: (asker: Asker, tick: UInt64)] = [:]

    /// How many wait.
    var count: Int { asked.count + proposed.count + reads.count + forwarded.count }

    /// Takes those out whose commands a snapshot has swallowed.
    mutating func proposed(upTo index: LogIndex) -> [Asker] {
        let swallowed = proposed.filter { $0.key <= index }
        for place in swallowed.keys { proposed[place] = nil }
        return swallowed.sorted { $0.key < $1.key }.flatMap { $0.value.map(\.asker) }
    }

    /// Takes out whoever proposed this and waits for it to be applied: a core may come to know that
    /// it never will be.
    mutating func takeProposed(_ request: UInt64) -> [Asker] {
        guard
            let place = proposed.first(where: { $0.value.contains { $0.request == request } })?.key
        else { return [] }
        let taken = proposed[place, default: []].filter { $0.request == request }
        proposed[place]?.removeAll { $0.request == request }
        return taken.map(\.asker)
    }

    /// Takes those out that have waited for the leader since before a tick.
    mutating func forwarded(before tick: UInt64) -> [Asker] {
        let old = forwarded.filter { $0.value.tick < tick }
        for number in old.keys { forwarded[number] = nil }
        return old.sorted { $0.key < $1.key }.map(\.value.asker)
    }
}
