import Generators
import Histories
import Testing

@Suite struct `Workers that only read` {
    @Test func `read whatever the mix says, and the others do what it says`() {
        var random = SplitMix64(seed: 7)
        var operations = RegisterOperations(
            count: 100, mix: .init(read: 0, write: 1, compareAndSet: 0), values: .unique,
            readers: 2..<4)
        for step in 0..<100 {
            let worker = step % 4
            guard
                case .invoke(let invocation, _) = operations.next(
                    for: worker, at: .zero, using: &random)
            else {
                Issue.record("there are 100 operations")
                return
            }
            #expect(invocation.function == (worker < 2 ? "write" : "read"))
        }
    }
}
