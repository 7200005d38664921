/// One node's disk falls ill, and is healed later.
public struct IllDisk: Fault {
    /// From what it suffers.
    public let kind: DiskIllness.Kind
    /// The family's name.
    public let family: FaultName = "disk"
    /// One suffices.
    public let leastNodes = 1
    /// A disk has one illness at a time.
    public let isExclusive = true
    /// Only a file system of the lab's own can fall ill on demand.
    public let needs: Set<Footing> = [.disks, .sickDisks]

    /// An illness.
    public init(_ kind: DiskIllness.Kind) { self.kind = kind }

    /// `disk-full` and so on.
    public var name: FaultName { "disk-\(kind.rawValue)" }
    /// In words.
    public var summary: String {
        switch kind {
        case .full: "one node's disk has no room left: writes fail with ENOSPC"
        case .errors: "every nth sync or read of one node's disk fails with EIO"
        case .slow: "each sync of one node's disk takes 10 ms to 2 s longer"
        }
    }

    /// Takes aim.
    public func aim(_ aiming: Aiming) -> Aim? {
        let node = aiming.order[0]
        return Aim(affected: [node], DiskIllness(of: [node], kind))
    }
}
