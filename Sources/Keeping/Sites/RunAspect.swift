internal import Results

/// What a run is asked, beside its faults: a case each where runs are shown as tests.
enum RunAspect: String, CaseIterable {
    /// Every key has an order that explains what clients saw.
    case linearizable
    /// No node ended or gave up by itself.
    case noCrash = "no crash"
    /// Every node served again after the last fault.
    case recovered
    /// Nodes agree on state, leader and term.
    case agreement
    /// Replies made sense.
    case replies = "sensible replies"
    /// What the workload checks besides.
    case rules = "rules of the workload"

    /// The aspect that a finding breaks.
    init(_ kind: Finding.Kind) {
        self =
            switch kind {
            case .unaskedExit, .panic: .noCrash
            case .notServing, .endlessElections: .recovered
            case .divergedState, .divergedLog, .twoLeaders, .wentBackward, .servedWiped,
                .servedDamaged, .stubbornLeader:
                .agreement
            case .nonsense: .replies
            case .check: .rules
            }
    }
}
