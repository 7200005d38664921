internal import Checkers
internal import Generators
internal import HeapModule
internal import Histories
internal import Models
internal import Raft

/// A cluster in one thread from one seed: servers, network, disks, clocks and clients, with
/// everything going wrong that may.
///
/// Packets are lost, doubled, late and out of order; the network is cut, single links and one way
/// too; servers crash between any two parts of a ``Raft/Pass``, in the middle of a write as well,
/// and freeze; clocks run at different speeds and stand still; members change, leaders hand over,
/// logs are compacted. From time to time all of that stops, and the cluster has to recover. The
/// invariants are checked at each step, and what clients saw is checked for linearizability at the
/// end. The same seed gives the same run.
public struct Simulation {
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
        /// Under way past all cuts, or as long as there is none.
        case deliver(Message, isUnderWay: Bool)
        case turn(ServerID, life: Int)
        case client(Int)
        case isolate(ServerID)
        case transfer(ServerID, to: ServerID)
        case giveUp(request: UInt64)
        case fault
        case quiet(QuietTime.Phase)
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
        let write: SimulatedMachine.Write?
        var tries = 1
    }

    static let clients = 6
    private static let mostLines = 400

    var random: SplitMix64
    let end: Int
    let keepsTranscript: Bool
    let subject: Subject
    let weather: Weather
    var now = 0
    var queue = Heap<Scheduled>()
    var scheduled = 0
    var nodes: [ServerID: SimulatedNode] = [:]
    let servers: [ServerID]
    var cuts: Set<Link> = []
    var quiet = QuietTime()
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

    /// One direction between two servers.
    struct Link: Hashable {
        let from: ServerID
        let to: ServerID
    }

    /// The simulation of a seed.
    ///
    /// - Parameters:
    ///   - seed: everything is drawn from it.
    ///   - servers: how many there are; nil for 1 to 8, drawn.
    ///   - seconds: of simulated time.
    ///   - leaseTicks: the length of leases where there are any, which some seeds have; of ten for
    ///     an election timeout.
    ///   - transcript: whether the outcome has one.
    ///   - subject: what is simulated.
    public init(
        seed: UInt64, servers: Int? = nil, seconds: Int = 20, leaseTicks: Int = 7,
        transcript: Bool = false, subject: Subject = Subject()
    ) {
        self.subject = subject
        random = SplitMix64(seed: seed)
        end = seconds * 1_000
        keepsTranscript = transcript
        weather = Weather(leaseTicks: leaseTicks, using: &random)
        processes = Array(0..<Self.clients)
        sequences = Array(repeating: 0, count: Self.clients)
        let voters = [1, 2, 3, 3, 3, 4, 5, 5, 6, 7].randomElement(using: &random) ?? 3
        let count = servers ?? voters + Int.random(in: 0...2, using: &random)
        let everybody = (1...UInt64(max(count, 1))).map(ServerID.init)
        self.servers = everybody
        // Some learn at first, or are no members, so that members can change.
        let first = min(voters, everybody.count)
        let others = everybody.dropFirst(first)
        let learners = others.filter { _ in Bool.random(using: &random) }
        let members = Membership(voters: Set(everybody.prefix(first)), learners: Set(learners))
        for id in everybody {
            nodes[id] = SimulatedNode(
                id: id, members: members, tickLength: Int.random(in: 17...23, using: &random))
        }
    }

    /// Runs to the end, or to the first violation.
    public mutating func run() -> Outcome {
        do {
            for id in servers { try start(id) }
            for client in 0..<Self.clients { schedule(.client(client), in: 300 + 10 * client) }
            schedule(.fault, in: 500)
            schedule(.quiet(.begin), in: weather.turbulence)
            while let next = queue.popMin(), next.time <= end {
                now = next.time
                try perform(next.what)
            }
            coverage.committed = invariants.committedCount
            return Outcome(violation: try judge(), coverage: coverage, transcript: lines)
        } catch {
            return Outcome(
                violation: "at \(now) ms: \(error)", coverage: coverage, transcript: lines)
        }
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
        case .tick(let id, let life): try tick(id, life)
        case .deliver(let message, let isUnderWay):
            // What waits behind a cut in some queue still arrives.
            guard isUnderWay || !cuts.contains(Link(from: message.from, to: message.to))
            else { return }
            try receive(.message(message), at: message.to)
        case .turn(let id, let life):
            guard nodes[id]?.life == life else { return }
            try turn(id)
        case .client(let client): try act(client)
        case .giveUp(let request):
            if let lost = pending[request] { try giveUp(request, lost) }
        case .fault: try injectFault()
        case .transfer(let leader, let heir): try transfer(leader, to: heir)
        case .isolate(let id): if !quiet.isQuiet { isolate(id) }
        case .quiet(let phase): try enter(phase)
        case .restart(let id): try start(id)
        case .crash(let id): try crash(id)
        }
    }

    mutating func note(_ line: @autoclosure () -> String) {
        guard keepsTranscript else { return }
        lines.append("\(now) \(line())")
        if lines.count > Self.mostLines { lines.removeFirst() }
    }

    mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    // MARK: Network

    mutating func deliver(_ message: Message) {
        let isLost = !quiet.isQuiet && chance(weather.loss)
        guard !cuts.contains(Link(from: message.from, to: message.to)), !isLost else { return }
        let delay = delay(of: message)
        for _ in 0..<(!quiet.isQuiet && chance(0.03) ? 2 : 1) {
            let isLate = !quiet.isQuiet && (delay != nil || chance(0.02))
            let way = isLate ? (delay.map { $0 / 2...$0 } ?? 50...800) : 1...weather.latency
            schedule(
                .deliver(message, isUnderWay: isLate), in: Int.random(in: way, using: &random))
        }
    }

    /// How late it is at most, if the way from or to one of its servers is slow.
    private func delay(of message: Message) -> Int? {
        for (id, direction) in [(message.from, Delay.Direction.out), (message.to, .in)] {
            if let delay = nodes[id]?.delay, delay.direction == direction, now < delay.end {
                return delay.milliseconds
            }
        }
        return nil
    }
}
