import Faults
import Foundation
import Generators
import Histories
import Labs
import Synchronization
import Testing

@Suite struct `The seed decides` {
    /// A load of ten workers on simulated registers under a fake clock, as the bytes of its
    /// schedule and history.
    private func bytes(seed: UInt64) throws -> Data {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        var random = SplitMix64(seed: seed)
        let requests = ["partition", "kill", "pause"].compactMap { FaultRequest($0, nodes: 5) }
        let schedule = Schedule(
            requests: requests,
            rhythm: .init(first: .seconds(2), every: .seconds(6), length: .seconds(3)),
            nodes: (1...5).map(NodeName.init), within: .seconds(60), using: &random)
        let now = Mutex(Duration.zero)
        let recorder = try Recorder(file: file.path) { Timestamp(now.withLock { $0 }) }
        var dice = random.split()
        var generator = TimeLimited(
            Staggered(
                IndependentKeys(workersPerKey: 5) { _ in
                    RegisterOperations(count: 40, mix: .init(), values: .unique)
                }, perSecond: 100), .seconds(20))
        var registers: [Value: Value] = [:]
        var finished: Set<Int> = []
        while finished.count < 10 {
            for worker in 0..<10 where !finished.contains(worker) {
                let step = generator.next(for: worker, at: now.withLock { $0 }, using: &dice)
                guard case .invoke(let invocation, let time) = step else {
                    finished.insert(worker)
                    continue
                }
                now.withLock { $0 = max($0, time) }
                let completion = perform(invocation, on: &registers)
                for kind in [Event.Kind.invoke, completion.kind] {
                    recorder.record(
                        kind, by: .client(worker), invocation.function, key: invocation.key,
                        invocation.value)
                }
                generator.observe(invocation, completion, by: worker)
            }
        }
        try recorder.finish()
        return try Data(schedule.description.utf8) + Data(contentsOf: file)
    }

    private func perform(
        _ invocation: Invocation, on registers: inout [Value: Value]
    ) -> Completion {
        let key = invocation.key ?? .null
        switch invocation.function {
        case "read": return .ok(registers[key] ?? .null)
        case "write":
            registers[key] = invocation.value
            return .ok(invocation.value)
        default:
            guard let (expected, new) = invocation.value.pair, registers[key] == expected else {
                return .fail(.keyword("mismatch"))
            }
            registers[key] = new
            return .ok(invocation.value)
        }
    }

    @Test func `the same seed gives the same bytes under a fake clock`() throws {
        let once = try bytes(seed: 7)
        #expect(once.count > 100_000)
        #expect(try bytes(seed: 7) == once)
        #expect(try bytes(seed: 8) != once)
    }
}

@Suite struct `Generators` {
    @Test func `a key gets its number of operations, then the next one starts`() {
        var random = SplitMix64(seed: 1)
        var generator = IndependentKeys(workersPerKey: 2) { _ in
            RegisterOperations(count: 3, mix: .init(), values: .unique)
        }
        var keys: [Value?] = []
        for round in 0..<8 {
            let step = generator.next(for: round % 2, at: .zero, using: &random)
            guard case .invoke(let invocation, _) = step else { continue }
            keys.append(invocation.key)
        }
        #expect(keys == [0, 0, 0, 1, 1, 1, 2, 2])
    }

    @Test func `groups of workers never share a key`() {
        var random = SplitMix64(seed: 2)
        var generator = IndependentKeys(workersPerKey: 2) { _ in
            RegisterOperations(count: 5, mix: .init(), values: .unique)
        }
        var groups: [Value: Set<Int>] = [:]
        for round in 0..<200 {
            let step = generator.next(for: round % 6, at: .zero, using: &random)
            guard case .invoke(let invocation, _) = step, let key = invocation.key else { continue }
            groups[key, default: []].insert(round % 6 / 2)
        }
        #expect(groups.count >= 40)
        #expect(groups.values.allSatisfy { $0.count == 1 })
    }

    @Test func `written values are unique`() {
        var random = SplitMix64(seed: 3)
        var generator = RegisterOperations(count: 500, mix: .init(), values: .unique)
        var written: [Value] = []
        while case .invoke(let invocation, _) = generator.next(
            for: 0, at: .zero, using: &random)
        {
            if invocation.function == "write" { written.append(invocation.value) }
            if let (_, new) = invocation.value.pair { written.append(new) }
        }
        #expect(written.count > 200)
        #expect(Set(written).count == written.count)
    }

    @Test func `the rate is kept over all workers and the time limit ends the load`() {
        var random = SplitMix64(seed: 4)
        var generator = TimeLimited(
            Staggered(
                RegisterOperations(count: .max, mix: .init(), values: .unique), perSecond: 200),
            .seconds(10))
        var now = Duration.zero
        var count = 0
        while case .invoke(_, let time) = generator.next(
            for: count % 10, at: now, using: &random)
        {
            #expect(time >= now && time < .seconds(10))
            now = time
            count += 1
        }
        #expect((1_900...2_100).contains(count))
    }
}

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
