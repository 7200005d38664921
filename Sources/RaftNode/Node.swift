public import Logging
public import NIOCore
internal import NIOPosix
package import Raft
public import RaftStorage
internal import Wire
internal import WireNIO

/// A Raft server with its sockets, its timers and its disk, all on one event loop.
///
/// What comes in during a turn of the loop is collected; at its end the core takes all of it in one
/// go (``turn()``), one sync makes what it decided safe, and only then anything that depends on
/// that leaves. So the more comes in, the more one sync serves.
///
/// It is confined to its event loop, also while it waits for the disk: a server that cannot write
/// cannot do anything else either.
public final class Node: @unchecked Sendable {
    /// How the core takes a step.
    package typealias Step = (inout Server, Event) -> [Effect]

    let options: NodeOptions
    let loop: any EventLoop
    let log: Logger
    private let storage: Storage
    private let disk: any Disk
    private let takeStep: Step
    private let snapshotter: Snapshotter
    private let ended: EventLoopPromise<Void>

    private(set) var server: Server
    private(set) var machine: KeyValueMachine
    private var links: [ServerID: PeerLink] = [:]
    private var listeners: [any Channel] = []
    private var accepted: [ObjectIdentifier: any Channel] = [:]
    private var flushes: [ObjectIdentifier: any Channel] = [:]

    private var inbox: [Event] = []
    private var proposals: [Proposal] = []
    private var reads: [WaitingClients.Read] = []
    private var waiting = WaitingClients()
    private var hasTurn = false
    private var number: UInt64
    private var clock: NIODeadline
    private var ticks: UInt64 = 0
    private var lastRole = ""
    private var state = State.running

    private enum State { case running, stopping, ended }

    /// A node that has not begun yet, with what its storage held.
    ///
    /// - Throws: `StorageError` if the snapshot means nothing to the state machine.
    public convenience init(
        _ options: NodeOptions, storage: Storage, recovery: Recovery, disk: any Disk,
        on loop: any EventLoop, log: Logger
    ) throws(StorageError) {
        var random = SystemRandomNumberGenerator()
        try self.init(
            options, storage: storage, recovery: recovery, disk: disk, on: loop, log: log
        ) { server, event in server.step(event, using: &random) }
    }

    package init(
        _ options: NodeOptions, storage: Storage, recovery: Recovery, disk: any Disk,
        on loop: any EventLoop, log: Logger, step: @escaping Step
    ) throws(StorageError) {
        self.options = options
        self.storage = storage
        self.disk = disk
        self.loop = loop
        self.log = log
        takeStep = step
        var random = SystemRandomNumberGenerator()
        server = Server(
            id: options.id, hard: recovery.hard, log: recovery.log, options: options.raft,
            using: &random)
        let snapshot = recovery.log.snapshot
        machine = try Self.machine(of: snapshot, disk)
        snapshotter = Snapshotter(disk, options)
        snapshotter.begin(behind: snapshot.index)
        // No number of an earlier life comes again, so no late answer fits a new request.
        number = UInt64.random(in: 0...UInt64.max / 2, using: &random)
        clock = .now()
        ended = loop.makePromise()
    }

    private static func machine(
        of snapshot: Snapshot, _ disk: any Disk
    ) throws(StorageError) -> KeyValueMachine {
        do {
            return try KeyValueMachine(snapshot.data, upTo: snapshot.index)
        } catch {
            throw .corrupt(
                file: disk.folder, offset: 0,
                what: "the snapshot up to \(snapshot.index) means nothing (\(error))")
        }
    }

    // MARK: Beginning and end

    /// Binds both addresses and begins to take part.
    ///
    /// - Throws: what the network library throws if an address cannot be bound.
    public func start() async throws {
        guard let own = options.servers[options.id] else {
            preconditionFailure("a node is one of its servers")
        }
        let peers = try await listen(own) { node, pipeline in
            try pipeline.addHandlers([
                ByteToMessageHandler(FrameDecoder(.peer)), PeerHandler(node),
            ])
        }
        let clients = try await listen(options.clients) { node, pipeline in
            try pipeline.addHandlers([
                ByteToMessageHandler(FrameDecoder(.client)), ClientHandler(node),
            ])
        }
        try await loop.submit { self.begin([peers, clients]) }.get()
    }

    private func listen(
        _ address: NodeOptions.Address,
        _ handlers: @escaping @Sendable (Node, ChannelPipeline.SynchronousOperations) throws -> Void
    ) async throws -> any Channel {
        try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try handlers(self, channel.pipeline.syncOperations)
                    self.accept(channel)
                }
            }
            .bind(host: address.host, port: address.port).get()
    }

    private func accept(_ channel: any Channel) {
        accepted[ObjectIdentifier(channel)] = channel
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            self.accepted[ObjectIdentifier(channel)] = nil
        }
    }

    private func begin(_ listeners: [any Channel]) {
        self.listeners = listeners
        clock = .now()
        for (peer, address) in options.servers where peer != options.id {
            let link = PeerLink(to: peer, at: address, of: self)
            links[peer] = link
            link.connect()
        }
        let tick = TimeAmount(options.tick)
        loop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { task in
            guard self.state != .ended else {
                task.cancel()
                return
            }
            self.turn()
        }
        log.info(
            "started",
            metadata: [
                "server": "\(options.id)", "term": "\(server.hard.term)",
                "last": "\(server.log.lastIndex)", "snapshot": "\(server.log.snapshot.index)",
                "clients": "\(options.clients)",
            ])
    }

    /// Returns when the node has stopped.
    ///
    /// - Throws: what stopped it, if nobody asked it to.
    public func run() async throws { try await ended.futureResult.get() }

    /// Hands leadership over, if it leads and somebody can take it, and stops.
    public func stop() {
        loop.execute {
            guard self.state == .running else { return }
            self.state = .stopping
            self.log.info("stopping")
            guard let successor = self.server.successor else {
                self.end(nil)
                return
            }
            self.inbox.append(.transferLeadership(to: successor))
            self.scheduleTurn()
            let patience = TimeAmount(self.options.electionTimeout)
            self.loop.assumeIsolated().scheduleTask(in: patience) { self.end(nil) }
        }
    }

    private func end(_ error: (any Error)?) {
        guard state != .ended else { return }
        state = .ended
        for link in links.values { link.close() }
        for listener in listeners { listener.close(promise: nil) }
        for channel in accepted.values { channel.close(promise: nil) }
        snapshotter.finish {
            self.disk.release()
            if let error {
                self.log.critical("stopped", metadata: ["why": "\(error)"])
                self.ended.fail(error)
            } else {
                self.log.info("stopped")
                self.ended.succeed(())
            }
        }
    }

    // MARK: What comes in

    func receive(_ message: Message) {
        inbox.append(.message(message))
        scheduleTurn()
    }

    func receive(_ request: Request, from client: ClientHandler) {
        let asker = WaitingClients.Asker.client(client, request.number)
        guard waiting.count < WaitingClients.most, state == .running else {
            answer(asker, .refused(.busy("too many requests wait, or the server stops")))
            scheduleTurn()
            return
        }
        switch request.body {
        case .command(let command, .forward) where !isLeader: forward(command, for: asker)
        case .command(let command, _): propose(command, for: asker)
        case .read(let key, .local): answer(asker, .answer(machine.read(key)))
        case .read(let key, .linearizable): reads.append(.init(asker: asker, key: key))
        case .status: answer(asker, .status(status))
        case .changeMembers(let voters, let learners):
            inbox.append(
                .changeMembers(
                    voters: Set(voters.map { ServerID($0) }),
                    learners: Set(learners.map { ServerID($0) }), request: expect(asker)))
        case .transferLeadership(let target):
            inbox.append(.transferLeadership(to: ServerID(target)))
            answer(asker, .answer(.done))
        }
        scheduleTurn()
    }

    /// A command that another server sends on for its client.
    func receive(_ command: Command, _ number: UInt64, forwardedBy peer: ServerID) {
        // Never sent on a second time: it could go round in circles.
        propose(command, for: .server(peer, number))
        scheduleTurn()
    }

    /// How a command ended that was sent on.
    func receive(_ reply: Reply) {
        guard let asker = waiting.forwarded.removeValue(forKey: reply.number)?.asker else { return }
        answer(asker, reply.body)
        scheduleTurn()
    }

    private func propose(_ command: Command, for asker: WaitingClients.Asker) {
        proposals.append(Proposal(command.bytes, request: expect(asker)))
    }

    private func expect(_ asker: WaitingClients.Asker) -> UInt64 {
        number += 1
        waiting.asked[number] = asker
        return number
    }

    private func forward(_ command: Command, for asker: WaitingClients.Asker) {
        guard let leader = server.leader, let link = links[leader] else {
            answer(asker, .refused(.notLeader(hint: nil)))
            return
        }
        number += 1
        waiting.forwarded[number] = (asker, ticks)
        link.send(.forward(number: number, command))
    }

    // MARK: Turns

    private func scheduleTurn() {
        guard !hasTurn else { return }
        hasTurn = true
        // Behind everything else that has come in by now.
        loop.assumeIsolated().execute { self.turn() }
    }

    /// Lets the core take all that has come in, and does what it wants done.
    private func turn() {
        hasTurn = false
        guard state != .ended else { return }
        var effects: [Effect] = []
        for event in takeEvents() { effects += takeStep(&server, event) }
        do {
            try perform(effects)
        } catch {
            // Nothing that depended on the disk has left.
            end(error)
            return
        }
        noteRole()
        for channel in flushes.values { channel.flush() }
        flushes.removeAll(keepingCapacity: true)
    }

    /// Time first, for what comes in may only be judged as of now.
    private func takeEvents() -> [Event] {
        let now = NIODeadline.now()
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
        if let (index, data) = snapshotter.due(committed: server.commit) {
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

    private func perform(_ effects: [Effect]) throws(StorageError) {
        let keepsState = effects.contains { if case .keep = $0 { true } else { false } }
        func isEarly(_ effect: Effect) -> Bool {
            if case .send(let message) = effect {
                !keepsState && message.mayPrecedeDisk
            } else {
                false
            }
        }
        for effect in effects where isEarly(effect) { send(effect) }
        if effects.contains(where: \.isForDisk) {
            for link in links.values { link.flush() }
        }
        for effect in effects { try store(effect) }
        try storage.sync()
        for effect in effects where !isEarly(effect) { try carryOut(effect) }
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
        case .send: send(effect)
        case .apply(let entries): apply(entries)
        case .restore(let snapshot):
            machine = try Self.machine(of: snapshot, disk)
            log.info("installed a snapshot", metadata: ["index": "\(snapshot.index)"])
            for asker in waiting.proposed(upTo: snapshot.index) {
                answer(asker, .unknown("this server has caught up by a snapshot"))
            }
        case .proposed(let request, let index, let term):
            guard let asker = waiting.asked.removeValue(forKey: request) else { return }
            waiting.proposed[index, default: []].append(.init(term: term, asker: asker))
        case .refused(let request, let refusal): refuse(request, refusal)
        case .readable(let request, _):
            for read in waiting.reads.removeValue(forKey: request) ?? [] {
                answer(read.asker, .answer(machine.read(read.key)))
            }
        }
    }

    private func apply(_ entries: [Entry]) {
        for entry in entries {
            let result = machine.apply(entry)
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

    private func send(_ effect: Effect) {
        if case .send(let message) = effect { links[message.to]?.send(.message(message)) }
    }

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
    }

    private func answer(_ asker: WaitingClients.Asker, _ body: Reply.Body) {
        switch asker {
        case .client(let handler, let number): handler.reply(to: number, body)
        case .server(let peer, let number):
            links[peer]?.send(.forwarded(Reply(number: number, body)))
        }
    }

    /// Has a channel flushed at the end of the turn.
    func needsFlush(_ channel: any Channel) { flushes[ObjectIdentifier(channel)] = channel }

    private var isLeader: Bool { if case .leader = server.role { true } else { false } }

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
