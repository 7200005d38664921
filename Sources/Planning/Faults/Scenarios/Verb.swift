public import Topologies

/// What can be done to nodes that a role names, in scenarios and in a plan's `rounds`.
public struct Verb: Sendable {
    /// The word in a plan: `pause`.
    public let name: String
    /// The family of the fault that it is.
    public let family: FaultName
    /// The word that ends it, beside `heal`: `resume`.
    public let ending: String?
    /// Whether a node can have only one such fault at a time.
    public let isExclusive: Bool
    /// What must have been put under the nodes before they start.
    public private(set) var needs: Set<Footing>
    /// The effect of it on one process of each node, by its name; nil if it has none.
    let processEffect: (any ProcessEffect.Type)?
    /// Which of each node's processes it strikes; nil for all of them.
    public private(set) var process: ProcessName?
    /// What is done to nodes among all.
    public private(set) var effect: @Sendable (_ nodes: [NodeName], _ aiming: Aiming) -> any Effect

    /// A verb.
    public init(
        _ name: String, family: FaultName, ending: String? = nil, isExclusive: Bool,
        needs: Set<Footing> = [],
        effect: @escaping @Sendable (_ nodes: [NodeName], _ aiming: Aiming) -> any Effect
    ) {
        self.name = name
        self.family = family
        self.ending = ending
        self.isExclusive = isExclusive
        self.needs = needs
        self.effect = effect
        processEffect = nil
    }

    /// A verb of processes.
    private init(
        _ name: String, family: FaultName, ending: String, _ effect: any ProcessEffect.Type
    ) {
        self.name = name
        self.family = family
        self.ending = ending
        isExclusive = true
        needs = []
        self.effect = { nodes, _ in effect.init(nodes, of: nil) }
        processEffect = effect
    }

    /// The same, done to one process of each node; nil if it is not done to processes.
    public func of(_ process: ProcessName) -> Verb? {
        guard let processEffect else { return nil }
        var verb = self
        verb.process = process
        verb.needs = [.process(process)]
        verb.effect = { nodes, _ in processEffect.init(nodes, of: process) }
        return verb
    }

    /// Those that are done to processes.
    public static let ofProcesses = all.filter { $0.processEffect != nil }

    /// SIGKILL, and a restart with the same data.
    public static let kill = Verb("kill", family: "kill", ending: "start", ProcessKill.self)
    /// SIGKILL, and the loss of what had not been synced.
    public static let power = Verb(
        "power", family: "power", ending: "restore", isExclusive: true, needs: [.disks]
    ) {
        PowerCut($0, kept: $1.intensity.kept)
    }
    /// SIGSTOP, and SIGCONT later.
    public static let pause = Verb("pause", family: "pause", ending: "resume", ProcessPause.self)
    /// All links to other nodes are cut; packets are lost.
    public static let cut = Verb("cut", family: "partition", isExclusive: false) {
        LinkCut(pairs: outward($0, $1))
    }
    /// All links to other nodes are cut; packets arrive when it heals.
    public static let hold = Verb("hold", family: "partition", isExclusive: false) {
        guard case .hold = $1.cuts else {
            return LinkCut(pairs: outward($0, $1), .hold(HeldPackets()))
        }
        return LinkCut(pairs: outward($0, $1), $1.cuts)
    }
    /// What the nodes send to others is lost; they still hear.
    public static let oneWay = Verb("one-way", family: "traffic", isExclusive: false) {
        LinkCut([outward($0, $1).map { Link(from: $0.0, to: $0.1) }])
    }
    /// All that the first of the nodes sends and receives comes late.
    public static let delay = Verb("delay", family: "traffic", isExclusive: true) {
        LateTraffic(of: $0[0], among: $1.nodes, .delay($1.intensity.delay))
    }
    /// What the nodes and their peers send each other comes late; their clients stay near.
    public static let delayPeers = Verb("delay-peers", family: "traffic", isExclusive: false) {
        LateTraffic(ofPeers: $0, among: $1.nodes, .delay($1.intensity.delay))
    }

    /// The wall clock jumps.
    public static let bump = clock("bump", .bump)
    /// The wall clock jumps to and fro.
    public static let strobe = clock("strobe", .strobe)
    /// The monotonic clock runs at another rate.
    public static let drift = clock("drift", .drift)
    /// The disk has no room left.
    public static let fillDisk = disk("fill-disk", .full)
    /// Every nth sync or read fails.
    public static let failDisk = disk("fail-disk", .errors)
    /// Syncs take long.
    public static let slowDisk = disk("slow-disk", .slow)

    /// A file of each is damaged while it is down.
    public static let corrupt = damage(.corrupt)
    /// They start with empty folders.
    public static let wipe = damage(.wipe)
    /// They are lost for good, and new members take their places.
    public static let replace = Verb(
        "replace", family: "replace", isExclusive: true, needs: ReplaceMember().needs
    ) { nodes, _ in MemberReplacement(nodes) }

    /// The nodes are no members any more, and are added again later.
    public static let remove = Verb(
        "remove", family: "members", ending: "add", isExclusive: false, needs: [.members]
    ) { nodes, _ in MemberRemoval(nodes) }
    /// The leader is asked, once and in one request, for a cluster without these nodes; nobody
    /// waits until it is so, and it may never be.
    public static let dismiss = Verb(
        "dismiss", family: "members", ending: "add", isExclusive: false, needs: [.members]
    ) { nodes, _ in MemberDismissal(nodes) }
    /// The leader lets the first of the nodes lead.
    public static let transfer = Verb(
        "transfer", family: "members", isExclusive: false, needs: [.members]
    ) { nodes, _ in LeadershipTransfer(to: nodes[0]) }

    /// The history up to now is compacted.
    public static let compact = upkeep(.compact)
    /// The database is written anew.
    public static let defragment = upkeep(.defragment)

    /// Every verb; a new one is a line here.
    public static let all = [
        pause, kill, power, cut, hold, oneWay, delay, delayPeers, bump, strobe, drift, fillDisk,
        failDisk, slowDisk, corrupt, wipe, remove, dismiss, replace, transfer, compact, defragment,
    ]

    private static func clock(_ name: String, _ misbehaviour: WrongClock.Misbehaviour) -> Verb {
        Verb(
            name, family: "clock-\(misbehaviour.rawValue)", isExclusive: false, needs: [.clocks]
        ) {
            WrongClock.change(of: $0, misbehaviour, $1)
        }
    }

    private static func disk(_ name: String, _ kind: DiskIllness.Kind) -> Verb {
        Verb(name, family: "disk", isExclusive: true, needs: [.disks, .sickDisks]) { nodes, _ in
            DiskIllness(of: nodes, kind)
        }
    }

    private static func damage(_ kind: FolderDamage.Kind) -> Verb {
        let fault = DamagedFolder(kind)
        return Verb(kind.rawValue, family: fault.family, isExclusive: true, needs: fault.needs) {
            FolderDamage(of: $0, kind, in: $1.intensity.damaged)
        }
    }

    private static func upkeep(_ work: Upkeep) -> Verb {
        Verb(work.rawValue, family: "upkeep", isExclusive: false, needs: [.upkeep(work)]) {
            nodes, _ in NodeUpkeep(work, of: nodes)
        }
    }

    private static func outward(
        _ nodes: [NodeName], _ aiming: Aiming
    ) -> [(NodeName, NodeName)] {
        nodes.flatMap { node in
            aiming.nodes.filter { !nodes.contains($0) }.map { (node, $0) }
        }
    }
}

/// Which nodes a step of a script is about; bound when it is first used.
public enum Role: Hashable, Sendable {
    /// The claimant of the highest term.
    case leader
    /// The first leader that the script struck.
    case oldLeader
    /// The leader, if another one than the first that was struck.
    case newLeader
    /// One that does not lead.
    case follower
    /// One that does not lead and has not been bound yet.
    case otherFollower
    /// One that stands for election.
    case candidate
    /// One without a vote.
    case learner
    /// As many as the rest can do without.
    case minority
    /// One more than a minority.
    case majority
    /// Any one.
    case one
    /// Every node.
    case all
    /// These.
    case exactly([NodeName])

    /// The roles that have a word.
    public static let named: [Role] = [
        .leader, .oldLeader, .newLeader, .follower, .otherFollower, .candidate, .learner,
        .minority, .majority, .one, .all,
    ]

    /// The word in a plan; the nodes where there is none.
    public var word: String {
        switch self {
        case .leader: "leader"
        case .oldLeader: "old-leader"
        case .newLeader: "new-leader"
        case .follower: "follower"
        case .otherFollower: "other-follower"
        case .candidate: "candidate"
        case .learner: "learner"
        case .minority: "minority"
        case .majority: "majority"
        case .one: "one"
        case .all: "all"
        case .exactly(let nodes): nodes.map(\.description).joined(separator: "+")
        }
    }

    /// The role of a word; nil if it is none.
    public init?(word: String) {
        guard let role = Self.named.first(where: { $0.word == word }) else { return nil }
        self = role
    }

    /// Who plays it now; nil if nobody does.
    ///
    /// `order` is a shuffle that was drawn beforehand; whoever another fault has for itself, or was
    /// bound already, comes last.
    func nodes(
        _ view: ClusterView, order: [NodeName], bound: Set<NodeName>, oldLeader: NodeName?
    ) -> [NodeName]? {
        let leader = view.leader?.name
        let free = order.filter { !view.taken.contains($0) }
        let order = free + order.filter(view.taken.contains)
        func first(_ isMeant: (NodeName) -> Bool) -> [NodeName]? {
            order.first(where: isMeant).map { [$0] }
        }
        let minority = Majority.minority(of: order.count)
        switch self {
        case .leader: return leader.map { [$0] }
        case .oldLeader: return oldLeader.map { [$0] }
        case .newLeader: return leader.flatMap { $0 == oldLeader ? nil : [$0] }
        case .follower: return first { $0 != leader && !view.taken.contains($0) }
        case .otherFollower:
            return first { $0 != leader && !bound.contains($0) && !view.taken.contains($0) }
        case .candidate: return first { view.members[$0]?.role == .candidate }
        case .learner: return first { view.members[$0]?.role == .learner }
        case .minority: return order.prefix(max(1, minority)).sorted()
        case .majority: return order.prefix(minority + 1).sorted()
        case .one: return order.prefix(1).sorted()
        case .all: return order.sorted()
        case .exactly(let nodes): return nodes
        }
    }
}
