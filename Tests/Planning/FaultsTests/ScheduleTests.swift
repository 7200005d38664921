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
            #expect(schedule.faults.filter { kinds.map(\.name).contains($0.kind.name) }.count >= 2)
        }
        for (one, next) in zip(schedule.faults, schedule.faults.dropFirst()) {
            #expect(one.start + one.length < next.start)
        }
        #expect(schedule.faults.allSatisfy { $0.start + .seconds(5) <= .seconds(60) })
    }
}
