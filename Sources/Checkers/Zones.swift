// Gibbons & Korach 1997, "Testing Shared Memories", §4.
//
// Invariant: where a legal order is a sequence of blocks that must not interleave, block X must
// come before block Y if and only if some operation of X completed before some operation of Y was
// invoked: min completion of X < max invocation of Y. A legal order exists if and only if no two
// blocks must each precede the other: in any cycle of "must precede", the block of least
// completion and its predecessor already form a cycle of two.

/// Operations that belong together, and when they must and may be in place.
struct Zone {
    /// Its entries in their fixed order.
    var entries: [Int] = []
    /// The entry that completes first; nil if something virtual does.
    var first: Int?
    /// The entry that is invoked last.
    var last: Int?
    /// The place of the first completion.
    var completion = Int.max
    /// The place of the last invocation.
    var invocation = -1

    /// Whether something completed before something else was invoked: it was in place between.
    var isForward: Bool { completion < invocation }

    /// Adds an entry behind all others.
    mutating func append<Call>(_ place: Int, _ entry: Entry<Call>) {
        if first == nil && completion == .max || entry.completion < completion {
            completion = entry.completion
            first = place
        }
        if entry.invocation > invocation {
            invocation = entry.invocation
            last = place
        }
        entries.append(place)
    }

    /// Where it stands among other zones: a forward one at its first completion, a backward one
    /// at its last invocation.
    fileprivate var start: Int { isForward ? completion : invocation }
}

/// The zones of one object, to be put into order.
struct Zones {
    /// The zones.
    let zones: [Zone]
    /// How many places there are.
    let length: Int

    /// The zones by their start, which no two share; bucketed by place, so that no sort is needed.
    private var byStart: [Int] {
        var buckets = [Int32](repeating: -1, count: length + 1)
        for (number, zone) in zones.enumerated() { buckets[zone.start + 1] = Int32(number) }
        return buckets.filter { $0 >= 0 }.map(Int.init)
    }

    /// The entries of all zones, one zone after another, or two zones that must each precede the
    /// other.
    ///
    /// Linear. A backward zone comes behind the forward one that covers its start.
    func order() -> Result<[Int], Clash> {
        var order: [Int] = []
        var running: Int?
        for number in byStart {
            if let running, zones[number].completion < zones[running].invocation {
                return .failure(Clash(one: zones[running], other: zones[number]))
            }
            if zones[number].isForward { running = number }
            order += zones[number].entries
        }
        return .success(order)
    }

    /// Two zones that must each precede the other.
    struct Clash: Error {
        let one: Zone
        let other: Zone
    }
}
