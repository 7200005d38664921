/// What a system's own statements show to be wrong with it, seen by its clients while they work.
public struct SystemContradiction: Sendable {
    /// The rule that was broken.
    public enum Rule: String, Hashable, Sendable {
        /// Something that only grows was less than before.
        case wentBackward
        /// Two replicas cannot hold the same.
        case diverged
    }

    /// What was said.
    public struct Statement: Hashable, Sendable {
        /// The rule that it breaks.
        public let rule: Rule
        /// The node that said it.
        public let node: String
        /// What was said, and what it contradicts.
        public let words: String

        /// A statement of a node.
        public init(_ rule: Rule, node: String, _ words: String) {
            self.rule = rule
            self.node = node
            self.words = words
        }
    }

    /// What was said.
    public let statement: Statement
    /// When.
    public let instant: ContinuousClock.Instant

    /// A statement at a time.
    public init(_ statement: Statement, at instant: ContinuousClock.Instant) {
        self.statement = statement
        self.instant = instant
    }
}
