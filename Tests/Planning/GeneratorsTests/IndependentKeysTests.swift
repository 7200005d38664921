import Generators
import Histories
import Testing

@Suite struct `Independent keys` {
    @Test func `a key is retired once, when its group goes on to the next`() {
        var random = SplitMix64(seed: 1)
        var load = TimeLimited(
            Staggered(
                unlimited: IndependentKeys(workersPerKey: 2) { _ in
                    RegisterOperations(
                        count: 3, mix: .init(read: 1, write: 0, compareAndSet: 0), values: .unique)
                }), .seconds(60))
        var keys: [Value?] = []
        for _ in 0..<3 {
            guard case .invoke(let invocation, _) = load.next(for: 0, at: .zero, using: &random)
            else { continue }
            keys.append(invocation.key)
            #expect(load.retiredKeys().isEmpty)
        }
        guard case .invoke(let next, _) = load.next(for: 1, at: .zero, using: &random) else {
            Issue.record("the group goes on")
            return
        }
        #expect(keys.allSatisfy { $0 == keys.first } && next.key != keys.first)
        #expect(load.retiredKeys() == keys.prefix(1).compactMap(\.self))
        #expect(load.retiredKeys().isEmpty, "asked for once")
    }
}
