import Generators
import Histories
import Testing

@Suite struct `Workers on a lock` {
    /// What worker 0 does while worker 1 has the lock, in so many operations.
    private func functions(strays: Double) -> [String] {
        var random = SplitMix64(seed: 7)
        var operations = LockOperations(count: 1_000, strays: strays)
        operations.observe(Invocation("acquire"), .ok(.null), by: 1)
        return (0..<1_000).compactMap { _ in
            guard
                case .invoke(let invocation, _) = operations.next(
                    for: 0, at: .zero, using: &random)
            else { return nil }
            operations.observe(invocation, .mismatch, by: 0)
            return invocation.function
        }
    }

    @Test func `that do not hold it only try to get it`() {
        #expect(functions(strays: 0) == Array(repeating: "acquire", count: 1_000))
    }

    @Test func `release what others hold where strays are asked for`() {
        let strays = functions(strays: 0.3).count { $0 == "release" }
        #expect((200...400).contains(strays))
    }

    @Test func `that hold it release it`() {
        var random = SplitMix64(seed: 7)
        var operations = LockOperations(count: 10, strays: 0.3)
        operations.observe(Invocation("acquire"), .ok(.null), by: 1)
        guard case .invoke(let next, _) = operations.next(for: 1, at: .zero, using: &random) else {
            Issue.record("there are ten operations")
            return
        }
        #expect(next.function == "release")
    }
}
