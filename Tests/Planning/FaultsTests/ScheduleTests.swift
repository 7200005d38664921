import Generators
import Testing
import Topologies

@testable import Faults

@Suite struct `Schedules` {
    private static let nodes = (1...5).map(NodeName.init(number:))

    private func schedule(
        _ names: [FaultName], every: ClosedRange<Duration> = .seconds(5)...(.seconds(5)),
        length: ClosedRange<Duration> = .milliseconds(2_500)...(.milliseconds(2_500)),
        together: ClosedRange<Int> = 1...1, overlap: Bool = false, seed: UInt64 = 5
    ) -> Schedule {
        var random = SplitMix64(seed: seed)
        return Schedule(
            requests: names.compactMap { FaultRequest($0, nodes: 5) },
            rhythm: .init(first: .seconds(2), every: every, together: together, overlap: overlap),
            style: Style(nodes: Self.nodes, length: length), within: .seconds(60), using: &random)
    }

    @Test func `every request comes about equally often, each round with its time`() throws {
        let names: [FaultName] = ["halves", "isolate-leader", "kill", "pause"]
        let schedule = schedule(names)
        #expect(schedule.rounds.count == 11)
        for name in names {
            let kinds = try #require(FaultRequest(name, nodes: 5)).kinds.map(\.name)
            let count = schedule.rounds.count { round in
                kinds.contains { "\(round.scenario)".hasPrefix("\($0) ") }
            }
            #expect(count >= 2)
        }
        #expect(schedule.rounds.map(\.start) == (0..<11).map { .seconds(2 + 5 * $0) })
        #expect(schedule.rounds.allSatisfy { $0.scenario.leastLength == .milliseconds(2_500) })
    }

    @Test func `lengths, starts and company are drawn from their ranges`() {
        let schedule = schedule(
            ["partition", "pause"], every: .seconds(2)...(.seconds(4)),
            length: .milliseconds(200)...(.milliseconds(1_200)), together: 1...3)
        let gaps = zip(schedule.rounds, schedule.rounds.dropFirst()).map { $1.start - $0.start }
        #expect(gaps.allSatisfy { (.seconds(2)...(.seconds(4))).contains($0) })
        #expect(Set(gaps).count > 5)
        let counts = schedule.rounds.map { "\($0.scenario)".split(separator: ";").count }
        #expect(Set(counts) == [1, 2, 3])
        #expect(schedule.rounds.allSatisfy { $0.scenario.leastLength <= .milliseconds(2_400) })
    }

    @Test func `the same seed gives the same rounds, another one others`() {
        func text(_ seed: UInt64) -> String {
            schedule(["storm", "depose", "kill"], together: 1...3, seed: seed).description
        }
        #expect(text(7) == text(7))
        #expect(text(7) != text(8))
    }

    @Test func `each fault draws its own delay from a range, and no dice without one`() {
        var random = SplitMix64(seed: 3)
        var style = Style(nodes: Self.nodes, length: .seconds(1)...(.seconds(1)))
        let untouched = random
        #expect(style.drawIntensity(using: &random).delay == Intensity().delay)
        style.delays = .milliseconds(80)...(.milliseconds(80))
        #expect(style.drawIntensity(using: &random).delay == .milliseconds(80))
        #expect(random == untouched)
        style.delays = .milliseconds(80)...(.milliseconds(240))
        let delays = (0..<50).map { _ in style.drawIntensity(using: &random).delay }
        #expect(delays.allSatisfy { (.milliseconds(80)...(.milliseconds(240))).contains($0) })
        #expect(Set(delays).count > 20)
    }

    @Test func `a storm draws nothing for which the cluster has to be made in another way`() {
        let strangers = FaultCatalog.all.filter { !$0.needs.isEmpty }.map(\.name)
        #expect(!strangers.isEmpty)
        for seed in 1...100 {
            let text = schedule(["storm"], seed: UInt64(seed)).description
            #expect(strangers.allSatisfy { !text.contains("\($0) ") }, "seed \(seed): \(text)")
        }
    }

    @Test func `faults that overlap are one round, each at its own time`() {
        let schedule = schedule(
            ["halves", "kill-one"], every: .seconds(1)...(.seconds(1)), overlap: true)
        #expect(schedule.rounds.count == 1)
        #expect("\(schedule)".contains("at +0 s") && "\(schedule)".contains("at +30 s"))
    }
}
