public import Histories

/// Reads, writes and compare-and-sets of one register.
///
/// With unique values every write has a value of its own, so that a history can be decided in
/// linear time and a stale read names the write that it missed. Most compare-and-sets expect the
/// value that was seen last, so that some of them succeed.
public struct RegisterOperations: Generator {
    /// How often each operation comes, relative to the others.
    public struct Mix: Hashable, Sendable {
        /// Reads.
        public var read: Int
        /// Writes.
        public var write: Int
        /// Compare-and-sets.
        public var compareAndSet: Int

        /// Relative weights; at least one is above zero.
        public init(read: Int = 2, write: Int = 1, compareAndSet: Int = 1) {
            self.read = read
            self.write = write
            self.compareAndSet = compareAndSet
        }
    }

    /// Where written values come from.
    public enum Values: Hashable, Sendable {
        /// 1, 2, 3 and so on, each written once.
        case unique
        /// 0 up to this, drawn anew each time.
        case below(Int)
    }

    private let mix: Mix
    private let values: Values
    private let readers: Range<Int>
    private var left: Int
    private var lastWritten = 0
    private var lastSeen = Value.null

    /// So many operations on one register; workers of these numbers do nothing but read.
    ///
    /// A worker waits for its write on a node that cannot have it committed, and asks nothing
    /// meanwhile; one that only reads goes on asking, and sees what that node says.
    public init(count: Int, mix: Mix, values: Values, readers: Range<Int> = 0..<0) {
        left = count
        self.mix = mix
        self.values = values
        self.readers = readers
    }

    /// The next operation, until the count is reached.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        guard left > 0 else { return .finished }
        left -= 1
        if readers.contains(worker) { return .invoke(Invocation("read"), at: now) }
        let total = mix.read + mix.write + mix.compareAndSet
        let invocation =
            switch Int.random(in: 0..<total, using: &random) {
            case ..<mix.read: Invocation("read")
            case ..<(mix.read + mix.write): Invocation("write", fresh(using: &random))
            default:
                Invocation("cas", [expected(using: &random), fresh(using: &random)])
            }
        return .invoke(invocation, at: now)
    }

    private mutating func fresh(using random: inout some RandomNumberGenerator) -> Value {
        switch values {
        case .unique:
            lastWritten += 1
            return .int(lastWritten)
        case .below(let bound): return .int(Int.random(in: 0..<bound, using: &random))
        }
    }

    /// Nine times of ten what was seen last, or else any value that may be there.
    private func expected(using random: inout some RandomNumberGenerator) -> Value {
        if lastSeen != .null, Int.random(in: 0..<10, using: &random) > 0 { return lastSeen }
        switch values {
        case .unique: return .int(Int.random(in: 0...lastWritten, using: &random))
        case .below(let bound): return .int(Int.random(in: 0..<bound, using: &random))
        }
    }

    /// Remembers the value that an operation has just seen or left.
    public mutating func observe(
        _ invocation: Invocation, _ completion: Completion, by worker: Int
    ) {
        guard case .ok(let value) = completion else { return }
        switch invocation.function {
        case "read": lastSeen = value
        case "write": lastSeen = invocation.value
        default: if let (_, new) = invocation.value.pair { lastSeen = new }
        }
    }
}
