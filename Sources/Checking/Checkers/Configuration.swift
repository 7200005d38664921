/// How a configuration lies in memory: a word for the state, then the done set, then the hidden
/// set, then the counts of used crashed operations, four to a word; and, where paths are recorded,
/// the number of the step that led there.
struct ConfigurationLayout {
    /// Words of a set of window slots.
    let setWords: Int
    /// Words of the counts.
    let countWords: Int
    /// Words of a configuration.
    let stride: Int

    init(window: Int, crashedClasses: Int, recordsPaths: Bool) {
        setWords = max(1, (window + 63) / 64)
        countWords = (crashedClasses + 3) / 4
        stride = 1 + 2 * setWords + countWords + (recordsPaths ? 1 : 0)
    }

    var done: Int { 1 }
    var hidden: Int { 1 + setWords }
    var counts: Int { 1 + 2 * setWords }
    var countsEnd: Int { counts + countWords }
    /// Where the number of the last step stands, if steps are recorded.
    var step: Int { countsEnd }
    var recordsPaths: Bool { stride > countsEnd }

    // MARK: Dominance

    /// Whether one configuration makes another one of the same completion superfluous.
    ///
    /// One dominates another of the same state and the same other open mutators done if it has
    /// used no more crashed operations, has done no fewer open pure operations, and leaves each
    /// open blind write, and what was hidden in an unseen state, at least as free: hidden is freer
    /// than done (it may still be used) and freer than untouched (it need not be).
    func dominates(
        _ one: Configuration, _ other: Configuration, _ window: borrowing Window
    ) -> Bool {
        guard one.state == other.state else { return false }
        for word in 0..<setWords {
            let (oneDone, otherDone) = (one[done + word], other[done + word])
            let (oneHidden, otherHidden) = (one[hidden + word], other[hidden + word])
            let blind = window.blind[word]
            let mutators = blind | window.others[word]
            let oneLeft = mutators & ~oneDone & ~oneHidden
            let otherLeft = mutators & ~otherDone & ~otherHidden
            let worse =
                (oneDone ^ otherDone) & window.others[word]
                | otherDone & window.pure[word] & ~oneDone
                // What the one has neither done nor hidden, the other must not have either; what
                // the one has done for good, the other must not be free to use.
                | oneLeft & ~otherLeft | oneDone & blind & ~otherDone
            if worse != 0 { return false }
        }
        for word in counts..<countsEnd where !Self.isNoMore(one[word], other[word]) {
            return false
        }
        return true
    }

    /// Whether each of the four counts of a word is at most the other's.
    private static func isNoMore(_ one: UInt64, _ other: UInt64) -> Bool {
        // A borrow out of a lane says that it holds more; lanes are compared in two halves so
        // that no borrow reaches another one.
        let lanes: UInt64 = 0x0000_ffff_0000_ffff
        let guards: UInt64 = 0x0001_0000_0001_0000
        let low = (other & lanes | guards) &- (one & lanes)
        let high = (other >> 16 & lanes | guards) &- (one >> 16 & lanes)
        return low & high & guards == guards
    }

    /// A hash of what configurations must share if one dominates the other.
    func key(of configuration: Configuration, _ window: borrowing Window) -> Int {
        var mixed = UInt64(UInt32(bitPattern: configuration.state)) &* 0x9e37_79b9_7f4a_7c15
        for word in 0..<setWords {
            mixed ^= configuration[done + word] & window.others[word]
            mixed = (mixed ^ (mixed >> 29)) &* 0xbf58_476d_1ce4_e5b9
        }
        return Int(truncatingIfNeeded: (mixed ^ (mixed >> 32)) >> 1)
    }
}

/// One way in which the past may have gone (see ``Frontier``): a window into memory that some
/// buffer owns.
typealias Configuration = UnsafeMutablePointer<UInt64>

extension Configuration {
    /// The number of the state.
    var state: Int32 {
        get { Int32(truncatingIfNeeded: self[0]) }
        nonmutating set { self[0] = self[0] & ~0xffff_ffff | UInt64(UInt32(bitPattern: newValue)) }
    }

    /// Whether a completing write was hidden and has survived so: what comes of this
    /// configuration is new only if the write is used.
    var mustUse: Bool {
        get { self[0] >> 32 != 0 }
        nonmutating set { self[0] = self[0] & 0xffff_ffff | (newValue ? 1 << 32 : 0) }
    }

    func has(_ bit: Int, _ offset: Int) -> Bool {
        self[offset + bit >> 6] & (1 << UInt64(bit & 63)) != 0
    }

    func set(_ bit: Int, _ offset: Int) { self[offset + bit >> 6] |= 1 << UInt64(bit & 63) }

    func clear(_ bit: Int, _ offset: Int) { self[offset + bit >> 6] &= ~(1 << UInt64(bit & 63)) }

    func used(_ number: Int, _ layout: ConfigurationLayout) -> Int {
        Int(self[layout.counts + number >> 2] >> UInt64(16 * (number & 3)) & 0xffff)
    }

    func use(_ number: Int, _ layout: ConfigurationLayout) {
        self[layout.counts + number >> 2] += 1 << UInt64(16 * (number & 3))
    }
}

/// A stack of configurations in one piece of memory.
struct ConfigurationStack: ~Copyable {
    private let stride: Int
    private var words: WordBuffer
    private(set) var count = 0

    init(_ layout: ConfigurationLayout) {
        stride = layout.stride
        words = WordBuffer(capacity: 16 * layout.stride)
    }

    private var base: Configuration { words.base }

    var bytes: Int { words.bytes }

    /// Adds a copy of a configuration that lies elsewhere; the result is valid until the next
    /// push.
    @discardableResult mutating func push(_ configuration: Configuration) -> Configuration {
        if (count + 1) * stride > words.capacity { words.grow(to: (count + 1) * stride) }
        let copy = base + count * stride
        copy.update(from: configuration, count: stride)
        count += 1
        return copy
    }

    subscript(place: Int) -> Configuration { base + place * stride }

    /// The last one, until the next push.
    var last: Configuration { base + (count - 1) * stride }

    /// Removes the last one.
    mutating func drop() { count -= 1 }

    mutating func removeAll() { count = 0 }

    /// Removes the last one into memory of the caller's.
    mutating func pop(into configuration: Configuration) -> Bool {
        guard count > 0 else { return false }
        count -= 1
        configuration.update(from: base + count * stride, count: stride)
        return true
    }
}
