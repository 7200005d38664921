internal import Models

/// Finds places for refused compare-and-sets in an order of everything else.
///
/// A refused compare-and-set of a needs a moment between its two events at which the register
/// holds something else. With each entry of the order at a fixed point in time, the register's
/// value over time is fixed, and each refusal is a question of its own.
struct Refusals {
    private let entries: [TrackEntry<Register.Call>]
    private let order: [Int]
    private let length: Int
    /// The register's value before the first entry and after each.
    private let values: [Register.State]

    init(
        _ entries: [TrackEntry<Register.Call>], order: [Int], length: Int, initial: Register.State
    ) {
        self.entries = entries
        self.order = order
        self.length = length
        var values = [initial]
        values.reserveCapacity(order.count + 1)
        for place in order {
            switch entries[place].call {
            case .write(let value), .compareAndSet(_, let value): values.append(value)
            case .read, .refused: values.append(values[values.count - 1])
            }
        }
        self.values = values
    }

    /// Puts each refused compare-and-set behind the first entry where it fits, with every entry as
    /// early as it can be, or else as late.
    ///
    /// Two tries, each linear but for ties; what fits neither is for the search to decide.
    static func insert(into order: [Int], of track: Track<Register>) -> LinearFinding {
        let refusals = track.entries.indices.filter {
            if case .refused = track.entries[$0].call { true } else { false }
        }
        guard !refusals.isEmpty else { return .order(order) }
        let places = Refusals(
            track.entries, order: order, length: track.length, initial: track.model.initialState)
        for points in [places.earliestPoints, places.latestPoints] {
            if let full = places.insert(refusals, at: points), track.accepts(full) {
                return .order(full)
            }
        }
        return .notApplicable
    }

    /// The earliest point of each entry: no earlier than its invocation and its predecessor.
    var earliestPoints: [Int] {
        var point = 0
        return order.map { place in
            point = max(point, entries[place].invocation)
            return point
        }
    }

    /// The latest point of each entry: before its completion and no later than its successor.
    var latestPoints: [Int] {
        var point = length
        return order.reversed().map { place in
            point = min(point, entries[place].completion - 1)
            return point
        }.reversed()
    }

    /// The order with the refusals in it; nil if one finds no place.
    func insert(_ refusals: [Int], at points: [Int]) -> [Int]? {
        var behind: [Int: [Int]] = [:]
        for refusal in refusals {
            guard let gap = gap(for: entries[refusal], at: points) else { return nil }
            behind[gap, default: []].append(refusal)
        }
        var full = behind[0] ?? []
        full.reserveCapacity(order.count + refusals.count)
        for (number, place) in order.enumerated() {
            full.append(place)
            full += behind[number + 1] ?? []
        }
        return full
    }

    /// The first number of entries after which the register holds another value than the refused
    /// one, among those that the refusal's events allow.
    private func gap(for refusal: TrackEntry<Register.Call>, at points: [Int]) -> Int? {
        guard case .refused(let expected) = refusal.call else { return nil }
        // Entries at points before the invocation come before; behind the gap none may lie
        // before the refusal, so the gap is at the earliest behind all of those.
        var gap = points.partitioningIndex { $0 >= refusal.invocation }
        while gap <= order.count {
            if gap > 0, gap - 1 < points.count, points[gap - 1] >= refusal.completion { return nil }
            if values[gap] != expected { return gap }
            gap += 1
        }
        return nil
    }
}

extension [Int] {
    /// The first index at which a monotone condition holds.
    func partitioningIndex(where holds: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
