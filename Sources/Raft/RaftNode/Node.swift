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
    let storage: Storage
    let disk: any Disk
    let takeStep: Step
    let now: @Sendable () -> NIODeadline
    let snapshotter: Snapshotter
    private let ended: EventLoopPromise<Void>

    var server: Server
    var machine: KeyValueMachine
    var links: [ServerID: PeerLink] = [:]
    private var listeners: [any Channel] = []
    var accepted: [ObjectIdentifier: Intake] = [:]
    var callers: [ServerID: any Channel] = [:]
    var flushes: [ObjectIdentifier: any Channel] = [:]

    var inbox: [Event] = []
    var proposals: [Proposal] = []
    var reads: [WaitingClients.Read] = []
    /// The state of a snapshot that is about to be installed.
    var arriving: KeyValueMachine?
    /// What the machine had at the last indexes at which all servers remember it.
    var recent: [AppliedState] = []
    var waiting = WaitingClients()
    var hasTurn = false
    var number: UInt64
    var clock: NIODeadline
    var ticks: UInt64 = 0
    var lastRole = ""
    var state = State.running

    enum State { case running, stopping, ended }

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
        on loop: any EventLoop, log: Logger, rules: any Rules = PaperRules(),
        now: @escaping @Sendable () -> NIODeadline = NIODeadline.now, step: @escaping Step
    ) throws(StorageError) {
        self.options = options
        self.storage = storage
        self.disk = disk
        self.loop = loop
        self.log = log
        takeStep = step
        self.now = now
        var random = SystemRandomNumberGenerator()
        server = Server(
            id: options.id, hard: recovery.hard, log: recovery.log, options: options.raft,
            rules: rules, using: &random)
        let snapshot = recovery.log.snapshot
        machine = try Self.machine(of: snapshot, disk)
        snapshotter = Snapshotter(disk, options)
        snapshotter.begin(behind: snapshot.index)
        // No number of an earlier life comes again, so no late answer fits a new request.
        number = UInt64.random(in: 0...UInt64.max / 2, using: &random)
        clock = now()
        ended = loop.makePromise()
    }

    static func machine(
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
            // The program refuses such options in words before this; not a precondition, whose text
            // a release build loses.
            fatalError("a node is one of its servers")
        }
        let peers = try await listen(own, .peer) { node, pipeline, intake in
            try pipeline.addHandlers([
                intake, ByteToMessageHandler(FrameDecoder(.peer)), PeerHandler(node, intake),
            ])
        }
        let clients = try await listen(options.clients, .client) { node, pipeline, intake in
            try pipeline.addHandlers([
                intake,
                ByteToMessageHandler(FrameDecoder(.client, atMost: Frame.mostRequestBytes)),
                ClientHandler(node, intake),
            ])
        }
        try await loop.submit { self.begin([peers, clients]) }.get()
    }

    private func listen(
        _ address: NodeOptions.Address, _ purpose: Frame.Purpose,
        _ handlers:
            @escaping @Sendable (Node, ChannelPipeline.SynchronousOperations, Intake) throws -> Void
    ) async throws -> any Channel {
        let security = options.security
        return try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: ClientHandler.replies)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let intake = try self.accept(channel, purpose)
                    let pipeline = channel.pipeline.syncOperations
                    try security?.secureServer(channel)
                    try handlers(self, pipeline, intake)
                }
            }
            .bind(host: address.host, port: address.port).get()
    }

    /// Whether a server that calls is the one that it was, and not one that has lost its folder.
    func recognises(_ peer: ServerID, life: UInt64) -> Bool {
        do {
            return try storage.recognises(peer, life: life)
        } catch {
            end(error)
            return false
        }
    }

    /// A server has called again: what it sent on its connection before, it will not go on with.
    func greeted(by peer: ServerID, on channel: any Channel) {
        callers.updateValue(channel, forKey: peer)?.close(promise: nil)
    }

    private func begin(_ listeners: [any Channel]) {
        self.listeners = listeners
        clock = now()
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
        loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { task in
            guard self.state != .ended else {
                task.cancel()
                return
            }
            self.sweepConnections()
        }
        if options.security == nil {
            log.info("no certificate: for trusted networks only, whoever reaches it is believed")
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

    func end(_ error: (any Error)?) {
        guard state != .ended else { return }
        state = .ended
        for link in links.values { link.close() }
        for listener in listeners { listener.close(promise: nil) }
        for intake in accepted.values { intake.channel.close(promise: nil) }
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
        case .read(_, .linearizable) where !isLeader && !options.hasFollowerReads:
            answer(asker, .refused(.notLeader(hint: server.leader?.number)))
        case .read(let key, .linearizable): reads.append(.init(asker: asker, key: key))
        case .status: answer(asker, .status(status))
        case .changeMembers(let voters, let learners):
            inbox.append(
                .changeMembers(
                    voters: Set(voters.map { ServerID($0) }),
                    learners: Set(learners.map { ServerID($0) }), request: expect(asker)))
        case .transferLeadership, .addMember, .promoteMember, .removeMember:
            administer(request.body, for: asker)
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

    func expect(_ asker: WaitingClients.Asker) -> UInt64 {
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
}
