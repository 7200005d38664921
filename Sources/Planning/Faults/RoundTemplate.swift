/// A round that a plan spells out, step by step.
public struct RoundTemplate: FaultKind {
    /// A step whose pause is drawn anew each time.
    public struct Step: Sendable {
        /// The step; its pause is drawn.
        public var step: ScriptStep
        /// How long it waits after its condition.
        public var pause: ClosedRange<Duration>

        /// A step.
        public init(_ step: ScriptStep, pause: ClosedRange<Duration>) {
            self.step = step
            self.pause = pause
        }
    }

    /// `round-1` for the first one of a plan.
    public let name: FaultName
    /// The family's name.
    public let family: FaultName = "scenario"
    /// In words.
    public let summary = "a round of this plan's own"
    /// Roles that nobody can play are found in the run.
    public let leastNodes = 1
    private let steps: [Step]

    /// A round of steps.
    public init(_ name: FaultName, _ steps: [Step]) {
        self.name = name
        self.steps = steps
    }

    /// What any of its steps needs.
    public var needs: Set<Footing> {
        steps.reduce(into: []) { needs, step in
            if case .strike(let verb, _, _) = step.step.action { needs.formUnion(verb.needs) }
        }
    }

    /// A script with pauses as the dice say.
    public func scenario(
        after offset: Duration, _ style: Style, using random: inout some RandomNumberGenerator
    ) -> any Scenario {
        var drawn: [ScriptStep] = []
        for step in steps {
            var next = step.step
            next.pause = .random(in: step.pause, using: &random)
            drawn.append(next)
        }
        return Script(name, drawn, after: offset, style, using: &random)
    }
}
