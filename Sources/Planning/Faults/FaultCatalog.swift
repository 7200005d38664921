internal import Topologies

/// The kinds of faults that plans can name.
public enum FaultCatalog {
    /// Every single fault.
    public static let faults: [any Fault] = [
        TwoSides.Split.allCases.map(TwoSides.init) as [any Fault],
        [MajoritiesRing(), Bridge(), IsolateLeader()],
        LostTraffic.Which.allCases.map(LostTraffic.init),
        LateNode.How.allCases.map(LateNode.init),
        Target.allCases.map { Kill($0) },
        Target.allCases.map { Pause($0) },
        PowerFailure.targets.map(PowerFailure.init),
        DiskIllness.Kind.allCases.map(IllDisk.init),
        FolderDamage.Kind.allCases.map(DamagedFolder.init),
        WrongClock.all,
        RemoveMember.targets.map(RemoveMember.init),
        [TransferLeadership(), ReplaceMember()],
        Maintenance.all,
    ].flatMap(\.self)

    /// Every scenario of several.
    public static let scenarios: [any FaultKind] = [
        Depose(), Comeback(), Flap(), Lag(), StandIn(), Rolling(), Storm(),
    ]

    /// Every kind, in the order of `whitewater list faults`.
    public static let all: [any FaultKind] = faults + scenarios

    /// The names of families, each once, in the order of the kinds.
    public static let families: [FaultName] = all.map(\.family).reduce(into: []) {
        families, family in
        if !families.contains(family) { families.append(family) }
    }

    /// Every name that can be asked for: families first.
    public static let names = families + all.map(\.name)

    /// The single fault of this name; nil if there is none.
    public static func fault(named name: FaultName) -> (any Fault)? {
        faults.first { $0.name == name }
    }
}

/// What a plan asks for: one kind, or a family from which a schedule draws.
public struct FaultRequest: Sendable, CustomStringConvertible {
    /// The name that the user typed.
    public let name: FaultName
    /// The kinds that it stands for.
    public let kinds: [any FaultKind]

    /// The request of this name; nil if there is none.
    ///
    /// A family stands for those of its kinds that so many nodes allow. Behind a slash stands the
    /// process that is struck, where a node has several: `kill-one/tikv`.
    public init?(_ name: FaultName, nodes: Int) {
        let (kind, process) = name.parts
        var kinds = FaultCatalog.all.filter {
            $0.name == kind || $0.family == kind && $0.leastNodes <= nodes
        }
        if let process {
            guard let process = ProcessName(process) else { return nil }
            kinds = kinds.compactMap {
                guard var fault = $0 as? any ProcessFault else { return nil }
                fault.process = process
                return fault
            }
        }
        guard !kinds.isEmpty else { return nil }
        self.init(name, kinds: kinds)
    }

    /// A request for kinds that no catalog has.
    public init(_ name: FaultName, kinds: [any FaultKind]) {
        self.name = name
        self.kinds = kinds
    }

    /// The name.
    public var description: String { "\(name)" }
}
