public import Faults
internal import Foundation
public import Plans
public import Systems
public import Topologies
public import Workloads

/// A plan, resolved once: everything later takes what it is told from here.
public struct Experiment: Sendable {
    /// The plan with every default of every section, and the seed.
    public let plan: Plan
    /// The seed of everything that is drawn.
    public let seed: UInt64
    /// The system, not yet set up.
    public let system: DeclaredSystem
    /// What clients do.
    public let workload: any Workload
    /// What may be done to the cluster.
    public let faults: [FaultRequest]
    /// The network's shape.
    public let topology: Topology
    /// The folder of the plan, in which relative programs are looked for.
    public let planFolder: String

    /// Resolves a plan that is to be run.
    ///
    /// The seed is the given one, or the plan's, or drawn.
    ///
    /// - Throws: `PlanError` with file and line, also for a run that could not be conclusive.
    public init(
        _ file: PlanFile, seed: UInt64? = nil, systems: SystemCatalog = Offer.systems,
        workloads: WorkloadCatalog = Offer.workloads
    ) throws(PlanError) {
        self = try file.locating { () throws(PlanError) in
            try file.plan.validate()
            let experiment = try Experiment(
                file, seed: seed ?? file.plan.seed ?? .random(in: 1...999_999_999),
                strangers: .refused, systems, workloads)
            try experiment.plan.faults.requireTurns(within: experiment.plan.timeLimit)
            try experiment.requireOperations()
            return experiment
        }
    }

    /// Resolves the plan of a run that is over; what another version knew is ignored.
    ///
    /// - Throws: `PlanError` with file and line.
    public init(
        stored file: PlanFile, systems: SystemCatalog = Offer.systems,
        workloads: WorkloadCatalog = Offer.workloads
    ) throws(PlanError) {
        self = try file.locating { () throws(PlanError) in
            try Experiment(
                file, seed: file.plan.seed ?? 0, strangers: .ignored, systems, workloads)
        }
    }

    private init(
        _ file: PlanFile, seed: UInt64, strangers: PlanSettings.Strangers,
        _ systems: SystemCatalog, _ workloads: WorkloadCatalog
    ) throws(PlanError) {
        var plan = file.plan
        (workload, plan.workload) = try workloads.workload(of: plan, strangers: strangers)
        system = try systems.system(of: plan, strangers: strangers)
        plan.system = system.settings.section
        faults = try plan.faults.requests(nodes: plan.nodes)
        try Self.require(system.character, for: faults, in: plan)
        guard let base = IPv4Address(plan.network) else {
            throw PlanError("network: '\(plan.network)' is no network's address")
        }
        topology = Topology(nodeCount: plan.nodes, base: base)
        planFolder = file.folder
        plan.seed = seed
        self.seed = seed
        self.plan = plan
    }

    /// Refuses faults that the system cannot have.
    private static func require(
        _ character: SystemCharacter, for faults: [FaultRequest], in plan: Plan
    ) throws(PlanError) {
        try requireProcesses(character, for: faults, in: plan)
        for request in faults {
            let needs = request.kinds.reduce(into: Set<Footing>()) { $0.formUnion($1.needs) }
            guard let why = refusal(of: needs, character, in: plan) else { continue }
            let key = request.name.rawValue.hasPrefix("round-") ? "rounds" : "kinds"
            throw PlanError("faults.\(key): \(request.name)\(why)")
        }
    }

    /// Why a system cannot have a fault with such needs; nil if it can.
    private static func refusal(
        of needs: Set<Footing>, _ character: SystemCharacter, in plan: Plan
    ) -> String? {
        let system = plan.system.name
        if needs.contains(.members), character.readmission == .never {
            return " changes members or leaders, and \(system) cannot be told so here; raftd and "
                + "etcd can"
        }
        if needs.contains(.replacement), character.readmission != .afresh {
            return " replaces a node by a new one of its name, and \(system) keeps those out; etcd "
                + "does not"
        }
        if needs.contains(.wipes), plan.faults.wiped == .keptOut, !character.refusesWipedNodes {
            return
                " empties a node's folder, and nothing says that \(system) keeps out a node that "
                + "comes back like that, as raftd and etcd do; faults.wiped: serves lets it serve"
        }
        for case .upkeep(let work) in needs where !character.upkeep.contains(work) {
            return ": nodes of \(system) do not \(work.rawValue) when they are asked"
        }
        return nil
    }

    /// Refuses faults of processes that nodes do not have, and of clocks where they have several.
    private static func requireProcesses(
        _ character: SystemCharacter, for faults: [FaultRequest], in plan: Plan
    ) throws(PlanError) {
        for fault in faults {
            let key = fault.name.rawValue.hasPrefix("round-") ? "rounds" : "kinds"
            let needs = fault.kinds.flatMap(\.needs)
            for case .process(let process) in needs
            where !character.processes.contains(process) {
                throw PlanError(
                    "faults.\(key): \(fault.name): "
                        + (character.processes.isEmpty
                            ? "a node of \(plan.system.name) is one process here; leave "
                                + "\(process) out"
                            : NearestWord.refusal(
                                of: "\(process)", what: "process",
                                known: character.processes.map(\.description))))
            }
            guard !needs.contains(.clocks) || character.processes.isEmpty else {
                throw PlanError(
                    "faults.\(key): \(fault.name) moves the clock of one process, and a node of "
                        + "\(plan.system.name) is several here")
            }
        }
    }

    /// Refuses a load that is too small to have the successes that it needs, even if all succeed.
    private func requireOperations() throws(PlanError) {
        guard let operations = workload.shape.operations else { return }
        for (name, share) in workload.functions {
            let expected = operations * share
            let needed = workload.shape.leastSuccesses
            guard expected < Double(needed) else { continue }
            throw PlanError(
                "time-limit: \(plan.timeLimit) at \(plan.rate) operations a second are about "
                    + "\(Int(expected)) of \(name), and fewer than \(needed) successes "
                    + "(workload.least-successes) would make the run inconclusive; give it more "
                    + "time or a higher rate")
        }
    }

    /// How many workers perform operations.
    public var workers: Int { workload.shape.workers }

    /// The system, whose logs go to a run's folder if there is a run.
    ///
    /// - Throws: `PlanError` or `LabError` if it cannot be run.
    public func makeSystem(runFolder: String? = nil) throws -> any System {
        try system.definition.make(
            SystemSetup(
                settings: system.settings, plan: plan, planFolder: planFolder,
                topology: topology, runFolder: runFolder))
    }
}
