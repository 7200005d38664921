// Gibbons & Korach 1997, "Testing Shared Memories", §4.
//
// Invariant: where a legal order is a sequence of blocks that must not interleave, block X must
// come before block Y if and only if some operation of X completed before some operation of Y was
// invoked: min completion of X < max invocation of Y. A legal order exists if and only if no two
// blocks must each precede the other: in any cycle of "must precede", the block of least
// completion and its predecessor already form a cycle of two.

/// Operations that belong together, and when they must and may be in place.
struct Zone {
    /// Where its entries stand in the places of all zones.
    fileprivate(set) var range: Range<Int32>
    /// The entry that completes first; -1 if something virtual does.
    private var firstPlace: Int32 = -1
    /// The entry that is invoked last; -1 if there is none.
    private var lastPlace: Int32 = -1
    /// The place of the first completion.
    private(set) var completion = Int.max
    /// The place of the last invocation.
    private(set) var invocation = -1

    fileprivate init(from start: Int, completion: Int) {
        range = Int32(start)..<Int32(start)
        self.completion = completion
    }

    /// The entry that completes first; nil if something virtual does.
    var first: Int? { firstPlace < 0 ? nil : Int(firstPlace) }
    /// The entry that is invoked last.
    var last: Int? { lastPlace < 0 ? nil : Int(lastPlace) }

    /// Whether something completed before something else was invoked: it was in place between.
    var isForward: Bool { completion < invocation }

    fileprivate mutating func note<Call>(_ place: Int, _ entry: TrackEntry<Call>) {
        if firstPlace < 0 && completion == .max || entry.completion < completion {
            completion = entry.completion
            firstPlace = Int32(place)
        }
        if entry.invocation > invocation {
            invocation = entry.invocation
            lastPlace = Int32(place)
        }
        range = range.lowerBound..<(range.upperBound + 1)
    }

    /// It is in place to the end, though nothing is invoked then.
    fileprivate mutating func hold() { invocation = .max }

    /// Where it stands among other zones: a forward one at its first completion, a backward one
    /// at its last invocation.
    fileprivate var start: Int { isForward ? completion : invocation }
}

/// The zones of one object, to be put into order.
///
/// One array holds the entries of all of them: zones come by the million.
struct Zones {
    private var zones: [Zone] = []
    private var places: [Int32] = []
    /// How many places the object's events have.
    private let length: Int

    /// No zones yet, of an object with so many entries and events.
    init(entries: Int, length: Int) {
        self.length = length
        places.reserveCapacity(entries)
    }

    /// Begins a new zone behind all others.
    ///
    /// - Parameter completion: where something virtual in it completed; `Int.max` for nothing.
    mutating func begin(completion: Int = .max) {
        zones.append(Zone(from: places.count, completion: completion))
    }

    /// The zone that was begun last.
    var newest: Zone { zones[zones.count - 1] }

    /// Adds an entry to the newest zone, behind its others.
    mutating func append<Call>(_ place: Int, _ entry: TrackEntry<Call>) {
        zones[zones.count - 1].note(place, entry)
        places.append(Int32(place))
    }

    /// The newest zone is in place to the end.
    mutating func holdNewest() { zones[zones.count - 1].hold() }

    /// The zones by their start, which no two share; bucketed by place, so that no sort is needed.
    private var byStart: [Int32] {
        var buckets = [Int32](repeating: -1, count: length + 1)
        for (number, zone) in zones.enumerated() {
            buckets[zone.start == .max ? length : zone.start + 1] = Int32(number)
        }
        return buckets.filter { $0 >= 0 }
    }

    private func entries(of zone: Zone) -> [Int] {
        zone.range.map { Int(places[Int($0)]) }
    }

    /// The entries of all zones, one zone after another, or two zones that must each precede the
    /// other.
    ///
    /// Linear. A backward zone comes behind the forward one that covers its start.
    func order() -> Result<[Int], Clash> {
        var order: [Int] = []
        order.reserveCapacity(places.count)
        var running: Zone?
        for number in byStart {
            let zone = zones[Int(number)]
            if let running, zone.completion < running.invocation {
                return .failure(Clash(side(running), side(zone)))
            }
            if zone.isForward { running = zone }
            for place in zone.range { order.append(Int(places[Int(place)])) }
        }
        return .success(order)
    }

    private func side(_ zone: Zone) -> Clash.Side {
        Clash.Side(zone: zone, entries: entries(of: zone))
    }

    /// Two zones that must each precede the other.
    struct Clash: Error {
        /// A zone with its entries in order.
        struct Side {
            let zone: Zone
            let entries: [Int]
        }

        let one: Side
        let other: Side

        fileprivate init(_ one: Side, _ other: Side) {
            (self.one, self.other) = (one, other)
        }
    }
}
