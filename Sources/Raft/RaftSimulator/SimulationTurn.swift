internal import Generators
internal import Histories
internal import Raft
internal import RaftMutants

// Servers: what comes in, and what a pass wants done.
extension Simulation {
    mutating func start(_ id: ServerID) throws {
        guard var node = nodes[id], node.server == nil else { return }
        var options = Options()
        options.mostEntries = weather.mostEntries
        options.snapshotPartSize = 4
        options.mostInFlight = 3
        // Clocks differ by a third at most: 7 ticks of 23 ms are less than 10 of 17 ms.
        options.leaseTicks = weather.leaseTicks
        if node.life > 0, subject.has(.wipedAtCrash) {
            node.disk = SimulatedDisk(node.firstMembers)
        }
        node.server = Server(
            id: id, hard: node.disk.hard, log: node.disk.log, options: options,
            rules: subject.rules, using: &random)
        node.machine = SimulatedMachine(node.disk.snapshot.data, index: node.disk.snapshot.index)
        node.meddling = Meddling(subject.bug, deviated: subject.deviated)
        node.life += 1
        node.wasLeader = false
        node.unkeptLeader = nil
        node.inbox = []
        node.hasTurn = false
        node.frozenUntil = 0
        if node.life > 1 { coverage.restarts += 1 }
        note("\(id) starts in term \(node.disk.hard.term) with \(node.disk.entries.count) entries")
        nodes[id] = node
        try invariants.reached(node.machine, by: id)
        schedule(.tick(id, life: node.life), in: Int.random(in: 0..<20, using: &random))
    }

    mutating func crash(_ id: ServerID) throws {
        guard !quiet.isQuiet, nodes[id]?.server != nil else { return }
        note("\(id) crashes")
        nodes[id]?.server = nil
        let keepsTail = subject.bug == .keepsTornTail
        if let (lost, isTorn) = nodes[id]?.disk.crash(tornTailIsKept: keepsTail, using: &random) {
            coverage.lostWrites += lost
            if isTorn {
                coverage.tornTails += 1
                _ = subject.has(.keepsTornTail)
            }
        }
        for request in (nodes[id]?.waiting ?? [:]).keys.sorted() {
            if let lost = pending[request] { try giveUp(request, lost) }
        }
        nodes[id]?.waiting = [:]
        schedule(.restart(id), in: Int.random(in: 50..<weather.longestRest, using: &random))
    }

    mutating func tick(_ id: ServerID, _ life: Int) throws {
        guard let node = nodes[id], node.life == life, node.server != nil else { return }
        schedule(.tick(id, life: life), in: node.tickLength)
        guard node.clockStalledUntil <= now else { return }
        if node.frozenUntil > now {
            nodes[id]?.missedTicks += 1
        } else {
            try receive(.tick, at: id)
        }
    }

    /// Something comes in; with other things it is taken at the end of the turn.
    mutating func receive(_ event: Raft.Event, at id: ServerID) throws {
        guard let node = nodes[id], node.server != nil else { return }
        nodes[id]?.inbox.append(event)
        guard !node.hasTurn else { return }
        if weather.longestTurn == 0, node.frozenUntil <= now {
            try turn(id)
        } else {
            nodes[id]?.hasTurn = true
            let rest = max(0, node.frozenUntil - now)
            let wait = Int.random(in: 0...weather.longestTurn, using: &random)
            schedule(.turn(id, life: node.life), in: rest + wait)
        }
    }

    /// Takes all that has come in, in one pass.
    mutating func turn(_ id: ServerID) throws {
        guard let node = nodes[id], node.server != nil else { return }
        nodes[id]?.hasTurn = false
        // Time first: what comes in may only be judged as of now.
        let missed = [Raft.Event](repeating: .tick, count: node.missedTicks)
        nodes[id]?.missedTicks = 0
        nodes[id]?.inbox = []
        try perform(missed + node.inbox, at: id)
    }

    private mutating func perform(_ events: [Raft.Event], at id: ServerID) throws {
        guard var server = nodes[id]?.server else { return }
        var effects: [Effect] = []
        for event in events { effects += try step(&server, event) }
        nodes[id]?.server = server
        let pass = Pass(effects, server)
        let parts = inOrder(pass.parts)
        let life = nodes[id]?.life
        for (place, part) in parts.enumerated() {
            if !quiet.isQuiet, chance(weather.crashes) { try crash(id) }
            // Gone, by a crash between two parts.
            guard nodes[id]?.life == life, nodes[id]?.server != nil else { return }
            if case .tell(let event) = part, place == parts.count - 1 {
                try perform([event], at: id)
            } else {
                try perform(part, of: id, server)
            }
        }
        if coverage.largestPass < events.count { coverage.largestPass = events.count }
        try compactIfDue(id)
    }

    /// The parts in order; some planted bugs are about just that.
    private func inOrder(_ parts: [Pass.Part]) -> [Pass.Part] {
        func isForDisk(_ part: Pass.Part) -> Bool {
            switch part {
            case .store, .sync: true
            case .sendEarly, .carryOut, .tell: false
            }
        }
        func isSent(_ part: Pass.Part) -> Bool {
            if case .carryOut(.send) = part { true } else { false }
        }
        guard parts.contains(where: isForDisk) else { return parts }
        if subject.has(.carriesOutBeforeSync) {
            return parts.filter { !isForDisk($0) } + parts.filter(isForDisk)
        }
        if subject.has(.sendsAllEarly) {
            return parts.filter(isSent) + parts.filter { !isSent($0) }
        }
        if subject.bug == .tellsPersistedEarly, let last = parts.last {
            subject.deviated()
            return [last] + parts.dropLast()
        }
        return parts
    }

    private mutating func compactIfDue(_ id: ServerID) throws {
        guard weather.snapshotEntries > 0, let node = nodes[id], let server = node.server,
            node.machine.applied >= server.log.snapshot.index + weather.snapshotEntries,
            !server.isSendingSnapshot || chance(0.05)
        else { return }
        try compact(id)
    }

    /// Takes the state in place of the entries that gave it.
    mutating func compact(_ id: ServerID) throws {
        guard let node = nodes[id], node.server != nil else { return }
        var index = node.machine.applied
        if index > 1, subject.has(.snapshotsIndexEarlier) { index -= 1 }
        var hasSessions = true
        if subject.has(.snapshotsOmitSessions) { hasSessions = false }
        let data = node.machine.data(withSessions: hasSessions)
        try perform([.compact(upTo: index, data: data)], at: id)
    }

    // MARK: Steps

    private mutating func step(
        _ server: inout Server, _ event: Raft.Event
    ) throws -> [Effect] {
        let id = server.id
        let before = server
        var effects: [Effect]
        if var meddling = nodes[id]?.meddling {
            effects = meddling.step(&server, event) { $0.step($1, using: &random) }
            nodes[id]?.meddling = meddling
        } else {
            effects = server.step(event, using: &random)
        }
        try invariants.stepped(server, from: before)
        if before.isLeader, !server.isLeader, let waiting = nodes[id]?.waiting, !waiting.isEmpty,
            subject.has(.refusesWhenDeposed)
        {
            effects += waiting.keys.sorted().map { .refused(request: $0, .notLeader(hint: nil)) }
        }
        let wasLeader = nodes[id]?.wasLeader ?? false
        nodes[id]?.wasLeader = server.isLeader
        if server.isLeader, !wasLeader {
            let isKept = !effects.contains { if case .keep = $0 { true } else { false } }
            try began(server, isKept: isKept)
        }
        if case .read(let request) = event, server.isLeader,
            effects.contains(where: { if case .readable(request, _) = $0 { true } else { false } })
        {
            coverage.leaseReads += 1
        }
        return effects
    }

    /// A term counts from the moment when the disk has it: a crash before that takes it back, and
    /// nobody has heard of it.
    private mutating func began(_ server: Server, isKept: Bool) throws {
        let id = server.id
        note("\(id) leads term \(server.hard.term)")
        coverage.elections += 1
        if lastLeader != id { coverage.leaderChanges += 1 }
        lastLeader = id
        if isKept { try invariants.elected(server) } else { nodes[id]?.unkeptLeader = server }
        // Much depends on what a leader does first (figure 8).
        if !quiet.isQuiet, chance(weather.leaderCrashes) {
            let soon = chance(0.5) ? 0..<10 : 0..<100
            schedule(.crash(id), in: Int.random(in: soon, using: &random))
        }
    }

    // MARK: Parts

    private mutating func perform(
        _ part: Pass.Part, of id: ServerID, _ server: Server
    ) throws {
        switch part {
        case .sendEarly(let messages):
            for message in messages {
                if case .append(let append) = message.body {
                    try invariants.seen(append.entries, behind: append.previousTerm, by: id)
                }
                deliver(message)
            }
        case .store(let effect): nodes[id]?.disk.store(effect)
        case .sync:
            nodes[id]?.disk.sync()
            if let (new, previous) = nodes[id]?.disk.takeNew() {
                try invariants.seen(new, behind: previous, by: id)
            }
            if let state = nodes[id]?.disk.hard { try invariants.kept(state, by: id) }
            if let leader = nodes[id]?.unkeptLeader {
                nodes[id]?.unkeptLeader = nil
                try invariants.elected(leader)
            }
        case .carryOut(let effect): try carryOut(effect, of: id, server)
        case .tell(let event): try perform([event], at: id)
        }
    }

    private mutating func carryOut(
        _ effect: Effect, of id: ServerID, _ server: Server
    ) throws {
        switch effect {
        case .keep, .truncate, .append, .keepSnapshot: break
        case .send(let message): deliver(message)
        case .apply(let entries): try apply(entries, on: id, server)
        case .restore(let snapshot):
            coverage.snapshotInstalls += 1
            note("\(id) installs a snapshot up to \(snapshot.index)")
            if subject.has(.installsNothing) {
                nodes[id]?.machine.applied = snapshot.index
            } else {
                nodes[id]?.machine = SimulatedMachine(snapshot.data, index: snapshot.index)
            }
            if let machine = nodes[id]?.machine { try invariants.reached(machine, by: id) }
        case .proposed(let request, let index, let term):
            nodes[id]?.waiting[request] = .init(index: index, term: term)
            if let write = pending[request], subject.has(.answersOnceProposed) {
                try finish(request, write, .ok)
            }
        case .refused(let request, _):
            nodes[id]?.waiting[request] = nil
            if let refused = pending[request] { try refuse(request, refused) }
        case .readable(let request, let index): try answerRead(request, index, at: id, server)
        case .halt(let why): throw Invariants.Violation(description: "\(id) halts: \(why)")
        }
    }

    private mutating func answerRead(
        _ request: UInt64, _ index: LogIndex, at id: ServerID, _ server: Server
    ) throws {
        guard let read = pending[request], let node = nodes[id] else { return }
        guard node.machine.applied >= index else {
            throw Invariants.Violation(description: "\(id) reads before it has applied \(index)")
        }
        if !server.isLeader { coverage.followerReads += 1 }
        try finish(request, read, .ok, value: node.machine.value)
    }

    private mutating func apply(_ entries: [Entry], on id: ServerID, _ server: Server) throws {
        try invariants.applied(entries, on: server)
        for entry in entries {
            guard nodes[id]?.machine.applied == entry.index - 1 else {
                throw Invariants.Violation(
                    description: "\(id) applies \(entry.index) behind "
                        + "\(nodes[id]?.machine.applied ?? 0)")
            }
            nodes[id]?.machine.applied = entry.index
            switch entry.payload {
            case .command(let bytes):
                let write = SimulatedMachine.Write(bytes)
                applyWrite(write, at: entry.index, on: id)
            case .membership(let members):
                if server.isLeader, !members.isJoint { coverage.membershipChanges += 1 }
            case .nothing: break
            }
            if let machine = nodes[id]?.machine { try invariants.reached(machine, by: id) }
            try answerWrites(of: entry, at: id)
        }
    }

    private mutating func applyWrite(
        _ write: SimulatedMachine.Write, at index: LogIndex, on id: ServerID
    ) {
        guard var machine = nodes[id]?.machine else { return }
        let isRepeated = machine.apply(write, at: index, inSessions: true)
        if isRepeated {
            coverage.repeatedCommands += 1
            if subject.has(.forgetsSessions) {
                _ = machine.apply(write, at: index, inSessions: false)
            }
        }
        nodes[id]?.machine = machine
    }

    private mutating func answerWrites(of entry: Entry, at id: ServerID) throws {
        for (request, waiting) in (nodes[id]?.waiting ?? [:]).sorted(by: { $0.key < $1.key })
        where waiting.index == entry.index {
            nodes[id]?.waiting[request] = nil
            guard let write = pending[request] else { continue }
            if waiting.term == entry.term || subject.has(.confirmsOverwritten) {
                try finish(request, write, .ok)
            } else {
                try refuse(request, write)
            }
        }
    }
}
