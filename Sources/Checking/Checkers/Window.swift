/// The open operations of known outcome, each in a slot that is used again after it completes.
///
/// A search that turns back opens again what had completed, in the slot that it had.
///
/// Two pieces of memory and their sizes, for it is handed on millions of times a second.
struct Window: ~Copyable {
    private struct Slot {
        /// The entry; -1 if the slot is free.
        var entry: Int32 = -1
        /// Its class.
        var callClass: Int32 = -1
        /// Its completion.
        var completion = 0
    }

    private let slots: UnsafeMutableBufferPointer<Slot>
    /// The three sets, and for each slot the slots of its class that complete earlier.
    private let sets: UnsafeMutablePointer<UInt64>
    /// Words of a set.
    private let words: Int

    init(width: Int, layout: ConfigurationLayout) {
        words = layout.setWords
        slots = .allocate(capacity: width)
        slots.initialize(repeating: Slot())
        let length = words * (3 + width)
        sets = .allocate(capacity: length)
        sets.initialize(repeating: 0, count: length)
    }

    deinit {
        slots.deallocate()
        sets.deallocate()
    }

    /// Slots of open pure operations.
    var pure: UnsafeMutablePointer<UInt64> { sets }
    /// Slots of open blind writes.
    var blind: UnsafeMutablePointer<UInt64> { sets + words }
    /// Slots of open operations that are neither.
    var others: UnsafeMutablePointer<UInt64> { sets + 2 * words }
    private func earlierTwins(of slot: Int) -> UnsafeMutablePointer<UInt64> {
        sets + (3 + slot) * words
    }

    /// The entry in a slot; -1 if it is free.
    func entry(_ slot: Int) -> Int32 { slots[slot].entry }

    /// The class of the operation in a slot.
    func callClass(_ slot: Int) -> Int32 { slots[slot].callClass }

    /// The entries that are open, in their order.
    var open: [Int] { slots.lazy.filter { $0.entry >= 0 }.map { Int($0.entry) }.sorted() }

    /// Puts an operation into a free slot.
    mutating func open(
        _ entry: Int, in slot: Int, _ number: Int32, _ callClass: CallClass, until end: Int
    ) {
        slots[slot] = Slot(entry: Int32(entry), callClass: number, completion: end)
        let (word, bit) = (slot >> 6, 1 << UInt64(slot & 63) as UInt64)
        if callClass.isPure {
            pure[word] |= bit
            return
        }
        if callClass.isBlind { blind[word] |= bit } else { others[word] |= bit }
        for twin in slots.indices
        where slots[twin].callClass == number && slots[twin].entry >= 0 && twin != slot {
            let (early, late) = slots[twin].completion < end ? (twin, slot) : (slot, twin)
            earlierTwins(of: late)[early >> 6] |= 1 << UInt64(early & 63)
        }
    }

    /// Frees a slot.
    mutating func close(_ slot: Int) {
        let (word, mask) = (slot >> 6, ~(1 << UInt64(slot & 63)) as UInt64)
        // Pure operations are nobody's twins.
        if pure[word] & ~mask == 0 {
            for other in slots.indices { earlierTwins(of: other)[word] &= mask }
            earlierTwins(of: slot).update(repeating: 0, count: words)
        }
        slots[slot].entry = -1
        pure[word] &= mask
        blind[word] &= mask
        others[word] &= mask
    }

    /// Whether an open operation of the slot's class that has not been done completes earlier.
    ///
    /// One that an unseen state has hidden is none: it may have come there, where this one may not
    /// have begun. A hidden blind write is one, for this one can come just before it.
    func hasEarlierTwin(
        _ slot: Int, in configuration: Configuration, _ layout: ConfigurationLayout
    ) -> Bool {
        let twins = earlierTwins(of: slot)
        for word in 0..<words {
            let settled =
                configuration[layout.done + word]
                | configuration[layout.hidden + word] & others[word]
            if twins[word] & ~settled != 0 { return true }
        }
        return false
    }
}
