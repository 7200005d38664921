/// How a server behaves; times in ticks.
public struct Options: Hashable, Sendable {
    /// A follower that hears nothing for this long, and up to twice that, stands for election.
    public var electionTicks = 10
    /// A leader says something at least so often.
    public var heartbeatTicks = 2
    /// At most so many entries in one message.
    public var mostEntries = 64
    /// At most so many messages on the way to a server that keeps up.
    public var mostInFlight = 8
    /// Bytes of a part of a snapshot.
    public var snapshotPartSize = 65_536

    /// The defaults.
    public init() {}
}
