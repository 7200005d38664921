/// The open operations of known outcome, each in a slot that is used again after it completes.
///
/// A search that turns back opens again what had completed, in the slot that it had.
struct Window: ~Copyable {
    /// The entry in each slot, -1 if it is free.
    private(set) var entries: [Int32]
    /// The class in each slot.
    private(set) var classes: [Int32]
    /// The completion in each slot.
    private var completions: [Int]
    private let words: Int

    /// Slots of open pure operations, of open blind writes, and of all other open operations.
    private(set) var pure: [UInt64]
    /// Slots of open blind writes.
    private(set) var blind: [UInt64]
    /// Slots of open operations that are neither.
    private(set) var others: [UInt64]
    /// For each slot, the slots of its class that complete earlier.
    private var earlierTwins: [UInt64]

    init(width: Int, layout: ConfigurationLayout) {
        entries = Array(repeating: -1, count: width)
        classes = Array(repeating: -1, count: width)
        completions = Array(repeating: 0, count: width)
        words = layout.setWords
        pure = Array(repeating: 0, count: words)
        blind = pure
        others = pure
        earlierTwins = Array(repeating: 0, count: words * max(width, 1))
    }

    /// Puts an operation into a free slot.
    mutating func open(
        _ entry: Int, in slot: Int, _ number: Int32, _ callClass: CallClass, until end: Int
    ) {
        entries[slot] = Int32(entry)
        classes[slot] = number
        completions[slot] = end
        if callClass.isPure {
            pure[slot >> 6] |= 1 << UInt64(slot & 63)
        } else {
            if callClass.isBlind {
                blind[slot >> 6] |= 1 << UInt64(slot & 63)
            } else {
                others[slot >> 6] |= 1 << UInt64(slot & 63)
            }
            for twin in entries.indices
            where entries[twin] >= 0 && twin != slot && classes[twin] == number {
                let (early, late) = completions[twin] < end ? (twin, slot) : (slot, twin)
                earlierTwins[late * words + early >> 6] |= 1 << UInt64(early & 63)
            }
        }
    }

    /// Frees a slot.
    mutating func close(_ slot: Int) {
        let mask = ~(1 << UInt64(slot & 63)) as UInt64
        for other in entries.indices { earlierTwins[other * words + slot >> 6] &= mask }
        for word in 0..<words { earlierTwins[slot * words + word] = 0 }
        entries[slot] = -1
        pure[slot >> 6] &= mask
        blind[slot >> 6] &= mask
        others[slot >> 6] &= mask
    }

    /// Whether an open operation of the slot's class that has not been done completes earlier.
    ///
    /// One that an unseen state has hidden is none: it may have come there, where this one may not
    /// have begun. A hidden blind write is one, for this one can come just before it.
    func hasEarlierTwin(
        _ slot: Int, in configuration: Configuration, _ layout: ConfigurationLayout
    ) -> Bool {
        for word in 0..<words {
            let settled =
                configuration[layout.done + word]
                | configuration[layout.hidden + word] & others[word]
            if earlierTwins[slot * words + word] & ~settled != 0 { return true }
        }
        return false
    }
}
