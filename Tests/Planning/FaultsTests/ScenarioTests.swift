import Generators
import Testing
import Topologies

@testable import Faults

/// A cluster that is told what happens, and does at once what a scenario says.
private struct Stage {
    var scenario: any Scenario
    var view: ClusterView
    /// What was done, a line each.
    var log: [String] = []
    var conclusions: [Conclusion] = []
    /// What a strike is in once it has been healed.
    var healedPhase = StrikePhase.over

    static let nodes = (1...5).map(NodeName.init(number:))

    init(_ scenario: any Scenario, leader: Int = 1, nodes: [NodeName] = Stage.nodes) {
        self.scenario = scenario
        view = ClusterView(time: .seconds(10), nodes: nodes)
        for node in nodes { view.members[node]?.term = 1 }
        lead(leader, term: 1)
    }

    /// A node says that it leads.
    mutating func lead(_ node: Int, term: Int) {
        view.members[NodeName(number: node)]?.claim = term
        view.members[NodeName(number: node)]?.term = term
    }

    /// Clients of a node have had a write acknowledged.
    mutating func acknowledge(_ node: Int) {
        view.members[NodeName(number: node)]?.acknowledged += 1
    }

    /// So long later the scenario is asked again; what it says takes effect at once.
    mutating func pass(_ milliseconds: Int) {
        view.time += .milliseconds(milliseconds)
        while case let commands = scenario.step(view), !commands.isEmpty {
            for command in commands { perform(command) }
        }
    }

    private mutating func perform(_ command: Command) {
        switch command {
        case .strike(let strike):
            log.append("\(strike.kind) \(strike.aim.affected)")
            view.strikes[strike.id] = .lasting(since: view.time)
            if strike.isExclusive { view.taken.formUnion(strike.aim.affected) }
        case .heal(let id, _):
            log.append("heal \(id.path)")
            view.strikes[id] = healedPhase
            view.taken = []
        case .skip(let kind, _, let check): log.append("skip \(kind): \(check.detail)")
        case .conclude(let conclusion):
            conclusions.append(conclusion)
            log.append("\(conclusion.scenario) \(conclusion.point.isMet)")
        }
    }
}

@Suite struct `Scenarios` {
    private static let style = Style(
        nodes: Stage.nodes, length: .seconds(1)...(.seconds(1)))

    private func draw(_ kind: any FaultKind, seed: UInt64 = 3, after: Duration = .zero)
        -> any Scenario
    {
        var random = SplitMix64(seed: seed)
        return kind.scenario(after: after, Self.style, using: &random)
    }

    @Test func `a single fault begins at its time and lasts as long as was drawn`() {
        var stage = Stage(draw(Pause(.leader), after: .milliseconds(300)))
        stage.pass(0)
        #expect(stage.log.isEmpty)
        stage.pass(300)
        #expect(stage.log == ["pause-leader [n1]"])
        stage.pass(999)
        #expect(stage.log.count == 1)
        stage.pass(1)
        #expect(stage.log == ["pause-leader [n1]", "heal [0]"])
        stage.pass(1)
        #expect(stage.scenario.isOver)
    }

    @Test func `a fault that needs a leader waits five seconds for one, and is skipped then`() {
        var stage = Stage(draw(Kill(.leader)))
        stage.view.members[NodeName(number: 1)]?.claim = nil
        stage.pass(0)
        stage.pass(4_999)
        #expect(stage.log.isEmpty)
        stage.pass(1)
        #expect(stage.log == ["skip kill-leader: no node claimed to lead"])
        #expect(stage.scenario.isOver)
    }

    @Test func `a leader that is frozen is still known, and can be cut as well`() {
        var stage = Stage(draw(IsolateLeader()))
        stage.view.members[NodeName(number: 1)]?.isRunning = false
        stage.pass(0)
        #expect(stage.log == ["isolate-leader [n1]"])
    }

    @Test func `depose waits for another leader that has acknowledged writes`() {
        var stage = Stage(draw(Depose()))
        stage.pass(0)
        #expect(stage.log.count == 1 && stage.log[0].hasSuffix("-leader [n1]"))
        stage.pass(1_000)
        stage.acknowledge(1)
        stage.pass(1_000)
        #expect(stage.log.count == 1, "what the old leader says of itself counts for nothing")
        stage.lead(3, term: 2)
        stage.pass(100)
        #expect(stage.log.count == 1, "it has not acknowledged anything yet")
        stage.acknowledge(3)
        stage.pass(10)
        stage.pass(400)
        #expect(stage.log.contains("heal [0]"))
        stage.pass(1)
        #expect(stage.conclusions.map(\.point.isMet) == [true])
        #expect(stage.scenario.isOver)
        #expect(stage.conclusions[0].point.detail.contains("n3 led in term 2"))
    }

    @Test func `a scenario that never reaches its point heals, and says so`() {
        var stage = Stage(draw(Depose()))
        stage.pass(0)
        stage.pass(5_001)
        #expect(stage.log.last == "depose false")
        #expect(stage.conclusions[0].point.detail.contains("new-leader did not come about"))
        #expect(stage.view.isQuiet)
    }

    @Test func `a comeback heals the old leader in the moment when its successor is struck`() throws
    {
        var stage = Stage(draw(Comeback()))
        stage.pass(0)
        stage.lead(2, term: 2)
        stage.pass(10)
        stage.acknowledge(2)
        stage.pass(10)
        let struck = try #require(stage.log.firstIndex { $0.contains("[n2]") })
        #expect(stage.log[(struck + 1)...].first == "heal [0]")
        stage.lead(3, term: 3)
        stage.pass(10)
        stage.pass(301)
        #expect(stage.log.last == "comeback true")
    }

    @Test func `flap strikes each leader of a later term, and lets the one before return`() {
        var stage = Stage(draw(Flap()))
        stage.pass(0)
        for term in 2...4 {
            stage.lead(term, term: term)
            stage.pass(10)
            stage.pass(400)
        }
        let struck = stage.log.filter { $0.contains("[n") }
        #expect(struck.map { $0.suffix(4) } == ["[n1]", "[n2]", "[n3]"])
        #expect(stage.log.last == "flap true")
    }

    @Test(arguments: [3, 5])
    func `majorities that stand in for each other overlap in one node`(count: Int) throws {
        let nodes = (1...count).map(NodeName.init(number:))
        var random = SplitMix64(seed: 9)
        let style = Style(nodes: nodes, length: .seconds(1)...(.seconds(1)))
        var strikes: [Set<NodeName>] = []
        for step in StandIn().steps(style, using: &random) {
            if case .strike(_, .role(.exactly(let struck)), _)? = step.action {
                strikes.append(Set(nodes).subtracting(struck))
            }
        }
        try #require(strikes.count == 3)
        #expect(strikes.allSatisfy { $0.count == count / 2 + 1 })
        #expect(strikes[0].intersection(strikes[1]).count == 1)
        #expect(strikes[0] == strikes[2])
    }

    @Test func `several are struck as one, and nobody of them twice`() throws {
        var random = SplitMix64(seed: 4)
        let target = ScriptStep.Target(word: "leader+other-follower+other-follower")
        let step = ScriptStep(.strike(.cut, target, as: "side"))
        let script = Script("round-1", [step], after: .zero, Self.style, using: &random)
        var stage = Stage(script)
        stage.pass(0)
        let struck = try #require(stage.log.first)
        #expect(struck.hasPrefix("cut-leader+other-follower+other-follower [n1, "))
        #expect(Set(struck.split(separator: " ").dropFirst()).count == 3)
    }

    @Test func `a fault waits for nodes that another has for itself`() {
        var stage = Stage(draw(Kill(.all)))
        stage.view.taken = [NodeName(number: 2)]
        stage.pass(0)
        stage.pass(3_000)
        #expect(stage.log.isEmpty)
        stage.view.taken = []
        stage.pass(10)
        #expect(stage.log == ["kill-all [n1, n2, n3, n4, n5]"])
    }

    @Test(arguments: FaultCatalog.faults.filter(\.isExclusive).map(\.name))
    func `a fault whose nodes are taken for too long says so`(name: FaultName) throws {
        var stage = Stage(draw(try #require(FaultCatalog.fault(named: name))))
        stage.view.taken = Set(Stage.nodes)
        for _ in 0..<3 { stage.pass(3_000) }
        #expect(stage.scenario.isOver)
        #expect(stage.log.count == 1)
        #expect(stage.log[0].hasPrefix("skip \(name): n") && stage.log[0].contains("too long"))
    }

    @Test(arguments: FaultCatalog.scenarios.map(\.name), 1...8)
    func `a scenario ends, and says why, though others have all nodes`(
        name: FaultName, seed: Int
    ) throws {
        let kind = try #require(FaultCatalog.scenarios.first { $0.name == name })
        var stage = Stage(draw(kind, seed: UInt64(seed)))
        for _ in 0..<120 {
            stage.view.taken = Set(Stage.nodes)
            stage.pass(1_000)
        }
        #expect(stage.scenario.isOver, "\(stage.log)")
        let own = stage.conclusions.filter { $0.scenario == name }
        #expect(own.count == 1, "\(stage.log)")
        for conclusion in stage.conclusions where !conclusion.point.isMet {
            #expect(!conclusion.point.detail.isEmpty)
        }
    }

    @Test func `rolling restarts every node once, each after the last one is back`() {
        var stage = Stage(draw(Rolling()))
        for _ in 0..<12 { stage.pass(700) }
        let killed = stage.log.filter { $0.hasPrefix("kill") }
        #expect(Set(killed).count == 5 && killed.count == 5)
        #expect(stage.log.last == "rolling true")
    }

    @Test func `lag needs a leader whose snapshot is ahead of the follower`() {
        var stage = Stage(draw(Lag()))
        for node in Stage.nodes { stage.view.members[node]?.applied = 100 }
        stage.view.members[NodeName(number: 1)]?.snapshot = 90
        stage.pass(0)
        #expect(stage.log.count == 1 && !stage.log[0].contains("[n1]"), "not the leader")
        stage.pass(100)
        #expect(stage.log.count == 1)
        stage.view.members[NodeName(number: 1)]?.snapshot = 150
        stage.pass(10)
        #expect(stage.log.last == "heal [0]")
        stage.pass(300)
        #expect(stage.log.last?.hasPrefix("kill") ?? false)
        stage.pass(500)
        for node in Stage.nodes { stage.view.members[node]?.applied = 200 }
        stage.pass(10)
        #expect(stage.log.last == "lag true")
    }

    @Test func `what is away from a load that ends is healed, and its scenario says why`() {
        var stage = Stage(draw(Depose()))
        stage.pass(0)
        for command in stage.scenario.abandon(stage.view) {
            if case .heal(let id, _) = command { stage.view.strikes[id] = .over }
        }
        let last = stage.scenario.abandon(stage.view)
        guard case .conclude(let conclusion)? = last.first else {
            Issue.record("no conclusion: \(last)")
            return
        }
        #expect(!conclusion.point.isMet && conclusion.point.detail.contains("the load ended"))
        #expect(stage.scenario.isOver)
    }

    @Test(arguments: FaultCatalog.all.map(\.name), 1...5)
    func `every kind is drawn alike from the same dice`(name: FaultName, seed: Int) throws {
        let kind = try #require(FaultCatalog.all.first { $0.name == name })
        let text = "\(draw(kind, seed: UInt64(seed)))"
        #expect("\(draw(kind, seed: UInt64(seed)))" == text)
    }

    @Test func `rounds wait until the cluster has recovered, and omit what has no time left`() {
        let rounds = (0..<3).map { number in
            Rounds.Round(start: .seconds(10 + 2 * number), draw(Pause(.one), seed: 1))
        }
        // The strike is healed, but its node does not serve for four seconds.
        var stage = Stage(Rounds(rounds, end: .seconds(17)))
        stage.healedPhase = .recovering
        stage.pass(0)
        #expect(stage.log.count == 1)
        stage.pass(1_000)
        #expect(stage.log.count == 2)
        stage.pass(4_000)
        #expect(stage.log.count == 2)
        stage.view.strikes[StrikeID(path: [0, 0])] = .over
        stage.healedPhase = .over
        for _ in 0..<2 { stage.pass(10) }
        #expect(stage.log.count == 3)
        stage.pass(1_000)
        for _ in 0..<3 { stage.pass(10) }
        #expect(stage.scenario.isOver)
        #expect((stage.scenario as? Rounds)?.omitted == 1)
    }
}
