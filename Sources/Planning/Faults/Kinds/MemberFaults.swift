/// Nodes are removed from the cluster and added again: the old and the new majority must overlap
/// at every moment (Raft §6).
public struct RemoveMember: Fault {
    /// Which nodes.
    public let target: Target
    /// The family's name.
    public let family: FaultName = "members"
    /// Two have to be left, for one has no majority to lose.
    public let leastNodes = 3
    /// A node that is being removed can be killed, frozen or cut off as well.
    public let isExclusive = false
    /// Not every system can be told so.
    public let needs: Set<Footing> = [.members]

    /// The targets that can be removed.
    public static let targets: [Target] = [.one, .leader]

    /// A removal of a target.
    public init(_ target: Target) { self.target = target }

    /// `remove-one` or `remove-leader`.
    public var name: FaultName { "remove-\(target.rawValue)" }
    /// In words.
    public var summary: String { "remove \(target.summary) from the cluster; add it again later" }
    /// If it is the leader that is removed.
    public var needsLeader: Bool { target == .leader }

    /// Takes aim.
    public func aim(_ aiming: Aiming) -> Aim? {
        target.nodes(aiming).map { Aim(affected: $0, MemberRemoval($0)) }
    }
}

/// One node is lost for good, and a new one takes its place: the cluster removes the old member, and
/// the new one gets everything from the others.
public struct ReplaceMember: Fault {
    /// The name.
    public let name: FaultName = "replace-one"
    /// The family's name.
    public let family: FaultName = "replace"
    /// In words.
    public let summary = "kill one node for good; remove it, and add a new one in its place later"
    /// Two have to be left, for one has no majority to lose.
    public let leastNodes = 3
    /// A dead process cannot be killed or frozen.
    public let isExclusive = true
    /// Nobody is to lose a folder who did not ask for it.
    public let needs: Set<Footing> = [.members, .replacement, .damage]

    /// A replacement.
    public init() {}

    /// Takes aim.
    public func aim(_ aiming: Aiming) -> Aim? {
        let node = aiming.order[0]
        return Aim(affected: [node], MemberReplacement([node]))
    }
}

/// The leader is told to let another node lead: what it has in flight must not be lost, nor
/// answered twice (Raft dissertation §3.10).
public struct TransferLeadership: Fault {
    /// The name.
    public let name: FaultName = "transfer"
    /// The family's name.
    public let family: FaultName = "members"
    /// In words.
    public let summary = "let another node lead, at the leader's own word"
    /// Somebody else has to be there.
    public let leastNodes = 2
    /// It goes together with everything.
    public let isExclusive = false
    /// Not every system can be told so.
    public let needs: Set<Footing> = [.members]
    /// The one that does not lead is chosen.
    public let needsLeader = true

    /// A transfer.
    public init() {}

    /// Takes aim at the first of the shuffle that does not lead.
    public func aim(_ aiming: Aiming) -> Aim? {
        guard let leader = aiming.leader, let target = aiming.order.first(where: { $0 != leader })
        else { return nil }
        return Aim(affected: [target], LeadershipTransfer(to: target))
    }
}
