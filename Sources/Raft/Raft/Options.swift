/// How a server behaves; times in ticks.
public struct Options: Hashable, Sendable {
    /// A follower that hears nothing for this long, and up to twice that, campaigns.
    public var electionTicks = 10
    /// A leader says something at least so often.
    public var heartbeatTicks = 2
    /// At most so many entries in one message.
    public var mostEntries = 64
    /// No entry is added to a message that holds so many bytes already.
    public var mostBytes = 1 << 20
    /// At most so many messages on the way to a server that keeps up.
    public var mostInFlight = 8
    /// Bytes of a part of a snapshot.
    public var snapshotPartSize = 65_536
    /// For so long after the beginning of a round that a majority has answered, a leader answers
    /// reads without asking again (dissertation §6.4.1); 0 for never, the default.
    ///
    /// This trusts the clocks: it must be shorter than ``electionTicks`` by more than the clocks
    /// of two servers can drift apart in that time, and ticks that have passed must be told to the
    /// server before any read that came after them.
    public var leaseTicks = 0

    /// The defaults.
    public init() {}

    /// Drawn anew for each wait (§5.2).
    func electionTimeout(using random: inout some RandomNumberGenerator) -> Int {
        Int.random(in: electionTicks..<2 * electionTicks, using: &random)
    }
}
