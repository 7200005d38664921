internal import Topologies

extension Fault {
    /// The fault by itself: it begins, lasts, and ends.
    public func scenario(
        after offset: Duration, _ style: Style, using random: inout some RandomNumberGenerator
    ) -> any Scenario {
        SingleFault(
            self, order: style.nodes.shuffled(using: &random), after: offset,
            length: .random(in: style.length, using: &random),
            intensity: style.drawIntensity(using: &random),
            cuts: style.drawTreatment(using: &random), clients: style.clients.draw(using: &random))
    }
}

/// One fault that begins after a time and lasts for a time.
struct SingleFault: Scenario {
    private enum State {
        case waiting
        case striking(began: Duration)
        case ended
    }

    /// A fault that needs a leader waits so long for one, and one that wants nodes for itself for
    /// those that another has.
    private static let patience = Duration.seconds(5)
    private static let id = StrikeID(path: [0])

    let fault: any Fault
    private let order: [NodeName]
    let offset: Duration
    var length: Duration
    private let intensity: Intensity
    private let cuts: LinkCut.Treatment
    private let clients: StruckClients
    private var origin: Duration?
    private var state = State.waiting

    init(
        _ fault: any Fault, order: [NodeName], after offset: Duration, length: Duration,
        intensity: Intensity, cuts: LinkCut.Treatment, clients: StruckClients
    ) {
        self.fault = fault
        self.order = order
        self.offset = offset
        self.length = length
        self.intensity = intensity
        self.cuts = cuts
        self.clients = clients
    }

    var leastLength: Duration { offset + length }

    var isOver: Bool { if case .ended = state { true } else { false } }

    var wake: Duration? {
        switch state {
        case .waiting: origin.map { $0 + offset }
        case .striking(let began): began + length
        case .ended: nil
        }
    }

    mutating func step(_ view: ClusterView) -> [Command] {
        let begin = (origin ?? view.time) + offset
        if origin == nil { origin = view.time }
        switch state {
        case .waiting:
            return view.time < begin ? [] : strike(view, due: begin)
        case .striking(let began):
            switch view.strikes[Self.id] {
            case .lasting where view.time >= began + length:
                return [.heal(Self.id, due: began + length)]
            case let phase? where phase.isHealed: state = .ended
            default: break
            }
            return []
        case .ended: return []
        }
    }

    private mutating func strike(_ view: ClusterView, due: Duration) -> [Command] {
        let leader = view.leader?.name
        if fault.needsLeader, leader == nil {
            guard view.time >= due + Self.patience else { return [] }
            state = .ended
            return [skip("a leader was known", "no node claimed to lead")]
        }
        // Nodes that another fault has for itself are hit only if no others are left.
        let order = order.filter { !view.taken.contains($0) } + order.filter(view.taken.contains)
        let aiming = Aiming(order: order, leader: leader, intensity: intensity, cuts: cuts)
        guard let aim = fault.aim(aiming) else {
            state = .ended
            return [skip("the fault could be aimed", "it could not")]
        }
        let others = fault.isExclusive ? view.taken.intersection(aim.affected).sorted() : []
        guard others.isEmpty else {
            guard view.time >= due + Self.patience else { return [] }
            state = .ended
            let names = others.map(\.description).joined(separator: ", ")
            return [
                skip("its nodes had no other such fault", "\(names) had one for too long")
            ]
        }
        // Whoever had to wait is not late.
        let canWait = fault.needsLeader || fault.isExclusive
        let due = canWait && view.time - due > .milliseconds(500) ? view.time : due
        state = .striking(began: due)
        return [
            .strike(
                PlannedStrike(
                    id: Self.id, kind: fault.name, family: fault.family, scenario: nil, aim: aim,
                    isExclusive: fault.isExclusive, due: due, length: length, clients: clients))
        ]
    }

    private func skip(_ demand: String, _ detail: String) -> Command {
        .skip(
            kind: fault.name, family: fault.family, FaultRecord.Check(demand, false, detail))
    }

    mutating func abandon(_ view: ClusterView) -> [Command] {
        switch state {
        case .waiting: state = .ended
        case .striking where view.strikes[Self.id]?.isHealed ?? false: state = .ended
        case .striking, .ended: break
        }
        return healings(view)
    }

    var description: String {
        "\(fault.name) at +\(offset.formattedSeconds) for \(length.formattedSeconds) order \(order)"
    }
}
