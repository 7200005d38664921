import Faults
import Labs
import Testing
import Topologies

@testable import Injectors

@Suite struct `Faults that overlap` {
    private static let nodes = (1...5).map(NodeName.init(number:))
    private let aiming = Aiming(order: nodes, leader: nil)

    @Test func `a node has one fault of those that want it for themselves`() throws {
        let active = ActiveFaults()
        let aim = try #require(Kill(.one).aim(aiming))
        #expect(active.claim(1, aim, exclusive: true))
        #expect(active.takenNodes == [Self.nodes[0]])
        #expect(!active.claim(2, try #require(Pause(.one).aim(aiming)), exclusive: true))
        let slow = try #require(LateNode(.slow).aim(aiming))
        #expect(!active.claim(3, slow, exclusive: true), "tbf cannot be there twice")
        active.end(1)
        #expect(active.claim(2, aim, exclusive: true))
    }

    @Test func `a node stays an outsider until it is a member again`() {
        let active = ActiveFaults()
        #expect(active.outsiders.isEmpty)
        active.note(Self.nodes[1], isOutside: true)
        active.note(Self.nodes[3], isOutside: true)
        active.note(Self.nodes[1], isOutside: false)
        #expect(active.outsiders == [Self.nodes[3]])
    }

    @Test func `a node that refused damage for good is known`() {
        let damage = DamageBook()
        #expect(!damage.refuses(Self.nodes[0]))
        damage.note(refusing: Self.nodes[0])
        #expect(damage.refuses(Self.nodes[0]) && !damage.refuses(Self.nodes[1]))
    }

    @Test func `partitions overlap with everything`() throws {
        let active = ActiveFaults()
        let cut = try #require(TwoSides(.halves).aim(aiming))
        #expect(active.claim(1, cut, exclusive: false))
        #expect(active.claim(2, cut, exclusive: false))
        #expect(active.claim(3, try #require(Kill(.all).aim(aiming)), exclusive: true))
    }
}

@Suite struct `Injectors` {
    @Test(arguments: [0, 1])
    func `a kill bites only if a write had been acknowledged before`(acknowledged: Int) {
        let nodes = [NodeName(number: 1), NodeName(number: 4)]
        let evidence = ProcessKill.evidence(
            of: nodes, [nodes[0]: [.signaled(9)], nodes[1]: [.signaled(9)]],
            acknowledged: acknowledged)
        #expect(evidence.checks.allSatisfy(\.isMet) == (acknowledged > 0))
    }

    @Test func `a kill of a node that ended otherwise does not bite`() {
        let nodes = [NodeName(number: 1), NodeName(number: 4)]
        let evidence = ProcessKill.evidence(
            of: nodes, [nodes[0]: [.signaled(9)], nodes[1]: [.signaled(9), .exited(0)]],
            acknowledged: 7)
        #expect(
            evidence.checks.filter { !$0.isMet }.map(\.detail) == [
                "n1: signal 9, n4: signal 9, exit status 0"
            ])
    }

    @Test(arguments: FaultCatalog.faults.map(\.name))
    func `every effect of the catalog has its injector`(name: FaultName) throws {
        let nodes = (1...5).map(NodeName.init(number:))
        let fault = try #require(FaultCatalog.fault(named: name))
        let aim = try #require(fault.aim(Aiming(order: nodes, leader: nodes[0])))
        #expect(aim.effect is any Injectable, "\(aim.effect)")
    }
}
