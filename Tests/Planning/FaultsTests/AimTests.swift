import Faults
import Testing
import Topologies

@Suite struct `Aims` {
    private static func nodes(_ count: Int) -> [NodeName] {
        (1...count).map(NodeName.init(number:))
    }

    @Test func `an operator's work is asked of whom its name says`() throws {
        let nodes = Self.nodes(3)
        let aiming = Aiming(order: nodes.reversed(), leader: nodes[0])
        let expected: [(FaultName, Upkeep, [NodeName])] = [
            ("compact", .compact, [nodes[2]]), ("defragment-one", .defragment, [nodes[2]]),
            ("defragment-all", .defragment, nodes), ("defragment-leader", .defragment, [nodes[0]]),
        ]
        for (name, work, whom) in expected {
            let fault = try #require(FaultCatalog.fault(named: name))
            let effect = try #require(fault.aim(aiming)?.effect as? NodeUpkeep)
            #expect(effect == NodeUpkeep(work, of: whom))
            #expect(fault.needs == [.upkeep(work)])
        }
    }

    @Test func `a node that is far from its peers has its clients near`() throws {
        let nodes = Self.nodes(3)
        func links(_ name: FaultName) throws -> Set<Link> {
            let fault = try #require(FaultCatalog.fault(named: name))
            return try #require(fault.aim(Aiming(order: nodes, leader: nodes[1]))?.links)
        }
        let clients = [
            Link(from: nodes[0], to: .clients), Link(from: .clients, to: nodes[0]),
        ]
        #expect(try links("delay").isSuperset(of: clients))
        #expect(try links("delay-peers") == links("delay").subtracting(clients))
        #expect(try links("delay-peers").count == 4)
        let effect = Verb.delayPeers.effect(nodes, Aiming(order: nodes, leader: nil))
        #expect(effect.links.count == 6, "all of them far apart")
    }

    @Test(
        arguments: FaultCatalog.faults.filter { $0.family == "partition" }.map(\.name), [4, 5, 7])
    func `a partition cuts what its name says`(name: FaultName, nodeCount: Int) throws {
        let nodes = Self.nodes(nodeCount)
        let fault = try #require(FaultCatalog.fault(named: name))
        let aim = try #require(fault.aim(Aiming(order: nodes.reversed(), leader: nodes[1])))
        let cut = try #require(aim.effect as? LinkCut)
        #expect(cut.treatment == .drop)
        #expect(cut.directions.count == 2)
        #expect(Set(cut.directions[0]).isDisjoint(with: cut.directions[1]))
        #expect(cut.links.allSatisfy { cut.links.contains($0.reversed) })
        let majority = nodeCount / 2 + 1
        let sees = nodes.map { node in
            nodes.count { $0 == node || !cut.links.contains(Link(from: node, to: $0)) }
        }
        switch name {
        case "majorities-ring":
            #expect(sees.allSatisfy { $0 >= majority && $0 < nodeCount })
        case "bridge": #expect(sees.filter { $0 == nodeCount }.count == 1)
        case "isolate-leader":
            #expect(aim.affected == [nodes[1]])
            #expect(sees[1] == 1)
        case "one", "minority-third", "majority":
            #expect(sees.filter { $0 >= majority }.count >= majority)
            #expect(sees.filter { $0 < majority }.count == aim.affected.count)
        case "halves":
            #expect(sees.allSatisfy { $0 == nodeCount / 2 || $0 == (nodeCount + 1) / 2 })
        default: Issue.record("\(name) is a partition that this test does not know")
        }
    }

    @Test(arguments: 1...5)
    func `the bridge is not the leader, for then it would cut nothing that is used`(
        leader: Int
    ) throws {
        let leader = NodeName(number: leader)
        let aim = try #require(Bridge().aim(Aiming(order: Self.nodes(5), leader: leader)))
        #expect(aim.links.contains { $0.source == leader })
        #expect(aim.links.count == 8)
    }

    @Test(arguments: FaultCatalog.faults.map(\.name))
    func `a fault that needs a leader takes no aim without one, and every other does`(
        name: FaultName
    ) throws {
        let fault = try #require(FaultCatalog.fault(named: name))
        let aim = fault.aim(Aiming(order: Self.nodes(5), leader: nil))
        #expect((aim == nil) == fault.needsLeader)
        #expect(fault.aim(Aiming(order: Self.nodes(5), leader: Self.nodes(3)[2])) != nil)
    }

    @Test func `a target is as many nodes as it says`() {
        func count(_ target: Target, of nodes: Int) -> Int? {
            target.nodes(Aiming(order: Self.nodes(nodes), leader: nil))?.count
        }
        #expect([1, 3, 4, 5].map { count(.minority, of: $0) } == [1, 1, 1, 2])
        #expect([1, 3, 4, 5].map { count(.majority, of: $0) } == [1, 2, 2, 3])
        #expect(count(.all, of: 5) == 5)
        #expect(count(.leader, of: 5) == nil)
    }

    @Test func `what cuts may also hold packets`() throws {
        let held = LinkCut.Treatment.hold(HeldPackets(order: .shuffled(seed: 3)))
        let aim = try #require(
            IsolateLeader().aim(
                Aiming(order: Self.nodes(3), leader: NodeName(number: 2), cuts: held)))
        #expect((aim.effect as? LinkCut)?.treatment == held)
        #expect(aim.links.count == 4)
    }

    @Test func `names of faults and families are all different`() {
        #expect(Set(FaultCatalog.names).count == FaultCatalog.names.count)
        let families = FaultCatalog.families
        #expect(families.prefix(4) == ["partition", "traffic", "kill", "pause"])
        #expect(families.last == "scenario" && Set(families).count == families.count)
        #expect(FaultRequest("kill-leadr", nodes: 5) == nil)
        #expect(FaultRequest("partition", nodes: 3)?.kinds.count == 6, "no ring of three")
    }
}
