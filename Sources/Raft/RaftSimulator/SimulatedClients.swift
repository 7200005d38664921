internal import Histories
internal import Raft

// Clients read and write one register; a write that they do not know the end of they try again,
// in their session, with another server.
extension Simulation {
    private static let mostTries = 4

    mutating func act(_ client: Int) throws {
        let isRead = chance(0.5)
        if !isRead {
            nextValue += 1
            sequences[client] += 1
        }
        let operation = Pending(
            client: client,
            write: isRead
                ? nil
                : SimulatedMachine.Write(
                    client: client, sequence: sequences[client], value: nextValue))
        try record(
            .invoke, client, isRead ? "read" : "write", isRead ? .null : .int(nextValue))
        try send(operation)
    }

    private mutating func send(_ operation: Pending) throws {
        let server = try choose()
        nextRequest += 1
        let request = nextRequest
        pending[request] = operation
        guard nodes[server]?.server != nil else {
            try refuse(request, operation)
            return
        }
        schedule(.giveUp(request: request), in: Int.random(in: 150...1_500, using: &random))
        try receive(
            operation.write.map { .propose([Proposal($0.bytes, request: request)]) }
                ?? .read(request: request), at: server)
    }

    /// Mostly a leader, often one that leads no more but does not know it yet.
    private mutating func choose() throws -> ServerID {
        let leaders = servers.filter { nodes[$0]?.server?.isLeader == true }
        let terms = leaders.map { nodes[$0]?.server?.hard.term ?? 0 }
        let deposed = zip(leaders, terms).filter { $0.1 < terms.max() ?? 0 }.map(\.0)
        if let old = deposed.first, chance(0.8) {
            coverage.askedDeposed += 1
            return old
        }
        if let leader = leaders.last, chance(0.6) { return leader }
        return servers[Int.random(in: 0..<servers.count, using: &random)]
    }

    /// Nothing came of it, at least not of this try.
    mutating func refuse(_ request: UInt64, _ operation: Pending) throws {
        try finish(request, operation, operation.tries == 1 ? .fail : nil)
    }

    /// Nobody answered: a write is tried again, a read has no effect.
    mutating func giveUp(_ request: UInt64, _ operation: Pending) throws {
        guard operation.write != nil, operation.tries < Self.mostTries, chance(0.7) else {
            try finish(request, operation, nil)
            return
        }
        pending[request] = nil
        var again = operation
        again.tries += 1
        try send(again)
    }

    /// Ends a client's operation; nil where nobody knows how.
    mutating func finish(
        _ request: UInt64, _ operation: Pending, _ kind: Histories.Event.Kind?, value: Int = 0
    ) throws {
        pending[request] = nil
        let name = operation.write == nil ? "read" : "write"
        let seen = operation.write?.value ?? value
        if kind == .ok { coverage.operations += 1 }
        try record(kind ?? .info, operation.client, name, kind == .ok ? .int(seen) : .null)
        if kind == nil { processes[operation.client] += Self.clients }
        schedule(.client(operation.client), in: Int.random(in: 5..<120, using: &random))
    }

    private mutating func record(
        _ kind: Histories.Event.Kind, _ client: Int, _ function: String, _ value: Value
    ) throws {
        try history.append(
            Event(
                index: history.eventCount, process: .client(processes[client]), kind: kind,
                function: function, value: value))
    }
}
