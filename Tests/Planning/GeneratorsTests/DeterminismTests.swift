import Faults
import Foundation
import Generators
import Histories
import Synchronization
import Testing
import Topologies

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
            rhythm: .init(first: .seconds(2), every: .seconds(6)...(.seconds(6))),
            style: Style(
                nodes: (1...5).map(NodeName.init(number:)), length: .seconds(3)...(.seconds(3))),
            within: .seconds(60), using: &random)
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
