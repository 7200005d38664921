/// An operator's work at a bad moment: compaction or defragmentation, which nobody may notice.
public struct Maintenance: Fault {
    /// The work.
    public let work: Upkeep
    /// Which nodes.
    public let target: Target
    /// The family's name.
    public let family: FaultName = "upkeep"
    /// One suffices.
    public let leastNodes = 1
    /// It may be killed, frozen or cut at it.
    public let isExclusive = false

    /// Every work, with the targets that it has.
    public static let all =
        [Maintenance(.compact, .one)]
        + [Target.one, .all, .leader].map { Maintenance(.defragment, $0) }

    /// A work of a target.
    public init(_ work: Upkeep, _ target: Target) {
        self.work = work
        self.target = target
    }

    /// Whom it needs is not on the machine but in the system.
    public var needs: Set<Footing> { [.upkeep(work)] }
    /// `compact`, `defragment-one` and so on.
    public var name: FaultName {
        work == .compact ? "\(work.rawValue)" : "\(work.rawValue)-\(target.rawValue)"
    }
    /// In words.
    public var summary: String {
        switch work {
        case .compact: "have one node compact the whole history up to now"
        case .defragment: "defragment the database of \(target.summary)"
        }
    }
    /// If it is the leader's work.
    public var needsLeader: Bool { target == .leader }

    /// Takes aim.
    public func aim(_ aiming: Aiming) -> Aim? {
        target.nodes(aiming).map { Aim(affected: $0, NodeUpkeep(work, of: $0)) }
    }
}
