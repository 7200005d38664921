public import Faults
public import Topologies

/// What is done to the cluster, and when.
public struct FaultPlan: Hashable, Sendable, Codable {
    /// Names of kinds or families, of `whitewater list faults`.
    public var kinds: [FaultName]
    /// Quiet before the first fault.
    public var first: PlanDuration
    /// From the start of one round to the start of the next, if the cluster has recovered by then.
    public var every: PlanRange
    /// How long a fault lasts.
    public var length: PlanRange
    /// How many faults come together in a round; each begins within the length of a fault.
    public var together: PlanCountRange
    /// What becomes of packets on links that are cut: `drop`, `hold` or `either`.
    public var cuts: PlanChoice<Style.Cuts>
    /// How faults of a round end: `at-once`, `staggered` or `either`.
    public var heal: PlanChoice<Style.Healing>
    /// What clients of struck nodes do: `stay`, `away` or `either`.
    public var clients: PlanChoice<StruckClients>
    /// Rounds that the plan spells out, which take turns with the kinds.
    public var rounds: [RoundPlan]
    /// Whether a fault may begin while others last; healing one leaves the others.
    public var overlap: Bool
    /// The share of packets that `flaky` loses, between 0 and 1.
    public var loss: Double
    /// By how much `delay`, `delay-peers` and `reorder` hold packets, each way; of a range each fault
    /// and each round that is spelled out draws its own.
    public var delay: PlanRange
    /// The share of packets that `reorder` holds, between 0 and 1.
    public var reorder: Double
    /// What `slow` lets through, each way.
    public var rate: PlanBitRate
    /// What a disk that loses power keeps of what was not synced.
    public var keep: KeptWrites
    /// When names of files are durable.
    public var names: PlanNames
    /// After this time the kernel has written a change back by itself; nil for never.
    public var flushed: PlanDuration?
    /// What a node may do that comes back with an empty folder.
    public var wiped: PlanWiped
    /// How disks that can lose power are made.
    public var disks: PlanDisks
    /// Where bytes of a node that is down rot.
    public var damage: DamagedPlace

    /// What a node may do that comes back with an empty folder.
    public enum PlanWiped: String, Hashable, Sendable, Codable, CaseIterable {
        /// It is kept out, as its system says; the plan is refused where the system says nothing.
        case keptOut = "kept-out"
        /// It may serve again, with what others give it.
        case serves
    }

    /// How disks that can lose power are made.
    public enum PlanDisks: String, Hashable, Sendable, Codable, CaseIterable {
        /// With FUSE where it can be had, else with ext4.
        case auto
        /// With the lab's own file system, through FUSE.
        case fuse
        /// With the kernel's ext4 on a loop device.
        case ext4
    }

    /// When names of files are durable.
    public enum PlanNames: String, Hashable, Sendable, Codable, CaseIterable {
        /// As on ext4: with any sync.
        case ext4
        /// With a sync of their own folder, and no sooner.
        case posix
    }

    /// By how much `clock-bump` and `clock-strobe` step a clock at most, forward and back.
    public var clockStep: PlanDuration
    /// How many times as fast, or as slow, `clock-drift` lets a clock run at most.
    public var clockRate: Double

    enum CodingKeys: String, CodingKey, CaseIterable {
        case kinds, first, every, length, together, cuts, heal, clients, rounds
        case overlap, loss, delay, reorder, rate, keep
        case names, flushed, wiped, disks, damage
        case clockStep = "clock-step"
        case clockRate = "clock-rate"
    }

    init() {
        kinds = []
        first = PlanDuration(.seconds(2))
        every = PlanRange(.seconds(6))
        length = PlanRange(.seconds(3))
        together = PlanCountRange(1...1)
        cuts = PlanChoice(.always(.drop))
        heal = PlanChoice(.always(.staggered))
        clients = PlanChoice(.always(.stay))
        rounds = []
        overlap = false
        loss = 0.2
        delay = PlanRange(.milliseconds(100))
        reorder = 0.25
        rate = PlanBitRate(bitsPerSecond: 256_000)
        clockStep = PlanDuration(.seconds(120))
        clockRate = 20
        keep = .any
        names = .ext4
        wiped = .keptOut
        disks = .auto
        damage = .anywhere
    }

    /// Reads the section and fills in the defaults.
    ///
    /// - Throws: `DecodingError` for the first value that is none.
    public init(from decoder: any Decoder) throws {
        self.init()
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        kinds = try keys.decode(forKey: .kinds, default: kinds)
        first = try keys.decode(forKey: .first, default: first)
        every = try keys.decode(forKey: .every, default: every)
        length = try keys.decode(forKey: .length, default: length)
        together = try keys.decode(forKey: .together, default: together)
        cuts = try keys.decode(forKey: .cuts, default: cuts)
        heal = try keys.decode(forKey: .heal, default: heal)
        clients = try keys.decode(forKey: .clients, default: clients)
        rounds = try keys.decode(forKey: .rounds, default: rounds)
        overlap = try keys.decode(forKey: .overlap, default: overlap)
        loss = try keys.decode(forKey: .loss, default: loss)
        delay = try keys.decode(forKey: .delay, default: delay)
        reorder = try keys.decode(forKey: .reorder, default: reorder)
        rate = try keys.decode(forKey: .rate, default: rate)
        keep = try keys.decode(forKey: .keep, default: keep)
        names = try keys.decode(forKey: .names, default: names)
        flushed = try keys.decodeIfPresent(PlanDuration.self, forKey: .flushed)
        wiped = try keys.decode(forKey: .wiped, default: wiped)
        disks = try keys.decode(forKey: .disks, default: disks)
        damage = try keys.decode(forKey: .damage, default: damage)
        clockStep = try keys.decode(forKey: .clockStep, default: clockStep)
        clockRate = try keys.decode(forKey: .clockRate, default: clockRate)
    }
}

extension FaultPlan {
    /// What the kinds' names stand for in a cluster of so many nodes.
    ///
    /// - Throws: `PlanError` for a name that stands for nothing.
    public func requests(nodes: Int) throws(PlanError) -> [FaultRequest] {
        var requests: [FaultRequest] = []
        for name in kinds {
            try Self.requireKnown(name)
            guard let request = FaultRequest(name, nodes: nodes),
                request.kinds.allSatisfy({ $0.leastNodes <= nodes })
            else { throw PlanError("faults.kinds: \(name) needs more than \(nodes) nodes") }
            requests.append(request)
        }
        for (number, round) in rounds.enumerated() {
            let name: FaultName = "round-\(number + 1)"
            requests.append(FaultRequest(name, kinds: [round.template(named: name)]))
        }
        return requests
    }

    private static func requireKnown(_ name: FaultName) throws(PlanError) {
        let (kind, process) = name.parts
        guard FaultCatalog.names.contains(kind) else {
            throw PlanError(
                "faults.kinds: "
                    + NearestWord.refusal(
                        of: "\(kind)", what: "fault",
                        known: FaultCatalog.names.map(\.description)))
        }
        guard let process else { return }
        guard ProcessName(process) != nil else {
            throw PlanError(
                "faults.kinds: \(name): '\(process)' is no name of a process; write "
                    + "\(kind)/NAME")
        }
        let kinds = FaultCatalog.all.filter { $0.name == kind || $0.family == kind }
        guard kinds.contains(where: { $0 is any ProcessFault }) else {
            throw PlanError(
                "faults.kinds: \(name): \(kind) strikes whole nodes; kill-... and pause-... can "
                    + "strike one process of a node")
        }
    }

    /// When rounds come and what is in them.
    public var rhythm: Schedule.Rhythm {
        Schedule.Rhythm(
            first: first.duration, every: every.range, together: together.range, overlap: overlap)
    }

    /// How faults are done to nodes.
    public func style(nodes: [NodeName]) -> Style {
        Style(
            nodes: nodes, length: length.range, cuts: cuts.choice, healing: heal.choice,
            clients: clients.choice, delays: delay.range,
            intensity: Intensity(
                loss: loss, reorderedShare: reorder,
                bitsPerSecond: rate.bitsPerSecond, clockStep: clockStep.duration,
                clockRate: clockRate, kept: keep, damaged: damage))
    }

    /// Refuses what no run of this length could do.
    ///
    /// - Throws: `PlanError` that begins with the key.
    func validate(nodes: Int, timeLimit: PlanDuration) throws(PlanError) {
        try PlanError.require(
            overlap || together.range.upperBound > 1 || !rounds.isEmpty
                || length.duration < every.duration,
            "faults.length: a fault of \(length) every \(every) leaves no time to "
                + "recover; make it shorter than faults.every, or say overlap: true")
        try PlanError.require(
            loss > 0 && loss < 1, "faults.loss: \(loss) is not between 0 and 1")
        try PlanError.require(
            reorder > 0 && reorder < 1, "faults.reorder: \(reorder) is not between 0 and 1")
        try PlanError.require(
            delay.duration <= .seconds(10), "faults.delay: \(delay) is more than 10s")
        try PlanError.require(
            clockStep.duration >= .milliseconds(1) && clockStep.duration <= .seconds(86_400),
            "faults.clock-step: \(clockStep) is not between 1ms and 24h")
        try PlanError.require(
            clockRate > 1 && clockRate <= 100,
            "faults.clock-rate: \(clockRate) is not between 1 and 100")
        try PlanError.require(
            kinds.isEmpty
                || first.duration + max(every.duration, length.duration) <= timeLimit.duration,
            "time-limit: \(timeLimit) is too short for a single fault; at least faults.first and "
                + "the longer of faults.every and faults.length together")
        try PlanError.require(
            together.range == 1...1 || !overlap,
            "faults.together: faults of a round come together; with overlap: true there are none")
        _ = try requests(nodes: nodes)
    }

    /// How many faults there are when every kind and every round has had its turn.
    private var turns: Int {
        (kinds.count + rounds.count + together.range.lowerBound - 1) / together.range.lowerBound
    }

    /// How long a load lasts at least in which every kind and every round has its turn.
    public var timeForEveryTurn: Duration { first.duration + every.duration * turns }

    /// Refuses a run too short for every kind that is asked for: faults come one after another, and
    /// a kind whose turn cannot come makes the run inconclusive.
    ///
    /// - Throws: `PlanError` that begins with the key.
    public func requireTurns(within timeLimit: PlanDuration) throws(PlanError) {
        let fit = mostFaults(within: timeLimit.duration)
        let needed = PlanDuration(timeForEveryTurn)
        try PlanError.require(
            turns <= fit,
            "time-limit: \(timeLimit) has time for \(fit) faults, and faults.kinds asks for "
                + "\(turns), so that the run could not be conclusive; give it \(needed), or "
                + "ask for fewer kinds, or for them more often (faults.every)")
    }

    /// How many faults begin, and have their time to recover, within a load of this length.
    func mostFaults(within length: Duration) -> Int {
        guard length >= first.duration else { return 0 }
        return Int(((length - first.duration) / every.duration).rounded(.down))
    }
}
