internal import Histories
internal import Models

// Objects that only grow, whose reads return everything: reads are ordered by what they saw, each
// within the next, and that fixes the order of everything: the additions of the smallest read,
// that read, the further additions of the next one, and so on. What no read saw comes last.
//
// Invariant: an order of groups is legal if and only if no operation completed before something
// of an earlier group was invoked.

/// Decides grow-only sets and lists of distinct elements, in linear time.
enum GrowthDecider {
    /// Decides a set; not applicable if an element is added twice.
    static func decide(_ track: Track<GrowOnlySet>) -> LinearFinding {
        var additions = Additions()
        var reads: [(place: Int, seen: Elements)] = []
        for (place, entry) in track.entries.enumerated() {
            switch entry.call {
            case .add(let value): guard additions.note(value, place) else { return .notApplicable }
            case .read(let seen): reads.append((place, seen))
            }
        }
        reads.sort { ($0.seen.count, $0.place) < ($1.seen.count, $1.place) }
        var groups = Groups(track.entries)
        var last: (place: Int?, seen: Elements) = (nil, [])
        for (place, seen) in reads {
            guard last.seen.isSubset(of: seen) else {
                return .contradiction(Conflict(.diverged, culprit: place, missed: last.place))
            }
            if seen.count > last.seen.count {
                guard let group = additions.take(seen) else {
                    return .contradiction(Conflict(.unwritten, culprit: place))
                }
                groups.append(group)
            }
            groups.append([place], together: last.place != nil && seen.count == last.seen.count)
            last = (place, seen)
        }
        return groups.finish(unseen: additions.left)
    }

    /// Decides a list; not applicable if an element is appended twice.
    static func decide(_ track: Track<ListAppend>) -> LinearFinding {
        var appends = Additions()
        var reads: [(place: Int, seen: [Value])] = []
        for (place, entry) in track.entries.enumerated() {
            switch entry.call {
            case .append(let value): guard appends.note(value, place) else { return .notApplicable }
            case .read(let seen): reads.append((place, seen))
            }
        }
        reads.sort { ($0.seen.count, $0.place) < ($1.seen.count, $1.place) }
        var groups = Groups(track.entries)
        var last: (place: Int?, seen: [Value]) = (nil, [])
        for (place, seen) in reads {
            guard seen.starts(with: last.seen) else {
                return .contradiction(Conflict(.diverged, culprit: place, missed: last.place))
            }
            for value in seen[last.seen.count...] {
                guard let append = appends.take(value) else {
                    return .contradiction(Conflict(.unwritten, culprit: place))
                }
                groups.append([append])
            }
            groups.append([place], together: last.place != nil && seen.count == last.seen.count)
            last = (place, seen)
        }
        return groups.finish(unseen: appends.left)
    }

    /// Which entry added each value, until a read has seen it.
    private struct Additions {
        private var numbers = Numbering()
        private var entries: [Int32] = []
        private var isTaken: [Bool] = []

        /// False if the value has been added before.
        mutating func note(_ value: Value, _ place: Int) -> Bool {
            guard numbers.number(of: value) == entries.count else { return false }
            entries.append(Int32(place))
            isTaken.append(false)
            return true
        }

        /// The entry that added the value; nil if there is none, or a read has seen it already.
        mutating func take(_ value: Value) -> Int? {
            guard let number = numbers.known(value), !isTaken[number] else { return nil }
            isTaken[number] = true
            return Int(entries[number])
        }

        /// The entries that added those of the values that no read has seen yet, by invocation;
        /// nil if one of the values was never added.
        mutating func take(_ values: Elements) -> [Int]? {
            var taken: [Int] = []
            let areKnown = values.allSatisfy { value in
                guard let number = numbers.known(value) else { return false }
                if !isTaken[number] {
                    isTaken[number] = true
                    taken.append(Int(entries[number]))
                }
                return true
            }
            return areKnown ? taken.sorted() : nil
        }

        /// The entries whose values no read has seen.
        var left: [Int] { isTaken.indices.filter { !isTaken[$0] }.map { Int(entries[$0]) } }
    }

    /// Groups of entries in their fixed order.
    private struct Groups<Call: Hashable & Sendable> {
        private let entries: [TrackEntry<Call>]
        private var order: [Int] = []
        /// The latest invocation of all earlier groups, and of the group that grows.
        private var bound = -1
        private var boundEntry: Int?
        private var growing = -1
        private var growingEntry: Int?
        private var conflict: Conflict?

        init(_ entries: [TrackEntry<Call>]) {
            self.entries = entries
            order.reserveCapacity(entries.count)
        }

        mutating func append(_ group: [Int], together: Bool = false) {
            if !together, growing > bound { (bound, boundEntry) = (growing, growingEntry) }
            for place in group {
                if entries[place].completion < bound, conflict == nil, let boundEntry {
                    conflict = Conflict(.outOfOrder, culprit: boundEntry, missed: place)
                }
                if entries[place].invocation > growing {
                    (growing, growingEntry) = (entries[place].invocation, place)
                }
                order.append(place)
            }
        }

        /// Those that nobody saw come last; of those the crashed ones need not have happened.
        mutating func finish(unseen: [Int]) -> LinearFinding {
            append(unseen.filter { !entries[$0].isUnknown }.sorted())
            return conflict.map(LinearFinding.contradiction) ?? .order(order)
        }
    }
}
