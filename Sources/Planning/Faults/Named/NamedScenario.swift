/// A scenario with a name, of which a script is drawn.
public protocol NamedScenario: FaultKind {
    /// What Raft promises that this tests, in a sentence.
    var reason: String { get }
    /// The steps, as the dice say.
    func steps(_ style: Style, using random: inout some RandomNumberGenerator) -> [ScriptStep]
}

extension NamedScenario {
    /// The family's name.
    public var family: FaultName { "scenario" }

    /// A script of its steps.
    public func scenario(
        after offset: Duration, _ style: Style, using random: inout some RandomNumberGenerator
    ) -> any Scenario {
        let steps = steps(style, using: &random)
        return Script(name, steps, after: offset, style, using: &random)
    }
}

extension Style {
    /// A way to take a node from the others that leaves it what it had: its memory at least.
    func drawAbsence(using random: inout some RandomNumberGenerator) -> Verb {
        let verbs: [Verb] =
            switch cuts {
            case .always(.drop): [.cut, .pause]
            case .always(.hold): [.hold, .pause]
            case .either: [.cut, .hold, .pause]
            }
        return verbs.randomElement(using: &random) ?? .pause
    }

    /// Any way to take a node from the others.
    func drawLoss(using random: inout some RandomNumberGenerator) -> Verb {
        Bool.random(using: &random) ? .kill : drawAbsence(using: &random)
    }

    /// How long nobody does anything between two steps.
    func drawPause(
        _ range: ClosedRange<Int>, using random: inout some RandomNumberGenerator
    ) -> Duration {
        .milliseconds(Int.random(in: range, using: &random))
    }
}
