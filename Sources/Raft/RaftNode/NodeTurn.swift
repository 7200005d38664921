internal import Logging
internal import NIOCore
internal import Raft
internal import RaftStorage
internal import Wire

// What a node does at the end of each turn of its event loop.
extension Node {
    func scheduleTurn() {
        guard !hasTurn else { return }
        hasTurn = true
        // Behind everything else that has come in by now.
        loop.assumeIsolated().execute { self.turn() }
    }

    /// Lets the core take all that has come in, and does what it wants done.
    func turn() {
        hasTurn = false
        guard state != .ended else { return }
        do {
            try perform(takeEvents())
        } catch {
            // Nothing that depended on the disk has left.
            end(error)
            return
        }
        guard state != .ended else { return }
        noteRole()
        for channel in flushes.values { channel.flush() }
        flushes.removeAll(keepingCapacity: true)
    }

    /// Time first, for what comes in may only be judged as of now.
    private func takeEvents() -> [Event] {
        let now = now()
        let tick = TimeAmount(options.tick)
        let due = (now - clock).nanoseconds / tick.nanoseconds
        clock = clock + TimeAmount.nanoseconds(due * tick.nanoseconds)
        ticks += UInt64(due)
        // After a long stop more ticks than these say nothing new.
        let most = Int64(3 * options.raft.electionTicks)
        var events = [Event](repeating: .tick, count: Int(min(due, most)))
        events += inbox
        inbox.removeAll(keepingCapacity: true)
        if !proposals.isEmpty {
            events.append(.propose(proposals))
            proposals.removeAll(keepingCapacity: true)
        }
        if !reads.isEmpty {
            number += 1
            waiting.reads[number] = reads
            events.append(.read(request: number))
            reads.removeAll(keepingCapacity: true)
        }
        if due > 0 { giveUpForwarded() }
        if let (index, data) = snapshotter.due(server) {
            events.append(.compact(upTo: index, data: data))
        }
        return events
    }

    private func giveUpForwarded() {
        let patience = UInt64(20 * options.raft.electionTicks)
        guard ticks > patience else { return }
        for asker in waiting.forwarded(before: ticks - patience) {
            answer(asker, .unknown("the leader did not answer"))
        }
    }

    private func perform(_ events: [Event]) throws(StorageError) {
        for part in Pass(events, on: &server, step).parts {
            guard state != .ended else { return }
            switch part {
            case .sendEarly(let messages):
                for message in messages { send(message) }
                for link in links.values { link.flush() }
            case .store(let effect): try store(effect)
            case .sync: try storage.sync()
            case .carryOut(let effect): try carryOut(effect)
            case .tell(let event): try perform([event])
            }
        }
        if machine.applied > server.log.snapshot.index {
            snapshotter.save(machine, server, storage, on: loop) { error in
                if let error { self.end(error) }
            }
        }
    }

    private func store(_ effect: Effect) throws(StorageError) {
        switch effect {
        case .keep(let state): storage.keep(state)
        case .append(let entries): storage.append(entries)
        case .truncate(let index): storage.truncate(from: index)
        case .keepSnapshot(let snapshot, let droppingAll):
            if snapshotter.hasSaved(snapshot.index) {
                try storage.adopt(snapshotUpTo: snapshot.index)
            } else {
                try storage.keep(snapshot, droppingAll: droppingAll)
            }
            snapshotter.begin(behind: snapshot.index)
        default: break
        }
    }

    private func carryOut(_ effect: Effect) throws(StorageError) {
        switch effect {
        case .keep, .append, .truncate, .keepSnapshot: break
        case .send(let message): send(message)
        case .apply(let entries): apply(entries)
        case .restore(let snapshot):
            if let state = arriving, state.applied == snapshot.index {
                machine = state
            } else {
                machine = try Self.machine(of: snapshot, disk)
            }
            arriving = nil
            log.info("installed a snapshot", metadata: ["index": "\(snapshot.index)"])
            for asker in waiting.proposed(upTo: snapshot.index) {
                answer(asker, .unknown("this server has caught up by a snapshot"))
            }
        case .proposed(let request, let index, let term):
            guard let asker = waiting.asked.removeValue(forKey: request) else { return }
            waiting.proposed[index, default: []].append(
                .init(term: term, request: request, asker: asker))
        case .refused(let request, let refusal): refuse(request, refusal)
        case .readable(let request, _):
            for read in waiting.reads.removeValue(forKey: request) ?? [] {
                answer(read.asker, .answer(machine.read(read.key)))
            }
        case .halt(let why): end(BrokenPromise(why))
        }
    }

    private func apply(_ entries: [Entry]) {
        for entry in entries {
            let result = machine.apply(entry)
            noteState()
            guard let asked = waiting.proposed.removeValue(forKey: entry.index) else { continue }
            for proposed in asked {
                answer(
                    proposed.asker,
                    proposed.term == entry.term
                        ? .answer(result ?? .done) : .refused(.overwritten))
            }
        }
    }

    // MARK: What goes out

    private func send(_ message: Message) { links[message.to]?.send(.message(message)) }

    private func refuse(_ request: UInt64, _ refusal: Refusal) {
        let body: Reply.Body =
            switch refusal {
            case .notLeader(let hint): .refused(.notLeader(hint: hint?.number))
            case .busy: .refused(.busy("another change is under way, or the leader is new"))
            case .notCaughtUp(let servers):
                .refused(.busy("not learners with the log yet: \(servers.sorted())"))
            case .transferring: .refused(.busy("leadership is being handed over"))
            }
        if let asker = waiting.asked.removeValue(forKey: request) { answer(asker, body) }
        for read in waiting.reads.removeValue(forKey: request) ?? [] { answer(read.asker, body) }
        for asker in waiting.takeProposed(request) { answer(asker, body) }
    }

    func answer(_ asker: WaitingClients.Asker, _ body: Reply.Body) {
        switch asker {
        case .client(let handler, let number): handler.reply(to: number, body)
        case .server(let peer, let number):
            links[peer]?.send(.forwarded(Reply(number: number, body)))
        }
    }

    /// Has a channel flushed at the end of the turn.
    func needsFlush(_ channel: any Channel) { flushes[ObjectIdentifier(channel)] = channel }

    var isLeader: Bool { server.isLeader }

    private func noteRole() {
        let role =
            switch server.role {
            case .leader: "leader"
            case .candidate: "candidate"
            case .follower: "follower of \(server.leader?.description ?? "nobody")"
            }
        guard role != lastRole else { return }
        lastRole = role
        log.info(
            "\(role)", metadata: ["term": "\(server.hard.term)", "commit": "\(server.commit)"])
        if state == .stopping, !isLeader { end(nil) }
    }
}
