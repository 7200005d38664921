import Faults
import Generators
import Testing
import Topologies

@Suite struct `Schedules` {
    @Test func `every request comes about equally often, and no two faults overlap`() throws {
        var random = SplitMix64(seed: 5)
        let names = ["halves", "isolate-leader", "kill", "pause"]
        let schedule = Schedule(
            requests: names.compactMap { FaultRequest($0, nodes: 5) },
            rhythm: .init(first: .seconds(2), every: .seconds(5), length: .milliseconds(2_500)),
            nodes: (1...5).map(NodeName.init), within: .seconds(60), using: &random)
        #expect(schedule.faults.count == 11)
        for name in names {
            let kinds = try #require(FaultRequest(name, nodes: 5)).kinds
            #expect(schedule.faults.filter { kinds.contains($0.kind) }.count >= 2)
        }
        for (one, next) in zip(schedule.faults, schedule.faults.dropFirst()) {
            #expect(one.start + one.length < next.start)
        }
        #expect(schedule.faults.allSatisfy { $0.start + .seconds(5) <= .seconds(60) })
    }

    @Test(arguments: FaultKind.Partition.allCases, [4, 5, 7])
    func `a partition cuts what its name says`(
        partition: FaultKind.Partition, nodeCount: Int
    ) throws {
        let nodes = (1...nodeCount).map(NodeName.init)
        let aim = try #require(
            Aim(.partition(partition), order: nodes.reversed(), leader: nodes[1]))
        guard case .links(let directions, let affected) = aim else {
            Issue.record("a partition cuts links")
            return
        }
        #expect(directions.count == 2)
        #expect(Set(directions[0].links).isDisjoint(with: directions[1].links))
        let cut = Set(directions.flatMap(\.links))
        #expect(cut.allSatisfy { cut.contains(Link(from: $0.destination, to: $0.source)) })
        let majority = nodeCount / 2 + 1
        let sees = nodes.map { node in
            nodes.count { $0 == node || !cut.contains(Link(from: node, to: $0)) }
        }
        switch partition {
        case .majoritiesRing:
            #expect(sees.allSatisfy { $0 >= majority && $0 < nodeCount })
        case .bridge: #expect(sees.filter { $0 == nodeCount }.count == 1)
        case .isolateLeader:
            #expect(affected == [nodes[1]])
            #expect(sees[1] == 1)
        case .one, .minorityThird, .majority:
            #expect(sees.filter { $0 >= majority }.count >= majority)
            #expect(sees.filter { $0 < majority }.count == affected.count)
        case .halves: #expect(sees.allSatisfy { $0 == nodeCount / 2 || $0 == (nodeCount + 1) / 2 })
        }
    }

    @Test(arguments: 1...5)
    func `the bridge is not the leader, for then it would cut nothing that is used`(
        leader: Int
    ) throws {
        let nodes = (1...5).map(NodeName.init)
        let aim = try #require(
            Aim(.partition(.bridge), order: nodes, leader: NodeName(number: leader)))
        #expect(aim.links.contains { $0.source == NodeName(number: leader) })
        #expect(aim.links.count == 8)
    }

    @Test func `a fault that needs a leader takes no aim without one`() {
        let nodes = (1...5).map(NodeName.init)
        #expect(Aim(.kill(.leader), order: nodes, leader: nil) == nil)
        #expect(Aim(.kill(.majority), order: nodes, leader: nil)?.affected.count == 3)
        #expect(Aim(.pause(.minority), order: nodes, leader: nil)?.affected.count == 2)
        #expect(Aim(.pause(.all), order: nodes, leader: nil)?.affected.count == 5)
    }
}
