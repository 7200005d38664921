internal import Topologies

/// Several scenarios side by side that have a name together: it concludes when all are over.
struct Gathering: Scenario {
    private let name: FaultName
    private var parts: Together
    private var struck: [StrikeID] = []
    private var began: Duration?
    private var refused: [String] = []
    private var isConcluded = false

    init(_ name: FaultName, _ parts: [any Scenario], healing: Style.Healing) {
        self.name = name
        self.parts = Together(parts, healing: healing)
    }

    var isOver: Bool { isConcluded }
    var wake: Duration? { parts.wake }
    var leastLength: Duration { parts.leastLength }
    var description: String { "\(name) of \(parts)" }

    mutating func step(_ view: ClusterView) -> [Command] { follow(view, parts.step(view)) }

    mutating func abandon(_ view: ClusterView) -> [Command] { follow(view, parts.abandon(view)) }

    /// Notes what the parts strike, and what they did not reach.
    private mutating func follow(_ view: ClusterView, _ commands: [Command]) -> [Command] {
        if began == nil { began = view.time }
        for command in commands {
            switch command {
            case .strike(let strike): struck.append(strike.id)
            case .skip(let kind, _, let check): refused.append("\(kind): \(check.detail)")
            case .conclude(let conclusion) where !conclusion.point.isMet:
                refused.append("\(conclusion.scenario): \(conclusion.point.detail)")
            case .conclude, .heal: break
            }
        }
        guard parts.isOver, !isConcluded else { return commands }
        isConcluded = true
        let point = FaultRecord.Check(
            FaultRecord.point, struck.count > 0,
            "\(struck.count) strikes" + (refused.isEmpty ? "" : "; ")
                + refused.joined(separator: "; "))
        return commands + [
            .conclude(
                Conclusion(
                    scenario: name, start: began ?? view.time, end: view.time, point: point,
                    strikes: struck))
        ]
    }
}
