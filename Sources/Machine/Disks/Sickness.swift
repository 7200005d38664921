public import SystemPackage

/// What a disk can suffer from while its node works on.
public enum Sickness: Codable, Hashable, Sendable {
    /// No block is left: whatever needs one fails with ENOSPC, writes in place too, as on a file
    /// system that copies on write.
    case full
    /// Every nth sync or read fails with EIO. What a failed sync should have made durable never
    /// is; what the kernel has in its cache is not read again.
    case errors(every: Int)
    /// A sync takes this much longer, in milliseconds, drawn by the seed.
    case slow(from: Int, to: Int)
}

/// A disk's state of health: what is asked of it, and what it answers; a value without a clock.
public struct Health: Sendable {
    /// What a system call asks of the disk.
    public enum Request: Sendable {
        /// Bytes or a name that need a block.
        case allocation
        /// A read.
        case read
        /// A sync.
        case sync
    }

    /// What the disk does.
    public enum Answer: Hashable, Sendable {
        /// What it is asked to.
        case works
        /// It fails.
        case fails(Errno)
        /// It works after this time.
        case dawdles(Duration)
    }

    /// How often a sickness showed.
    public struct Symptoms: Codable, Hashable, Sendable {
        /// Requests that failed.
        public var failed = 0
        /// Syncs that were late.
        public var slow = 0
        /// Milliseconds that they waited, all together.
        public var waited = 0

        /// None.
        public init() {}
    }

    /// What it suffers from at present.
    public private(set) var sickness: Sickness?
    /// What showed since it fell ill.
    public private(set) var symptoms = Symptoms()
    private var seed: UInt64 = 0
    private var asked = 0

    /// A healthy disk.
    public init() {}

    /// It falls ill, or is healed by nil.
    ///
    /// - Returns: what has shown until now.
    @discardableResult
    public mutating func turn(_ sickness: Sickness?, seed: UInt64) -> Symptoms {
        defer { (self.sickness, self.seed, symptoms, asked) = (sickness, seed, Symptoms(), 0) }
        return symptoms
    }

    /// What happens to a request.
    public mutating func answer(_ request: Request) -> Answer {
        switch (sickness, request) {
        case (.full, .allocation): return fails(.noSpace)
        case (.errors(let every), .sync), (.errors(let every), .read):
            asked += 1
            return asked % max(1, every) == 0 ? fails(.ioError) : .works
        case (.slow(let from, let to), .sync):
            asked += 1
            let span = UInt64(max(1, to - from + 1))
            let time = from + Int(PowerLoss.mixed(seed, UInt64(asked)) % span)
            symptoms.slow += 1
            symptoms.waited += time
            return .dawdles(.milliseconds(time))
        default: return .works
        }
    }

    private mutating func fails(_ error: Errno) -> Answer {
        symptoms.failed += 1
        return .fails(error)
    }
}
