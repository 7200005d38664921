internal import Topologies

/// Rounds one after the other, each on a cluster that has recovered from the one before.
public struct Rounds: Scenario {
    /// One round.
    public struct Round: Sendable {
        /// When it begins, since the start of the load, if the cluster has recovered by then.
        public let start: Duration
        /// What is done.
        public var scenario: any Scenario

        /// A round.
        public init(start: Duration, _ scenario: any Scenario) {
            self.start = start
            self.scenario = scenario
        }
    }

    private var rounds: [Round]
    private let end: Duration
    private var next = 0
    private var isRunning = false
    private var quietSince = Duration.zero
    /// Rounds that never began, for there was no time left.
    public private(set) var omitted = 0

    /// Rounds within a load that ends then: what lasts is healed at that time.
    public init(_ rounds: [Round], end: Duration) {
        self.rounds = rounds
        self.end = end
    }

    /// All rounds are over.
    public var isOver: Bool { !isRunning && next >= rounds.count }
    /// All of them, one after the other.
    public var leastLength: Duration { rounds.reduce(.zero) { $0 + $1.scenario.leastLength } }
    /// One line a round.
    public var description: String {
        rounds.enumerated().map { number, round in
            "\(number + 1) at \(round.start.formattedSeconds): \(round.scenario)\n"
        }.joined()
    }

    /// The next round's begin, or what the present one asks for.
    public var wake: Duration? {
        guard next < rounds.count else { return nil }
        return isRunning ? rounds[next].scenario.wake : max(rounds[next].start, quietSince)
    }

    /// Goes on with the present round, or begins the next one.
    public mutating func step(_ view: ClusterView) -> [Command] {
        guard next < rounds.count else { return [] }
        if isRunning {
            if view.time >= end { return abandon(view) }
            let commands = part { $0.step(view.within($1)) }
            finish(view)
            return commands
        }
        guard view.time >= rounds[next].start else { return [] }
        guard view.time + rounds[next].scenario.leastLength < end else {
            omitted = rounds.count - next
            next = rounds.count
            return []
        }
        isRunning = true
        // It was due a little before it was noticed; its faults are late from then.
        var view = view
        view.time = max(rounds[next].start, quietSince)
        return part { $0.step(view.within($1)) }
    }

    /// Ends the present round, and begins no other.
    public mutating func abandon(_ view: ClusterView) -> [Command] {
        guard isRunning else {
            next = rounds.count
            return []
        }
        omitted = max(omitted, rounds.count - next - 1)
        let commands = part { $0.abandon(view.within($1)) }
        rounds.removeSubrange((next + 1)...)
        finish(view)
        return commands
    }

    private mutating func finish(_ view: ClusterView) {
        guard rounds[next].scenario.isOver, view.isQuiet else { return }
        isRunning = false
        next += 1
        quietSince = view.time
    }

    private mutating func part(_ body: (inout any Scenario, Int) -> [Command]) -> [Command] {
        body(&rounds[next].scenario, next).map { $0.from(next) }
    }
}
