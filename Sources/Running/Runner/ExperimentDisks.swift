internal import Disks
internal import Faults
internal import Plans

extension Experiment {
    /// Whether it has faults that need disks that can lose power.
    public var needsDisks: Bool { faults.contains { $0.kinds.contains(where: \.needsDisks) } }

    /// How the nodes' disks behave; nil if no fault needs more than plain folders.
    var diskOptions: DiskOptions? {
        guard needsDisks else { return nil }
        return DiskOptions(
            names: plan.faults.names == .ext4 ? .journal : .posix,
            flushedAfter: plan.faults.flushed.map { $0.duration / .seconds(1) })
    }
}
