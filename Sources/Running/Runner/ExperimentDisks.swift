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
            guard try diskKind() == .ext4 else { return }
        } catch {
            throw MissingFooting(faults: names(needing: .disks), why: "\(error)")
        }
        let sick = names(needing: .sickDisks)
        guard let why = Self.beyondExt4(plan.faults, isSick: !sick.isEmpty) else { return }
        throw MissingFooting(
            faults: sick.isEmpty ? names(needing: .disks) : sick,
            why: "\(why) needs FUSE, and not ext4 on a loop device"
                + (plan.faults.disks == .auto ? ", which is all that can be had here" : ""))
    }

    private func names(needing footing: Footing) -> [FaultName] {
        faults.filter { $0.kinds.contains { $0.needs.contains(footing) } }.map(\.name)
    }

    /// How its disks are made here.
    ///
    /// - Throws: `DiskError` if they cannot be had.
    private func diskKind() throws(DiskError) -> DiskKind {
        let kind: DiskKind
        switch plan.faults.disks {
        case .auto: return try DiskKind.usable()
        case .fuse: kind = .fuse
        case .ext4: kind = .ext4
        }
        try kind.require()
        return kind
    }

    /// What of a plan real ext4 cannot do; nil if it can do all.
    static func beyondExt4(_ faults: FaultPlan, isSick: Bool) -> String? {
        if isSick { return "a disk that falls ill when it is told to" }
        if faults.keep != .any { return "faults.keep: \(faults.keep.rawValue)" }
        if faults.names != .ext4 { return "faults.names: \(faults.names.rawValue)" }
        if let time = faults.flushed { return "faults.flushed: \(time)" }
        return nil
    }

    /// How the nodes' disks behave; nil if no fault needs more than plain folders.
    ///
    /// - Throws: `DiskError` if the disks cannot be had.
    func diskOptions() throws -> DiskOptions? {
        guard needs.contains(.disks) else { return nil }
        return DiskOptions(
            kind: try diskKind(), names: plan.faults.names == .ext4 ? .journal : .posix,
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
