internal import Checkers
public import Generators
internal import HeapModule
internal import Histories
internal import Models
public import Raft

/// A cluster in one thread from one seed: servers, network, disks, clocks and clients, with
/// everything going wrong that may.
///
/// Packets are lost, doubled, late and out of order; the network is cut, one way too; servers
/// crash at any point of what they do, in the middle of a write as well; clocks run at different
/// speeds; members change, leaders hand over, logs are compacted. The invariants are checked at
/// each step, and what clients saw is checked for linearizability at the end. The same seed gives
/// the same run.
public struct Simulation {
    /// How servers take a step; tests put faulty ones in its place, to prove that the simulator
    /// finds them.
    public typealias Step = @Sendable (inout Server, Raft.Event, inout SplitMix64) -> [Effect]

    /// How a simulation ended.
    public struct Outcome: Sendable {
        /// What was wrong; nil if nothing was.
        public let violation: String?
        /// What happened.
        public let coverage: Coverage
        /// The last lines of what happened, if they were asked for.
        public let transcript: [String]
    }

    enum Happening {
        case tick(ServerID, life: Int)
        case deliver(Message)
        case client(Int)
        case giveUp(request: UInt64)
        case trouble
        case restart(ServerID)
        case crash(ServerID)
    }

    struct Scheduled: Comparable {
        let time: Int
        let number: Int
        let what: Happening

        static func == (one: Scheduled, other: Scheduled) -> Bool { one.number == other.number }
        static func < (one: Scheduled, other: Scheduled) -> Bool {
            (one.time, one.number) < (other.time, other.number)
        }
    }

    struct Pending {
        let client: Int
        /// nil for a read.
        let write: SimulatedNode.Write?
        var tries = 1
    }

    static let clients = 4
    private static let mostLines = 400

    var random: SplitMix64
    let end: Int
    let keepsTranscript: Bool
    let takeStep: Step
    var now = 0
    var queue = Heap<Scheduled>()
    var scheduled = 0
    var nodes: [ServerID: SimulatedNode] = [:]
    var cuts: Set<[ServerID]> = []
    let loss: Double
    let crashes: Double
    let latency: Int
    let leaderCrashes: Double
    let longestRest: Int
    let mostEntries: Int
    let leaseTicks: Int
    var invariants = Invariants()
    var coverage = Coverage()
    var lines: [String] = []
    var lastLeader: ServerID?
    var pending: [UInt64: Pending] = [:]
    var nextRequest: UInt64 = 0
    var nextValue = 0
    var sequences: [Int]
    var processes: [Int]
    var history = History()

    /// The simulation of a seed: so many servers for so many simulated seconds; some seeds have
    /// leases of so many ticks, of ten for an election timeout.
    public init(
        seed: UInt64, servers: Int = 5, seconds: Int = 20, leaseTicks: Int = 7,
        transcript: Bool = false,
        step: @escaping Step = { server, event, random in server.step(event, using: &random) }
    ) {
        takeStep = step
        random = SplitMix64(seed: seed)
        end = seconds * 1_000
        keepsTranscript = transcript
        loss = Double.random(in: 0...0.08, using: &random)
        crashes = Bool.random(using: &random) ? 0.000_3 : 0.002
        latency = [6, 12, 40].randomElement(using: &random) ?? 12
        leaderCrashes = Bool.random(using: &random) ? 0.1 : 0.7
        longestRest = Bool.random(using: &random) ? 2_000 : 300
        mostEntries = Int.random(in: 1...4, using: &random)
        self.leaseTicks = Double.random(in: 0..<1, using: &random) < 0.3 ? leaseTicks : 0
        processes = Array(0..<Self.clients)
        sequences = Array(repeating: 0, count: Self.clients)
        let everybody = (1...UInt64(servers)).map(ServerID.init)
        // Some are no members at first, so that members can change.
        let fewest = min(3, servers)
        let count = Int.random(in: fewest...max(servers - 1, fewest), using: &random)
        let members = Membership(voters: Set(everybody.prefix(count)))
        for id in everybody {
            nodes[id] = SimulatedNode(
                id: id, members: members, tickLength: Int.random(in: 17...23, using: &random))
        }
    }

    /// Runs to the end, or to the first violation.
    public mutating func run() -> Outcome {
        do {
            for id in nodes.keys.sorted() { start(id) }
            for client in 0..<Self.clients { schedule(.client(client), in: 300 + 10 * client) }
            schedule(.trouble, in: 500)
            while let next = queue.popMin(), next.time <= end {
                now = next.time
                try perform(next.what)
            }
            coverage.committed = invariants.committedCount
            return try outcome(violation: judge())
        } catch {
            return Outcome(
                violation: "at \(now) ms: \(error)", coverage: coverage, transcript: lines)
        }
    }

    private func outcome(violation: String?) throws -> Outcome {
        Outcome(violation: violation, coverage: coverage, transcript: lines)
    }

    private func judge() throws -> String? {
        let report = try Checker(
            model: Register(semantics: Semantics(initial: .int(0))),
            budget: Budget(time: .seconds(20))
        ).check(history)
        switch report.verdict {
        case .linearizable: return nil
        case .undecided(let limit, _): return "the history is undecided: \(limit)"
        case .violation(let contradiction): return contradiction.sentence
        }
    }

    // MARK: Time

    mutating func schedule(_ what: Happening, in time: Int) {
        scheduled += 1
        queue.insert(Scheduled(time: now + max(time, 0), number: scheduled, what: what))
    }

    private mutating func perform(_ what: Happening) throws {
        switch what {
        case .tick(let id, let life):
            guard let node = nodes[id], node.life == life, node.server != nil else { return }
            schedule(.tick(id, life: life), in: node.tickLength)
            try step(id, .tick)
        case .deliver(let message):
            guard !cuts.contains([message.from, message.to]) else { return }
            try step(message.to, .message(message))
        case .client(let client): try act(client)
        case .giveUp(let request):
            if let lost = pending[request] { try giveUp(request, lost) }
        case .trouble: try makeTrouble()
        case .restart(let id): start(id)
        case .crash(let id): try crash(id)
        }
    }

    mutating func note(_ line: @autoclosure () -> String) {
        guard keepsTranscript else { return }
        lines.append("\(now) \(line())")
        if lines.count > Self.mostLines { lines.removeFirst() }
    }

    func chance(_ probability: Double, _ random: inout SplitMix64) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    mutating func chance(_ probability: Double) -> Bool {
        chance(probability, &random)
    }

    // MARK: Servers

    private mutating func start(_ id: ServerID) {
        guard var node = nodes[id], node.server == nil else { return }
        var options = Options()
        options.mostEntries = mostEntries
        options.snapshotPartSize = 4
        // Clocks differ by a third at most: 7 ticks of 23 ms are less than 10 of 17 ms.
        options.leaseTicks = leaseTicks
        node.server = Server(
            id: id, hard: node.disk.hard, log: node.disk.log, options: options, using: &random)
        node.machine = SimulatedNode.Machine(
            node.disk.snapshot.data, index: node.disk.snapshot.index)
        node.life += 1
        node.wasLeader = false
        if node.life > 1 { coverage.restarts += 1 }
        note("\(id) starts in term \(node.disk.hard.term) with \(node.disk.entries.count) entries")
        nodes[id] = node
        schedule(.tick(id, life: node.life), in: Int.random(in: 0..<20, using: &random))
    }

    mutating func crash(_ id: ServerID) throws {
        guard nodes[id]?.server != nil else { return }
        note("\(id) crashes")
        nodes[id]?.server = nil
        for request in (nodes[id]?.waiting ?? [:]).keys.sorted() {
            if let lost = pending[request] { try giveUp(request, lost) }
        }
        nodes[id]?.waiting = [:]
        schedule(.restart(id), in: Int.random(in: 50..<longestRest, using: &random))
    }

    mutating func step(_ id: ServerID, _ event: Raft.Event) throws {
        guard var node = nodes[id], var server = node.server else { return }
        let commit = server.commit
        let effects = takeStep(&server, event, &random)
        node.server = server
        nodes[id] = node
        guard server.commit >= commit else {
            throw Invariants.Violation(description: "\(id) takes back what was committed")
        }
        var isLeader = false
        if case .leader = server.role { isLeader = true }
        if isLeader, !node.wasLeader {
            note("\(id) leads term \(server.hard.term)")
            coverage.elections += 1
            if lastLeader != id { coverage.leaderChanges += 1 }
            lastLeader = id
            try invariants.elected(server)
            // Much depends on what a leader does first (figure 8).
            if chance(leaderCrashes) {
                let soon = chance(0.5) ? 0..<10 : 0..<100
                schedule(.crash(id), in: Int.random(in: soon, using: &random))
            }
        }
        nodes[id]?.wasLeader = isLeader
        if case .read(let request) = event, isLeader,
            effects.contains(where: { if case .readable(request, _) = $0 { true } else { false } })
        {
            coverage.leaseReads += 1
        }
        for effect in inOrder(effects) {
            if chance(crashes) {
                try tear(id, effect)
                return
            }
            try perform(effect, of: id, server)
        }
    }

    /// Does what may be done before the disk is safe before it, as real servers do.
    private func inOrder(_ effects: [Effect]) -> [Effect] {
        guard !effects.contains(where: { if case .keep = $0 { true } else { false } }) else {
            return effects
        }
        func isEarly(_ effect: Effect) -> Bool {
            if case .send(let message) = effect { message.mayPrecedeDisk } else { false }
        }
        return effects.filter(isEarly) + effects.filter { !isEarly($0) }
    }

    /// A crash before an effect is done, or in the middle of it.
    private mutating func tear(_ id: ServerID, _ effect: Effect) throws {
        switch effect {
        case .append(let entries) where entries.count > 1:
            let kept = Int.random(in: 0..<entries.count, using: &random)
            nodes[id]?.disk.entries += entries[..<kept]
            coverage.tornTails += 1
        case .keep, .append, .truncate, .keepSnapshot: coverage.lostWrites += 1
        default: break
        }
        try crash(id)
    }

    private mutating func perform(_ effect: Effect, of id: ServerID, _ server: Server) throws {
        switch effect {
        case .keep(let state):
            try invariants.kept(state, by: id)
            nodes[id]?.disk.hard = state
        case .truncate(let index): nodes[id]?.disk.truncate(from: index)
        case .append(let entries):
            try invariants.appended(entries, to: server)
            nodes[id]?.disk.entries += entries
        case .keepSnapshot(let snapshot, let droppingAll):
            nodes[id]?.disk.keep(snapshot, droppingAll: droppingAll)
        case .send(let message): deliver(message)
        case .apply(let entries): try apply(entries, on: id, server)
        case .restore(let snapshot):
            coverage.snapshotInstalls += 1
            note("\(id) installs a snapshot up to \(snapshot.index)")
            nodes[id]?.machine = SimulatedNode.Machine(snapshot.data, index: snapshot.index)
        case .proposed(let request, let index, let term):
            nodes[id]?.waiting[request] = .write(index: index, term: term)
        case .refused(let request, _):
            if let refused = pending[request] { try refuse(request, refused) }
        case .readable(let request, let index):
            guard let read = pending[request], let node = nodes[id] else { return }
            guard node.machine.applied >= index else {
                throw Invariants.Violation(
                    description: "\(id) reads before it has applied \(index)")
            }
            if case .leader = server.role {} else { coverage.followerReads += 1 }
            try finish(request, read, .ok, value: node.machine.value)
        }
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
                let write = SimulatedNode.Write(bytes)
                if nodes[id]?.machine.apply(write, at: entry.index) == true {
                    coverage.repeatedCommands += 1
                }
            case .membership(let members):
                if case .leader = server.role, !members.isJoint { coverage.membershipChanges += 1 }
            case .nothing: break
            }
            for (request, waiting) in (nodes[id]?.waiting ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard case .write(entry.index, let term) = waiting, let write = pending[request]
                else { continue }
                nodes[id]?.waiting[request] = nil
                if term == entry.term {
                    try finish(request, write, .ok)
                } else {
                    try refuse(request, write)
                }
            }
        }
    }

    // MARK: Network

    private mutating func deliver(_ message: Message) {
        guard !cuts.contains([message.from, message.to]), !chance(loss) else { return }
        for _ in 0..<(chance(0.03) ? 2 : 1) {
            let isLate = chance(0.02)
            schedule(
                .deliver(message),
                in: Int.random(in: isLate ? 50...800 : 1...latency, using: &random))
        }
    }
}
