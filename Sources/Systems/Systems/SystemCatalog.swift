public import Plans

/// A system that plans can name: a value, so that a plan can declare one.
public struct SystemDefinition: Sendable {
    /// The name that plans use.
    public let name: String
    /// What it is, in one line.
    public let summary: String
    /// The keys that it has in a plan's section `system`.
    public let options: [any PlanKey]
    /// What settings make of it.
    public let character: @Sendable (PlanSettings, Plan) throws(PlanError) -> SystemCharacter
    /// Sets it up.
    public let make: @Sendable (SystemSetup) throws -> any System

    /// A system from its parts.
    public init(
        name: String, summary: String, options: [any PlanKey],
        character: @escaping @Sendable (PlanSettings, Plan) throws(PlanError) -> SystemCharacter,
        make: @escaping @Sendable (SystemSetup) throws -> any System
    ) {
        self.name = name
        self.summary = summary
        self.options = options
        self.character = character
        self.make = make
    }

    /// The system of a type.
    public init<S: System>(_ type: S.Type) {
        self.init(
            name: type.name, summary: type.summary, options: type.options,
            character: { settings, plan throws(PlanError) in
                try S.character(of: settings, in: plan)
            },
            make: { setup in try S(setup) })
    }
}

/// The systems that plans can name.
public struct SystemCatalog: Sendable {
    /// Whitewater's own, in the order of `whitewater list systems`.
    public static let standard = SystemCatalog([
        SystemDefinition(Raftd.self), SystemDefinition(Etcd.self),
        SystemDefinition(ExecSystem.self), SystemDefinition(MaelstromSystem.self),
    ])

    /// Every system.
    public let all: [SystemDefinition]

    /// A catalog of these systems.
    public init(_ all: [SystemDefinition]) { self.all = all }

    /// These systems and then some, which come first.
    public func adding(_ more: [any System.Type]) -> SystemCatalog {
        SystemCatalog(more.map { SystemDefinition($0) } + all)
    }

    /// The system that a plan names, with its settings and what they make of it.
    ///
    /// - Throws: `PlanError` with the nearest word if there is none of that name, if the section
    ///   says what the system does not know, or if its clients cannot perform the workload.
    public func system(
        of plan: Plan, strangers: PlanSettings.Strangers = .refused
    ) throws(PlanError) -> DeclaredSystem {
        guard let definition = all.first(where: { $0.name == plan.system.name }) else {
            throw PlanError(
                "system.name: "
                    + NearestWord.refusal(
                        of: plan.system.name, what: "system", known: all.map(\.name)))
        }
        let settings = try PlanSettings(
            plan.system, of: "system", keys: definition.options, strangers: strangers)
        let character = try definition.character(settings, plan)
        guard character.workloads.contains(plan.workload.name) else {
            throw PlanError(
                "workload.name: \(plan.system.name) does not offer \(plan.workload.name); it has "
                    + character.workloads.sorted().joined(separator: ", "))
        }
        return DeclaredSystem(definition: definition, settings: settings, character: character)
    }
}

/// A system as a plan wants it, not yet set up.
public struct DeclaredSystem: Sendable {
    /// What it is.
    public let definition: SystemDefinition
    /// What the plan says of it.
    public let settings: PlanSettings
    /// What that makes of it.
    public let character: SystemCharacter
}
