internal import Topologies

/// Steps one after the other, each of which waits for something and then does something.
///
/// A script reaches its point when all steps have been taken. If a condition does not come about
/// within its limit, or a role has nobody to play it, it heals what lasts and says so.
public struct Script: Scenario {
    private struct Binding {
        var nodes: [NodeName]
        var id: StrikeID
    }

    private enum State {
        case running
        case ending(FaultRecord.Check)
        case over
    }

    /// Roles are waited for so long.
    private static let castingLimit = Duration.seconds(5)

    /// What records call it.
    public let name: FaultName
    private let steps: [ScriptStep]
    private let order: [NodeName]
    private let offset: Duration
    private let intensity: Intensity
    private let clients: StruckClients
    private let cuts: LinkCut.Treatment

    private var origin: Duration?
    private var next = 0
    private var stepBegan: ClusterView?
    private var held: Duration?
    private var bindings: [String: Binding] = [:]
    private var strikes: [StrikeID] = []
    private var struck = Condition.Struck()
    private var oldLeader: NodeName?
    private var seen: [String] = []
    private var state = State.running

    /// A script that begins after a time; everything else is drawn from the dice.
    public init(
        _ name: FaultName, _ steps: [ScriptStep], after offset: Duration, _ style: Style,
        using random: inout some RandomNumberGenerator
    ) {
        self.name = name
        self.steps = steps
        self.offset = offset
        order = style.nodes.shuffled(using: &random)
        cuts = style.drawTreatment(using: &random)
        clients = style.clients.draw(using: &random)
        intensity = style.drawIntensity(using: &random)
    }

    /// Whether all that it struck has been healed.
    public var isOver: Bool { if case .over = state { true } else { false } }

    /// The end of a pause.
    public var wake: Duration? {
        guard let origin, case .running = state else { return nil }
        guard next < steps.count, let held else { return next == 0 ? origin + offset : nil }
        return held + steps[next].pause
    }

    /// Its pauses; conditions may hold at once.
    public var leastLength: Duration {
        steps.reduce(offset + .seconds(1)) { $0 + $1.pause }
    }

    /// Its name and when it begins.
    public var description: String {
        "\(name) at +\(offset.formattedSeconds), pauses "
            + steps.map(\.pause.formattedSeconds).joined(separator: ", ") + ", order \(order)"
    }

    // MARK: Steps

    /// Takes as many steps as can be taken now.
    public mutating func step(_ view: ClusterView) -> [Command] {
        if origin == nil { origin = view.time }
        guard let origin, view.time >= origin + offset else { return [] }
        note(view)
        var commands: [Command] = []
        while case .running = state, let more = advance(view) { commands += more }
        if case .ending(let point) = state, commands.isEmpty {
            commands += end(view, point)
        }
        return commands
    }

    private mutating func note(_ view: ClusterView) {
        if struck.term == nil { struck.term = view.leader?.term }
        struck.lasting = bindings.values.reduce(into: []) { nodes, binding in
            if let phase = view.strikes[binding.id], !phase.isHealed {
                nodes.formUnion(binding.nodes)
            }
        }
    }

    /// The commands of the next step if it can be taken; nil if it has to wait.
    private mutating func advance(_ view: ClusterView) -> [Command]? {
        guard next < steps.count else {
            state = .ending(
                FaultRecord.Check(
                    FaultRecord.point, true,
                    seen.isEmpty ? "all steps were taken" : seen.joined(separator: "; ")))
            return nil
        }
        // A step begins when what the last one struck is in effect.
        for (name, binding) in bindings {
            switch view.strikes[binding.id] {
            case .starting, nil: return nil
            case .refused(let why): return fail("\(name) could not be struck: \(why)")
            default: break
            }
        }
        let step = steps[next]
        let start = stepBegan ?? view
        if stepBegan == nil { stepBegan = view }
        if held == nil {
            if let condition = step.condition {
                guard let evidence = condition.evidence(view, since: start, struck) else {
                    guard view.time > start.time + step.limit else { return nil }
                    return fail(
                        "\(condition.rawValue) did not come about within "
                            + step.limit.formattedSeconds)
                }
                seen.append(evidence)
            }
            held = view.time
        }
        guard let held, view.time >= held + step.pause else { return nil }
        return act(step, view, due: held + step.pause)
    }

    private mutating func act(
        _ step: ScriptStep, _ view: ClusterView, due: Duration
    ) -> [Command]? {
        var commands: [Command] = []
        switch step.action {
        case .strike(let verb, let target, let name):
            guard let nodes = nodes(target, view), isFree(nodes, verb, view) else {
                guard view.time > due + Self.castingLimit else { return nil }
                return fail("nobody could be struck as \(name)")
            }
            commands = [strike(verb, nodes, target, as: name, view, due: due)]
        case .heal(let name):
            if let binding = bindings[name], view.strikes[binding.id].map({ !$0.isHealed }) ?? false
            {
                commands = [.heal(binding.id, due: due)]
            }
        case nil: break
        }
        next += 1
        stepBegan = nil
        held = nil
        return commands
    }

    private func nodes(
        _ target: ScriptStep.Target, _ view: ClusterView, but taken: Set<NodeName> = []
    ) -> [NodeName]? {
        switch target {
        case .name(let name): bindings[name]?.nodes
        case .role(let role):
            role.nodes(
                view, order: order, bound: struck.all.union(taken), oldLeader: oldLeader)
        case .several(let targets):
            targets.reduce([] as [NodeName]?) { found, target in
                guard let found, let more = nodes(target, view, but: Set(found)) else { return nil }
                return found + more.filter { !found.contains($0) }
            }
        }
    }

    private func isFree(_ nodes: [NodeName], _ verb: Verb, _ view: ClusterView) -> Bool {
        !verb.isExclusive || view.taken.isDisjoint(with: nodes)
    }

    private mutating func strike(
        _ verb: Verb, _ nodes: [NodeName], _ target: ScriptStep.Target, as name: String,
        _ view: ClusterView, due: Duration
    ) -> Command {
        let id = StrikeID(path: [strikes.count])
        strikes.append(id)
        bindings[name] = Binding(nodes: nodes, id: id)
        struck.all.formUnion(nodes)
        if let leader = view.leader, nodes.contains(leader.name) {
            struck.term = leader.term
            oldLeader = oldLeader ?? leader.name
        }
        var kind: FaultName = "\(verb.name)-\(target.word)"
        if case .name = target { kind = "\(verb.name)" }
        kind = FaultName(kind, of: verb.process)
        return .strike(
            PlannedStrike(
                id: id, kind: kind, family: verb.family, scenario: self.name,
                aim: Aim(
                    affected: nodes,
                    verb.effect(
                        nodes,
                        Aiming(
                            order: order, leader: view.leader?.name, intensity: intensity,
                            cuts: cuts))), isExclusive: verb.isExclusive, due: due, length: .zero,
                clients: clients))
    }

    // MARK: Endings

    private mutating func fail(_ why: String) -> [Command]? {
        state = .ending(
            FaultRecord.Check(
                FaultRecord.point, false, (seen + ["then \(why)"]).joined(separator: "; ")))
        return nil
    }

    /// Heals what lasts, and concludes when all has been healed.
    private mutating func end(_ view: ClusterView, _ point: FaultRecord.Check) -> [Command] {
        let healings = healings(view)
        guard healings.isEmpty, strikes.allSatisfy({ view.strikes[$0]?.isHealed ?? false }) else {
            return healings
        }
        state = .over
        return [
            .conclude(
                Conclusion(
                    scenario: name, start: (origin ?? view.time) + offset, end: view.time,
                    point: point, strikes: strikes))
        ]
    }

    /// Heals what lasts: the load is over.
    public mutating func abandon(_ view: ClusterView) -> [Command] {
        if origin == nil { origin = view.time }
        note(view)
        if case .running = state {
            state = .ending(
                FaultRecord.Check(
                    FaultRecord.point, false,
                    (seen + ["then the load ended"]).joined(separator: "; ")))
        }
        guard case .ending(let point) = state else { return [] }
        return end(view, point)
    }
}
