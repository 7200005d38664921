import Checkers
import Generators
import Histories
import Models
import Testing

/// Keys whose last appends nobody reads before they are put anew.
@Suite struct `States that nobody sees` {
    private func events(_ calls: [(process: Int, kind: Event.Kind, f: String, text: String?)])
        -> [Event]
    {
        calls.enumerated().map { index, call in
            Event(
                index: index, process: .client(call.process), kind: call.kind, function: call.f,
                value: call.text.map { .string($0) } ?? .null)
        }
    }

    /// Ten appends at once, none of them ever read, a put, and a read of the put or of one append.
    private func unread(readAs text: String) throws -> History {
        var calls: [(process: Int, kind: Event.Kind, f: String, text: String?)] = []
        for kind in [Event.Kind.invoke, .ok] {
            for process in 0..<10 { calls.append((process, kind, "append", "\(process),")) }
        }
        for kind in [Event.Kind.invoke, .ok] { calls.append((0, kind, "put", "new")) }
        calls.append((0, .invoke, "get", nil))
        calls.append((0, .ok, "get", text))
        return try History(events(calls))
    }

    @Test func `the order of appends that nobody reads is never asked for`() throws {
        // Ten appends have three million orders; work is counted, the same on any machine.
        let checker = Checker(model: KeyValue(), budget: Budget(steps: 20_000))
        #expect(try checker.check(unread(readAs: "new")).verdict.word == "linearizable")
    }

    @Test func `what is hidden where nobody sees it may be what the next visible state lacks`()
        throws
    {
        // A put that crashed comes between: the append stands behind it, and not behind the first.
        let history = try History(
            events([
                (0, .invoke, "put", "b"), (0, .ok, "put", "b"), (1, .invoke, "put", "a"),
                (1, .info, "put", "a"), (0, .invoke, "append", "c"), (0, .ok, "append", "c"),
                (0, .invoke, "get", nil), (0, .ok, "get", "ac"),
            ]))
        #expect(try Checker(model: KeyValue()).check(history).verdict.word == "linearizable")
    }

    @Test func `a read of what had been put away is a violation all the same, and told in words`()
        throws
    {
        let checker = Checker(model: KeyValue(), budget: Budget(steps: 20_000))
        let report = try checker.check(unread(readAs: "3,"))
        guard case .violation(let contradiction) = report.verdict else {
            Issue.record("is \(report.verdict.word)")
            return
        }
        #expect(contradiction.sentence.contains("fits nowhere"), "\(contradiction.sentence)")
    }

    @Test(arguments: UInt64(1)...5, [false, true])
    func `a store of ten keys is decided while fifty clients are at it`(
        seed: UInt64, isBad: Bool
    ) throws {
        var random = SplitMix64(seed: seed)
        let kind = KeyValueHistory(operations: 2_000, processes: 50, isBad: isBad)
        let history = try History(kind.events(using: &random))
        let report = try Checker(model: KeyValue(), budget: Budget(steps: 1_000_000)).check(history)
        #expect(report.verdict.word == (isBad ? "violation" : "linearizable"))
    }
}
