internal import Models

/// Configurations of one completion none of which dominates another
/// (``ConfigurationLayout/dominates(_:_:_:)``).
struct ConfigurationSet: ~Copyable {
    private let layout: ConfigurationLayout
    private var words: WordBuffer
    /// Members, dead ones included.
    private(set) var count = 0
    private(set) var living = 0
    /// How many comparisons have been made since the beginning.
    private(set) var comparisons = 0
    /// Heads of chains by key, once there are too many members to look at each.
    private var heads: [Int32] = []
    private var chain: [Int32] = []
    /// The most heads there have been; there are at most as many links.
    private var mostHeads = 0

    private static var mostUnhashed: Int { 12 }
    private static var dead: UInt64 { .max }

    init(_ layout: ConfigurationLayout) {
        self.layout = layout
        words = WordBuffer(capacity: 16 * layout.stride)
    }

    private var base: Configuration { words.base }

    var bytes: Int { words.bytes + 8 * mostHeads }

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
                comparisons += 1
                if layout.dominates(member, configuration, window) { return false }
                if layout.dominates(configuration, member, window) { kill(place) }
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
        let end = (count + 1) * layout.stride
        if end > words.capacity { words.grow(to: end) }
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
        let bucket = layout.key(of: configuration, window) & (heads.count - 1)
        var place = Int(heads[bucket])
        while place >= 0 {
            comparisons += 1
            if let member = member(place), member.state == configuration.state {
                if layout.dominates(member, configuration, window) { return false }
                if layout.dominates(configuration, member, window) { kill(place) }
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
        mostHeads = max(mostHeads, size)
        heads = Array(repeating: -1, count: size)
        chain = Array(repeating: -1, count: count)
        for place in 0..<count {
            guard let member = member(place) else { continue }
            let bucket = layout.key(of: member, window) & (size - 1)
            chain[place] = heads[bucket]
            heads[bucket] = Int32(place)
        }
    }
}
