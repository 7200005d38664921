import Faults
import Injectors
import Testing
import Topologies

@Suite struct `Faults that overlap` {
    private let nodes = (1...5).map(NodeName.init(number:))

    private func fault(_ number: Int, _ kind: FaultKind) -> ScheduledFault {
        ScheduledFault(
            number: number, start: .zero, length: .seconds(1), kind: kind, order: nodes)
    }

    @Test func `a node has one fault of those that want it for themselves`() throws {
        let active = ActiveFaults()
        let kill = fault(1, .kill(.one))
        let aim = try #require(Aim(.kill(.one), order: nodes, leader: nil))
        #expect(active.claim(kill, aim))
        #expect(active.takenNodes == [nodes[0]])
        #expect(!active.claim(fault(2, .pause(.one)), aim))
        let slow = try #require(Aim(.traffic(.slow), order: nodes, leader: nil))
        #expect(!active.claim(fault(3, .traffic(.slow)), slow), "tbf cannot be there twice")
        active.end(kill)
        #expect(active.claim(fault(2, .pause(.one)), aim))
    }

    @Test func `partitions overlap with everything`() throws {
        let active = ActiveFaults()
        let cut = try #require(Aim(.partition(.halves), order: nodes, leader: nil))
        #expect(active.claim(fault(1, .partition(.halves)), cut))
        #expect(active.claim(fault(2, .partition(.halves)), cut))
        let kill = try #require(Aim(.kill(.all), order: nodes, leader: nil))
        #expect(active.claim(fault(3, .kill(.all)), kill))
    }
}
