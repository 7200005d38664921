package import Raft
public import RaftMutants

/// What is simulated: the true core and an embedder as it should be, or one of them with a bug in
/// it, to prove that the simulator finds it.
public struct Subject: Sendable {
    let rules: any Rules
    let bug: Mutant.EmbedderBug?
    let deviated: @Sendable () -> Void

    /// What ships.
    public init() { self.init(rules: PaperRules()) }

    /// A planted bug.
    ///
    /// - Parameters:
    ///   - mutant: the bug.
    ///   - deviated: called each time that it does what a right server would not.
    public init(_ mutant: Mutant, deviated: @escaping @Sendable () -> Void) {
        self.init(
            rules: mutant.rules(Deviation(deviated)), bug: mutant.bug, deviated: deviated)
    }

    package init(
        rules: any Rules, bug: Mutant.EmbedderBug? = nil,
        deviated: @escaping @Sendable () -> Void = {}
    ) {
        self.rules = rules
        self.bug = bug
        self.deviated = deviated
    }

    /// Whether the embedder has this bug; it is about to do what a right one would not.
    func has(_ bug: Mutant.EmbedderBug) -> Bool {
        guard self.bug == bug else { return false }
        deviated()
        return true
    }
}
