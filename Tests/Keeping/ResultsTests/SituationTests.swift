import Faults
import Testing
import Topologies

@testable import Results

@Suite struct `The situation of a node` {
    private let node = NodeName(number: 3)

    private func cut(_ start: Double, _ end: Double) -> FaultRecord {
        var record = FaultRecord(number: 1, kind: "one", family: "partition")
        record.nodes = [node]
        (record.start, record.end) = (start, end)
        return record
    }

    private func kind(at time: Double, _ faults: [FaultRecord]) -> Situation.Kind {
        Situation(of: node, at: time, faults: faults, observations: []).kind
    }

    @Test func `is that of the fault that hits it, and for a while of the one that did`() {
        #expect(kind(at: 5, [cut(4, 6)]) == .cutOff)
        #expect(kind(at: 8, [cut(4, 6)]) == .justHealed)
        #expect(kind(at: 30, [cut(4, 6)]) == .undisturbed)
    }

    @Test func `is unknown, and not undisturbed, where nobody tells of any fault or node`() {
        #expect(kind(at: 5, []) == .unknown)
        #expect(Situation(of: node, at: 5, faults: [], observations: []).clause([]).isEmpty)
    }

    @Test func `is told by what a scenario is made of rather than by the whole`() {
        var whole = FaultRecord(number: 2, kind: "flap", family: "scenario")
        whole.nodes = [node]
        (whole.start, whole.end) = (4.5, 9)
        #expect(kind(at: 8, [cut(4, 6), whole]) == .justHealed)
        #expect(kind(at: 8, [whole]) == .faulty)
    }
}
