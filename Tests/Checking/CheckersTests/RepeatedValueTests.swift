import Checkers
import Generators
import Histories
import Models
import Testing

@Suite struct `Sequences whose values repeat` {
    private func check(
        _ model: some Model, _ sequence: SequenceHistory, seed: UInt64
    ) throws -> KeyReport {
        var random = SplitMix64(seed: seed)
        let history = try History(sequence.events(using: &random))
        return try Checker(model: model).check(history).keys[0]
    }

    @Test(arguments: UInt64(1)...6, [2, 5, 20])
    func `a stack of 1,000 operations takes a few thousand steps`(
        seed: UInt64, values: Int
    ) throws {
        let sequence = SequenceHistory(.stack, operations: 1_000, processes: 5, values: values)
        let report = try check(Stack(), sequence, seed: seed)
        #expect(report.verdict.word == "linearizable")
        #expect(report.steps < 200_000)
    }

    @Test(arguments: UInt64(1)...6, [5, 1_000])
    func `so does a queue of ten processes, ten of whose operations crashed`(
        seed: UInt64, values: Int
    ) throws {
        let sequence = SequenceHistory(
            .fifo, operations: 1_000, processes: 10, crashed: 10, values: values)
        let report = try check(FIFOQueue(), sequence, seed: seed)
        #expect(report.verdict.word == "linearizable")
        #expect(report.steps < 1_000_000)
    }

    @Test(arguments: SequenceHistory.Kind.allCases)
    func `one element too many taken out is a violation, found by all orders`(
        kind: SequenceHistory.Kind
    ) throws {
        var random = SplitMix64(seed: 3)
        var events = SequenceHistory(kind, operations: 400, processes: 5, values: 3)
            .events(using: &random)
        let put = kind == .stack ? "push" : "enqueue"
        let take = kind == .stack ? "pop" : "dequeue"
        let left =
            events.count { $0.kind == .ok && $0.function == put }
            - events.count { $0.kind == .ok && $0.function == take && $0.value != .null }
        for number in 0...left {
            for (kind, value) in [(Event.Kind.invoke, Value.null), (.ok, .int(number % 3))] {
                events.append(
                    Event(
                        index: events.count, process: .client(0), kind: kind, function: take,
                        value: value))
            }
        }
        let history = try History(events)
        let report =
            kind == .stack
            ? try Checker(model: Stack()).check(history)
            : try Checker(model: FIFOQueue()).check(history)
        guard case .violation(let found) = report.verdict else {
            Issue.record("it said \(report.verdict)")
            return
        }
        #expect(found.sentence.contains(take == "pop" ? "popped" : "dequeued"))
    }

    @Test func `what was there at first is taken out too`() throws {
        func history(_ values: [Int], _ take: String) throws -> History {
            try History(
                text: values.map { value in
                    """
                    {:process 0 :type :invoke :f :\(take) :value nil}
                    {:process 0 :type :ok :f :\(take) :value \(value)}
                    """
                }.joined(separator: "\n"))
        }
        let stack = Checker(model: Stack(initial: [1, 2, 1]))
        #expect(try stack.check(history([1, 2, 1], "pop")).verdict.word == "linearizable")
        #expect(try stack.check(history([1, 1], "pop")).verdict.word == "violation")
        let queue = Checker(model: FIFOQueue(initial: [1, 1, 2]))
        #expect(try queue.check(history([1, 1, 2], "dequeue")).verdict.word == "linearizable")
        #expect(try queue.check(history([1, 2], "dequeue")).verdict.word == "violation")
    }
}
