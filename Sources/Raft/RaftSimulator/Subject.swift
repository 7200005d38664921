package import Generators
package import Raft

/// What is simulated: the true core and an embedder as it should be, or one of them with a bug in
/// it, to prove that the simulator finds it.
public struct Subject: Sendable {
    /// How a server takes a step; a bug of the embedder's around the core may change it.
    package typealias Step =
        @Sendable (inout Server, Event, inout SplitMix64, inout Memory) -> [Effect]

    /// What a step of a bug remembers of its server's life.
    package struct Memory: Sendable {
        package var requests: [UInt64: LogIndex] = [:]
        package init() {}
    }

    /// Something that the embedder does wrong.
    package enum EmbedderBug: Hashable, Sendable {
        /// What depends on the disk does not wait for it.
        case carriesOutBeforeSync
        /// Messages leave before the term and the vote are safe.
        case sendsAllEarly
        /// The torn end of a write is taken for whole.
        case keepsTornTail
        /// A server comes back with an empty disk.
        case wipedAtCrash
        /// A repeated command is applied again.
        case forgetsSessions
        /// Snapshots leave the sessions out.
        case snapshotsOmitSessions
        /// A snapshot names an index before the one that it covers.
        case snapshotsIndexEarlier
        /// Entries are confirmed as soon as they stand in the leader's log.
        case answersOnceProposed
        /// A command whose place another one took is confirmed.
        case confirmsOverwritten
        /// A snapshot that was installed does not replace the state.
        case installsNothing
        /// The disk says early what it has.
        case tellsPersistedEarly
    }

    package var rules: any Rules = PaperRules()
    package var bug: EmbedderBug?
    package var step: Step = { server, event, random, _ in server.step(event, using: &random) }
    /// Called each time that something is done that a right server would not do.
    package var deviated: @Sendable () -> Void = {}

    /// What ships.
    public init() {}

    package init(
        rules: any Rules = PaperRules(), bug: EmbedderBug? = nil, step: Step? = nil,
        deviated: @escaping @Sendable () -> Void = {}
    ) {
        self.rules = rules
        self.bug = bug
        if let step { self.step = step }
        self.deviated = deviated
    }

    /// Whether the embedder has this bug; it is about to do what a right one would not.
    func has(_ bug: EmbedderBug) -> Bool {
        guard self.bug == bug else { return false }
        deviated()
        return true
    }
}
