/// Power loss: what was acknowledged must have been durable (Raft §5.1, "stable storage").
public struct PowerFailure: Fault {
    /// Which nodes.
    public let target: Target
    /// The family's name.
    public let family: FaultName = "power"
    /// One suffices.
    public let leastNodes = 1
    /// A dead process cannot be killed or frozen.
    public let isExclusive = true
    /// What was synced, only a file system of the lab's own knows.
    public let needs: Set<Footing> = [.disks]

    /// The targets that power can fail for.
    public static let targets: [Target] = [.one, .minority, .majority, .all]

    /// A power failure of a target.
    public init(_ target: Target) { self.target = target }

    /// `power-one` and so on.
    public var name: FaultName { "power-\(target.rawValue)" }
    /// In words.
    public var summary: String {
        "cut the power of \(target.summary); what was not synced is gone or torn (faults.keep)"
    }

    /// Takes aim.
    public func aim(_ aiming: Aiming) -> Aim? {
        target.nodes(aiming).map {
            Aim(affected: $0, PowerCut($0, kept: aiming.intensity.kept))
        }
    }
}
