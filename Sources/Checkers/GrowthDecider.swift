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
        var additions: [Value: Int] = [:]
        var reads: [(place: Int, seen: Set<Value>)] = []
        for (place, entry) in track.entries.enumerated() {
            switch entry.call {
            case .add(let value):
                guard additions.updateValue(place, forKey: value) == nil else {
                    return .notApplicable
                }
            case .read(let seen): reads.append((place, seen))
            }
        }
        reads.sort { ($0.seen.count, $0.place) < ($1.seen.count, $1.place) }
        var groups = Groups(track.entries)
        var last: (place: Int?, seen: Set<Value>) = (nil, [])
        for (place, seen) in reads {
            if seen.count != last.seen.count || last.place == nil {
                guard last.seen.isSubset(of: seen) else {
                    return .contradiction(Conflict(.diverged, culprit: place, missed: last.place))
                }
                var group: [Int] = []
                for value in seen where !last.seen.contains(value) {
                    guard let addition = additions.removeValue(forKey: value) else {
                        return .contradiction(Conflict(.unwritten, culprit: place))
                    }
                    group.append(addition)
                }
                groups.append(group.sorted())
            } else if seen != last.seen {
                return .contradiction(Conflict(.diverged, culprit: place, missed: last.place))
            }
            groups.append([place], together: last.place != nil && seen.count == last.seen.count)
            last = (place, seen)
        }
        return groups.finish(unseen: Array(additions.values))
    }

    /// Decides a list; not applicable if an element is appended twice.
    static func decide(_ track: Track<ListAppend>) -> LinearFinding {
        var appends: [Value: Int] = [:]
        var reads: [(place: Int, seen: [Value])] = []
        for (place, entry) in track.entries.enumerated() {
            switch entry.call {
            case .append(let value):
                guard appends.updateValue(place, forKey: value) == nil else {
                    return .notApplicable
                }
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
                guard let append = appends.removeValue(forKey: value) else {
                    return .contradiction(Conflict(.unwritten, culprit: place))
                }
                groups.append([append])
            }
            groups.append([place], together: last.place != nil && seen.count == last.seen.count)
            last = (place, seen)
        }
        return groups.finish(unseen: Array(appends.values))
    }

    /// Groups of entries in their fixed order.
    private struct Groups<Call: Hashable & Sendable> {
        private let entries: [Entry<Call>]
        private var order: [Int] = []
        /// The latest invocation of all earlier groups, and of the group that grows.
        private var bound = -1
        private var boundEntry: Int?
        private var growing = -1
        private var growingEntry: Int?
        private var conflict: Conflict?

        init(_ entries: [Entry<Call>]) { self.entries = entries }

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
