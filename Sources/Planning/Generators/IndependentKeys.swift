public import Histories

/// Many small objects instead of one large one: workers form groups, each group works on a key
/// of its own until that key's generator is finished, and then takes the next key.
///
/// Checking costs little then, for each key's history is short (Jepsen's independent concurrent
/// generator).
public struct IndependentKeys<Inner: Generator>: Generator {
    private let workersPerKey: Int
    private let make: @Sendable (Int) -> Inner
    private var groups: [Int: (key: Int, inner: Inner)] = [:]
    private var running: [Int: Int] = [:]
    private var nextKey = 0
    private var retired: [Value] = []

    /// Keys that groups of so many workers share, each with a generator made for it.
    public init(workersPerKey: Int, _ make: @escaping @Sendable (Int) -> Inner) {
        self.workersPerKey = workersPerKey
        self.make = make
    }

    /// How many keys have been started.
    public var keyCount: Int { nextKey }

    /// The group's next operation, on the next key if the present one is finished.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        let group = worker / workersPerKey
        for _ in 0..<2 {
            var present = groups[group] ?? start()
            let step = present.inner.next(for: worker % workersPerKey, at: now, using: &random)
            groups[group] = present
            if case .invoke(var invocation, let time) = step {
                invocation.key = .int(present.key)
                running[worker] = present.key
                return .invoke(invocation, at: time)
            }
            retired.append(.int(present.key))
            groups[group] = start()
        }
        return .finished
    }

    /// The keys whose generators are finished.
    public mutating func retiredKeys() -> [Value] {
        defer { retired = [] }
        return retired
    }

    private mutating func start() -> (key: Int, inner: Inner) {
        defer { nextKey += 1 }
        return (nextKey, make(nextKey))
    }

    /// Passes a completion on to its key's generator, if its group is still at that key.
    public mutating func observe(
        _ invocation: Invocation, _ completion: Completion, by worker: Int
    ) {
        let group = worker / workersPerKey
        guard let key = running.removeValue(forKey: worker), groups[group]?.key == key else {
            return
        }
        groups[group]?.inner.observe(invocation, completion, by: worker % workersPerKey)
    }
}
