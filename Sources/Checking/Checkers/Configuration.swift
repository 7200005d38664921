/// How a configuration lies in memory: a word for the state, then the done set, then the hidden
/// set, then the counts of used crashed operations, four to a word.
struct ConfigurationLayout {
    /// Words of a set of window slots.
    let setWords: Int
    /// Words of the counts.
    let countWords: Int
    /// Words of a configuration.
    let stride: Int

    init(window: Int, crashedClasses: Int) {
        setWords = max(1, (window + 63) / 64)
        countWords = (crashedClasses + 3) / 4
        stride = 1 + 2 * setWords + countWords
    }

    var done: Int { 1 }
    var hidden: Int { 1 + setWords }
    var counts: Int { 1 + 2 * setWords }
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
    private var base: UnsafeMutablePointer<UInt64>
    private var capacity = 64
    private(set) var count = 0

    init(_ layout: ConfigurationLayout) {
        stride = layout.stride
        base = .allocate(capacity: capacity * stride)
    }

    deinit { base.deallocate() }

    var bytes: Int { capacity * stride * 8 }

    /// Adds a copy; the result is valid until the next push.
    mutating func push(_ configuration: Configuration) -> Configuration {
        if count == capacity {
            // The pushed one may lie in this very memory, which stays until it has been copied.
            let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * capacity * stride)
            larger.update(from: base, count: count * stride)
            (larger + count * stride).update(from: configuration, count: stride)
            base.deallocate()
            base = larger
            capacity *= 2
        } else {
            (base + count * stride).update(from: configuration, count: stride)
        }
        count += 1
        return base + (count - 1) * stride
    }

    /// Removes the last one.
    mutating func drop() { count -= 1 }

    /// Removes the last one into memory of the caller's.
    mutating func pop(into configuration: Configuration) -> Bool {
        guard count > 0 else { return false }
        count -= 1
        configuration.update(from: base + count * stride, count: stride)
        return true
    }
}

/// Configurations none of which makes another one superfluous.
///
/// One dominates another of the same state and the same other open mutators done if it has used
/// no more crashed operations, has done no fewer open pure operations, and leaves each open blind
/// write at least as free: hidden is freer than done (it may still be used) and freer than
/// untouched (it need not be).
struct ConfigurationSet: ~Copyable {
    private let layout: ConfigurationLayout
    private var base: UnsafeMutablePointer<UInt64>
    private var capacity = 16
    /// Members, dead ones included.
    private(set) var count = 0
    private(set) var living = 0
    /// Heads of chains by key, once there are too many members to look at each.
    private var heads: [Int32] = []
    private var chain: [Int32] = []

    private static var mostUnhashed: Int { 12 }
    private static var dead: UInt64 { .max }

    init(_ layout: ConfigurationLayout) {
        self.layout = layout
        base = .allocate(capacity: capacity * layout.stride)
    }

    deinit { base.deallocate() }

    var bytes: Int { capacity * layout.stride * 8 + (heads.count + chain.count) * 4 }

    mutating func removeAll() {
        count = 0
        living = 0
        if !chain.isEmpty {
            chain.removeAll(keepingCapacity: true)
            heads.removeAll(keepingCapacity: true)
        }
    }

    /// The member at a place; nil if it has been dominated since.
    func member(_ place: Int) -> Configuration? {
        let member = base + place * layout.stride
        return member[0] == Self.dead ? nil : member
    }

    /// Adds a copy unless a member dominates it; members that it dominates go.
    mutating func insert(_ configuration: Configuration, _ window: borrowing Window) -> Bool {
        if count < Self.mostUnhashed {
            for place in 0..<count {
                guard let member = member(place) else { continue }
                if dominates(member, configuration, window) { return false }
                if dominates(configuration, member, window) { kill(place) }
            }
            append(configuration)
            return true
        }
        return insertHashed(configuration, window)
    }

    private mutating func kill(_ place: Int) {
        base[place * layout.stride] = Self.dead
        living -= 1
    }

    private mutating func append(_ configuration: Configuration) {
        if count == capacity {
            let larger = UnsafeMutablePointer<UInt64>.allocate(
                capacity: 2 * capacity * layout.stride)
            larger.update(from: base, count: count * layout.stride)
            base.deallocate()
            base = larger
            capacity *= 2
        }
        (base + count * layout.stride).update(from: configuration, count: layout.stride)
        base[count * layout.stride] &= 0xffff_ffff
        count += 1
        living += 1
    }

    // MARK: Large sets

    private mutating func insertHashed(
        _ configuration: Configuration, _ window: borrowing Window
    ) -> Bool {
        if chain.count < count || count >= heads.count { rehash(window) }
        let bucket = key(of: configuration, window) & (heads.count - 1)
        var place = Int(heads[bucket])
        while place >= 0 {
            if let member = member(place), member.state == configuration.state {
                if dominates(member, configuration, window) { return false }
                if dominates(configuration, member, window) { kill(place) }
            }
            place = Int(chain[place])
        }
        chain.append(heads[bucket])
        heads[bucket] = Int32(count)
        append(configuration)
        return true
    }

    private mutating func rehash(_ window: borrowing Window) {
        var size = 64
        while size < 2 * count { size *= 2 }
        heads = Array(repeating: -1, count: size)
        chain = Array(repeating: -1, count: count)
        for place in 0..<count {
            guard let member = member(place) else { continue }
            let bucket = key(of: member, window) & (size - 1)
            chain[place] = heads[bucket]
            heads[bucket] = Int32(place)
        }
    }

    private func key(of configuration: Configuration, _ window: borrowing Window) -> Int {
        var mixed = UInt64(UInt32(bitPattern: configuration.state)) &* 0x9e37_79b9_7f4a_7c15
        for word in 0..<layout.setWords {
            mixed ^= configuration[layout.done + word] & window.others[word]
            mixed = (mixed ^ (mixed >> 29)) &* 0xbf58_476d_1ce4_e5b9
        }
        return Int(truncatingIfNeeded: (mixed ^ (mixed >> 32)) >> 1)
    }

    // MARK: Dominance

    private func dominates(
        _ one: Configuration, _ other: Configuration, _ window: borrowing Window
    ) -> Bool {
        guard one.state == other.state else { return false }
        for word in 0..<layout.setWords {
            let (oneDone, otherDone) = (one[layout.done + word], other[layout.done + word])
            let (oneHidden, otherHidden) = (one[layout.hidden + word], other[layout.hidden + word])
            let blind = window.blind[word]
            let oneLeft = blind & ~oneDone & ~oneHidden
            let otherLeft = blind & ~otherDone & ~otherHidden
            let worse =
                (oneDone ^ otherDone) & window.others[word]
                | otherDone & window.pure[word] & ~oneDone
                // What the one has neither done nor hidden, the other must not have either; what
                // the one has done for good, the other must not be free to use.
                | oneLeft & ~otherLeft | oneDone & blind & ~otherDone
            if worse != 0 { return false }
        }
        for word in layout.counts..<layout.stride where !Self.isNoMore(one[word], other[word]) {
            return false
        }
        return true
    }

    /// Whether each of the four counts of a word is at most the other's.
    private static func isNoMore(_ one: UInt64, _ other: UInt64) -> Bool {
        for shift in Swift.stride(from: UInt64(0), to: 64, by: 16)
        where one >> shift & 0xffff > other >> shift & 0xffff { return false }
        return true
    }
}
