/// A moment of a run: monotonic nanoseconds since its start, in eight bytes.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since the start of the run.
    public var nanoseconds: Int

    /// The moment so many nanoseconds after the start.
    public init(nanoseconds: Int) { self.nanoseconds = nanoseconds }

    /// The moment so long after the start.
    public init(_ sinceStart: Duration) {
        let (seconds, attoseconds) = sinceStart.components
        nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    }

    /// Time since the start of the run.
    public var sinceStart: Duration { .nanoseconds(nanoseconds) }

    /// Seconds since the start of the run.
    public var seconds: Double { Double(nanoseconds) / 1e9 }

    /// Earlier first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension Timestamp {
    /// What was stored for an optional moment.
    init?(stored: Int) {
        guard stored != .min else { return nil }
        self.init(nanoseconds: stored)
    }
}

extension Timestamp? {
    /// The moment in eight bytes; the lowest integer, 292 years before any run, where there is
    /// none.
    var stored: Int { self?.nanoseconds ?? .min }
}
