/// One way in which the past may have gone: see ``Frontier``.
struct Configuration {
    /// How a configuration lies in memory: the done set, the hidden set, the counts.
    struct Layout {
        /// Words of a set of window slots.
        let setWords: Int
        /// Words of the counts of used crashed operations, four to a word.
        let countWords: Int

        init(window: Int, classes: Int) {
            setWords = max(1, (window + 63) / 64)
            countWords = (classes + 3) / 4
        }

        var words: Int { 2 * setWords + countWords }
    }

    var state: Int32
    private var words: [UInt64]

    init(_ layout: Layout, state: Int32) {
        self.state = state
        words = Array(repeating: 0, count: layout.words)
    }

    /// The slots of open operations that have taken effect.
    func done(_ layout: Layout) -> ArraySlice<UInt64> { words[..<layout.setWords] }

    /// The slots of open blind writes that need not be seen any more.
    func hidden(_ layout: Layout) -> ArraySlice<UInt64> {
        words[layout.setWords..<2 * layout.setWords]
    }

    func isDone(_ slot: Int, _ layout: Layout) -> Bool { words.contains(slot) }

    func isHidden(_ slot: Int, _ layout: Layout) -> Bool {
        words[layout.setWords + slot >> 6] & (1 << UInt64(slot & 63)) != 0
    }

    /// The used crashed operations.
    func counts(_ layout: Layout) -> ArraySlice<UInt64> { words[(2 * layout.setWords)...] }

    func used(_ number: Int, _ layout: Layout) -> Int {
        Int(words[2 * layout.setWords + number >> 2] >> UInt64(16 * (number & 3)) & 0xffff)
    }

    mutating func use(_ number: Int, _ layout: Layout) {
        words[2 * layout.setWords + number >> 2] += 1 << UInt64(16 * (number & 3))
    }

    /// The operation took effect: it is done, and no longer hidden.
    mutating func markDone(_ slot: Int, _ layout: Layout) {
        words.insert(slot)
        words[layout.setWords + slot >> 6] &= ~(1 << UInt64(slot & 63))
    }

    mutating func markHidden(_ slot: Int, _ layout: Layout) {
        words[layout.setWords + slot >> 6] |= 1 << UInt64(slot & 63)
    }

    /// The operation completed: its slot is free for another.
    mutating func forget(_ slot: Int, _ layout: Layout) {
        words.remove(slot)
        words[layout.setWords + slot >> 6] &= ~(1 << UInt64(slot & 63))
    }

    var bytes: Int { words.count * 8 + 48 }
}

/// Bit sets of any width.
extension [UInt64] {
    /// Whether the bit set has this bit.
    func contains(_ bit: Int) -> Bool {
        self[bit >> 6] & (1 << UInt64(bit & 63)) != 0
    }
    /// Sets a bit.
    mutating func insert(_ bit: Int) { self[bit >> 6] |= 1 << UInt64(bit & 63) }
    /// Clears a bit.
    mutating func remove(_ bit: Int) { self[bit >> 6] &= ~(1 << UInt64(bit & 63)) }
}

/// Configurations none of which makes another one superfluous.
///
/// One dominates another of the same state and the same other open mutators done if it has used
/// no more crashed operations, has done no fewer open pure operations, and leaves each open blind
/// write at least as free: hidden is freer than done (it may still be used) and freer than
/// untouched (it need not be).
struct ConfigurationSet: Sequence {
    private let layout: Configuration.Layout
    private var members: [Configuration] = []
    private var alive: [Bool] = []
    private var buckets: [Int: [Int]] = [:]
    private var living = 0

    init(_ layout: Configuration.Layout) {
        self.layout = layout
    }

    var isEmpty: Bool { living == 0 }

    /// A rough count of the bytes in use.
    var bytes: Int { members.count * ((members.first?.bytes ?? 0) + 64) }

    mutating func removeAll() {
        members.removeAll(keepingCapacity: true)
        alive.removeAll(keepingCapacity: true)
        buckets.removeAll(keepingCapacity: true)
        living = 0
    }

    /// Adds a configuration unless a member dominates it; members that it dominates go.
    @discardableResult
    mutating func insert(
        _ configuration: Configuration, pure: [UInt64], blind: [UInt64]
    ) -> Bool {
        let key = key(of: configuration, pure: pure, blind: blind)
        let bucket = buckets[key] ?? []
        for place in bucket where alive[place] {
            if dominates(members[place], configuration, pure: pure, blind: blind) { return false }
        }
        for place in bucket where alive[place] {
            if dominates(configuration, members[place], pure: pure, blind: blind) {
                alive[place] = false
                living -= 1
            }
        }
        buckets[key, default: []].append(members.count)
        members.append(configuration)
        alive.append(true)
        living += 1
        return true
    }

    private func key(of configuration: Configuration, pure: [UInt64], blind: [UInt64]) -> Int {
        var hasher = Hasher()
        hasher.combine(configuration.state)
        for (word, done) in zip(pure.indices, configuration.done(layout)) {
            hasher.combine(done & ~pure[word] & ~blind[word])
        }
        return hasher.finalize()
    }

    private func dominates(
        _ one: Configuration, _ other: Configuration, pure: [UInt64], blind: [UInt64]
    ) -> Bool {
        guard one.state == other.state else { return false }
        for word in pure.indices {
            let oneDone = one.done(layout)[word]
            let otherDone = other.done(layout)[word]
            let oneHidden = one.hidden(layout)[layout.setWords + word]
            let otherHidden = other.hidden(layout)[layout.setWords + word]
            let mutators = ~pure[word] & ~blind[word]
            let oneLeft = blind[word] & ~oneDone & ~oneHidden
            let otherLeft = blind[word] & ~otherDone & ~otherHidden
            guard (oneDone ^ otherDone) & mutators == 0,
                otherDone & pure[word] & ~oneDone == 0,
                otherHidden & ~oneHidden == 0,
                // What the one has not done nor hidden, the other must not have done.
                oneLeft & ~otherLeft == 0,
                // What the one has done for good, the other must not be free to use.
                oneDone & blind[word] & ~otherDone == 0
            else { return false }
        }
        return zip(one.counts(layout), other.counts(layout)).allSatisfy(Self.isNoMore)
    }

    /// Whether each of the four counts of a word is at most the other's.
    private static func isNoMore(_ one: UInt64, _ other: UInt64) -> Bool {
        for shift in stride(from: UInt64(0), to: 64, by: 16)
        where one >> shift & 0xffff > other >> shift & 0xffff { return false }
        return true
    }

    func makeIterator() -> AnyIterator<Configuration> {
        var next = 0
        return AnyIterator {
            while next < members.count {
                next += 1
                if alive[next - 1] { return members[next - 1] }
            }
            return nil
        }
    }
}
