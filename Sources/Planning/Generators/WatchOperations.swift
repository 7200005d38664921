public import Histories

/// Puts and deletions in one folder of keys, compactions right behind a deletion, and watches of all
/// of it: each worker watches for a while, and goes on later from where it stopped.
public struct WatchOperations: Generator {
    private let keys: Int
    private let window: Duration
    private var left: Int
    private var lastPut = 0
    private var lastDeletion: Int?
    private var next: [Int: Int] = [:]

    /// So many operations on so many keys; a watch lasts as long as the window.
    public init(count: Int, keys: Int, window: Duration) {
        left = count
        self.keys = keys
        self.window = window
    }

    /// The next operation, until the count is reached: of ten, three watches, four puts and two
    /// deletions, and one compaction if a deletion is known.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        guard left > 0 else { return .finished }
        left -= 1
        let key = Value.int(Int.random(in: 0..<keys, using: &random))
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3:
            let milliseconds = Int((window / .milliseconds(1)).rounded())
            return .invoke(
                Invocation("watch", [.int(next[worker] ?? 1), .int(milliseconds)]), at: now)
        case 3..<5: return .invoke(Invocation("delete", key), at: now)
        case 5:
            guard let revision = lastDeletion else { fallthrough }
            lastDeletion = nil
            return .invoke(Invocation("compact", .int(revision)), at: now)
        default:
            lastPut += 1
            return .invoke(Invocation("put", [key, .int(lastPut)]), at: now)
        }
    }

    /// Remembers where a worker stopped, and the revision of the last deletion.
    public mutating func observe(
        _ invocation: Invocation, _ completion: Completion, by worker: Int
    ) {
        guard case .ok(let value) = completion else { return }
        switch invocation.function {
        case "delete": lastDeletion = value.pair?.1.int
        case "watch":
            let last = value.entry("events")?.elements?.last?.elements?.first?.int
            if let last { next[worker] = last + 1 }
        default: break
        }
    }
}
