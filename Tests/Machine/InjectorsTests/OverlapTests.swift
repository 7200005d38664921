import Faults
import Injectors
import Testing
import Topologies

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

    @Test func `partitions overlap with everything`() throws {
        let active = ActiveFaults()
        let cut = try #require(TwoSides(.halves).aim(aiming))
        #expect(active.claim(1, cut, exclusive: false))
        #expect(active.claim(2, cut, exclusive: false))
        #expect(active.claim(3, try #require(Kill(.all).aim(aiming)), exclusive: true))
    }
}

@Suite struct `Injectors` {
    @Test(arguments: FaultCatalog.faults.map(\.name))
    func `every effect of the catalog has its injector`(name: String) throws {
        let nodes = (1...5).map(NodeName.init(number:))
        let fault = try #require(FaultCatalog.fault(named: name))
        let aim = try #require(fault.aim(Aiming(order: nodes, leader: nodes[0])))
        #expect(aim.effect is any Injectable, "\(aim.effect)")
    }
}
