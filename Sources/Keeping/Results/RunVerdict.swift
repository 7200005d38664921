/// A whole run in one word.
public enum RunVerdict: String, Codable, Sendable, CaseIterable {
    /// Every history is linearizable, every requested fault bit, nothing else was found.
    case valid
    /// A history is not linearizable, or something else was found.
    case invalid
    /// The checker met a limit.
    case undecided
    /// The run tested too little to say anything.
    case inconclusive
    /// The harness itself failed, and found nothing before that.
    case failed

    /// The status that the program exits with.
    public var exitStatus: Int32 {
        switch self {
        case .valid: 0
        case .invalid: 1
        case .undecided, .inconclusive: 2
        case .failed: 70
        }
    }
}

/// How far a run came.
public enum RunEnding: String, Codable, Sendable {
    /// To its planned end.
    case completed
    /// Until somebody stopped it; it ended in good order.
    case stopped
    /// Until the first thing that was wrong, as it had been asked to.
    case foundFirst = "found-first"
    /// Not even to the start of its load.
    case notSetUp = "not-set-up"
    /// Until its own watchdog ended it, for it would not end by itself.
    case abandoned
}
