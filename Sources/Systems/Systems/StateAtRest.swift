/// What a node holds while nobody writes, as it says itself.
public struct StateAtRest: Hashable, Sendable {
    /// What a node says when it is asked.
    public enum Answer: Hashable, Sendable {
        /// Its system never says such a thing.
        case unsaid
        /// It did not say so this time: it is gone, or still at work.
        case silence
        /// It holds this.
        case state(StateAtRest)
    }

    /// The index of the last entry that it has applied.
    public let index: UInt64
    /// What it holds, in parts by name: two nodes agree if the parts that both have are equal.
    public let parts: [String: String]

    /// What a node holds.
    public init(index: UInt64, parts: [String: String]) {
        self.index = index
        self.parts = parts
    }

    /// The parts that both have and that are not the same, by name.
    public func differences(from other: StateAtRest) -> [String] {
        parts.keys.sorted().filter { name in
            other.parts[name].map { $0 != parts[name] } ?? false
        }
    }
}
