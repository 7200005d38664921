internal import Disks
public import Faults
internal import Plans

extension Experiment {
    /// What its faults need under the nodes from their start on.
    var needs: Set<Footing> {
        faults.flatMap(\.kinds).reduce(into: []) { $0.formUnion($1.needs) }
    }

    /// Refuses a machine that cannot give the nodes what the plan's faults need, before anything
    /// is made.
    ///
    /// - Throws: `MissingFooting` with what to do.
    public func requireFootings() throws(MissingFooting) {
        guard needs.contains(.disks) else { return }
        do {
            try MountedDisk.requireDevice()
        } catch {
            throw MissingFooting(
                faults: faults.filter { $0.kinds.contains { $0.needs.contains(.disks) } }
                    .map(\.name), why: "\(error)")
        }
    }

    /// How the nodes' disks behave; nil if no fault needs more than plain folders.
    var diskOptions: DiskOptions? {
        guard needs.contains(.disks) else { return nil }
        return DiskOptions(
            names: plan.faults.names == .ext4 ? .journal : .posix,
            flushedAfter: plan.faults.flushed.map { $0.duration / .seconds(1) })
    }
}

/// A machine that cannot do what a plan asks for.
public struct MissingFooting: Error, Hashable, Sendable, CustomStringConvertible {
    /// The faults that need it, as the plan names them.
    public let faults: [FaultName]
    /// What is missing, and what to do.
    public let why: String

    /// What is missing, and what to do.
    public var description: String {
        let names = faults.map(\.description).joined(separator: ", ")
        return "\(names): needs disks that can lose power, and \(why); or ask for other faults "
            + "(`whitewater doctor` says what works here)"
    }
}
