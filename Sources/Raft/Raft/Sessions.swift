/// Client sessions: a command that a client sends again, because it never heard how the first try
/// ended, is applied once (§8, dissertation §6.3).
///
/// A part of the replicated state machine: every server calls it for the same commands in the same
/// order, and puts it into its snapshots, so that it says the same everywhere. A client numbers its
/// commands and has one at a time on its way; the answer of the last one is remembered.
public struct Sessions<Answer: Hashable & Sendable>: Hashable, Sendable {
    /// What is remembered of a client.
    public struct Session: Hashable, Sendable {
        /// The number of its last command.
        public let sequence: UInt64
        /// What that one gave; nil before the first.
        public let answer: Answer?
        /// The index of its last command, or of its opening: the longest unused one goes first.
        public let lastUsed: LogIndex

        /// A session as a snapshot has it.
        public init(sequence: UInt64, answer: Answer?, lastUsed: LogIndex) {
            self.sequence = sequence
            self.answer = answer
            self.lastUsed = lastUsed
        }
    }

    /// How a command of a session ended.
    public enum Outcome: Hashable, Sendable {
        /// It has been applied, now or before, with this answer.
        case applied(Answer)
        /// It is older than the last one, whose answer alone is remembered.
        case stale
        /// The session is not known any more, so nobody can tell whether it was applied before.
        case expired
    }

    /// How many are remembered at most; the same on every server.
    public let most: Int
    /// Those that are remembered.
    public private(set) var sessions: [UInt64: Session]

    /// No sessions yet, or those of a snapshot.
    public init(atMost most: Int, _ sessions: [UInt64: Session] = [:]) {
        self.most = most
        self.sessions = sessions
    }

    /// Opens a session, and ends the longest unused one if there are too many.
    public mutating func open(_ name: UInt64, at index: LogIndex) {
        sessions[name] = Session(sequence: 0, answer: nil, lastUsed: index)
        guard sessions.count > most,
            let oldest = sessions.min(by: {
                ($0.value.lastUsed, $0.key) < ($1.value.lastUsed, $1.key)
            })
        else { return }
        sessions[oldest.key] = nil
    }

    /// Applies a command unless it has been applied before.
    ///
    /// The only place that tells a repeated command from a new one.
    public mutating func apply(
        _ session: UInt64, _ sequence: UInt64, at index: LogIndex, _ perform: () -> Answer
    ) -> Outcome {
        guard let known = sessions[session] else { return .expired }
        if sequence == known.sequence, let answer = known.answer { return .applied(answer) }
        guard sequence > known.sequence else { return .stale }
        let answer = perform()
        sessions[session] = Session(sequence: sequence, answer: answer, lastUsed: index)
        return .applied(answer)
    }
}
