internal import Models

// Where values repeat, nobody knows which of two equal elements was taken out. The first of equal
// elements that goes into a queue is the first that comes out; of a stack the last one that is
// inside comes out. Operations that overlap may have come in either order; a few likely orders
// are tried. What such a choice makes legal is legal; what none makes legal says nothing.

extension Pairs {
    /// By which of their events operations are put into a likely order.
    enum Clock: CaseIterable {
        case invocations
        case completions
        case puttingFirst
        case takingFirst
    }

    /// Which of equal elements comes out first.
    enum Discipline {
        case firstIn
        case lastIn
    }

    /// The pairs of a likely order; nil if some value was taken out more often than put in.
    ///
    /// O(n log n).
    static func likely(
        _ entries: [TrackEntry<QueueCall>], _ discipline: Discipline, by clock: Clock
    ) -> Pairs? {
        var numbers = Numbering()
        var puts: [ArraySlice<Int>] = []
        var takes: [ArraySlice<Int>] = []
        var matching: [Int: Int] = [:]
        var pairs = Pairs()
        let places = entries.indices.sorted {
            let (one, other) = (clock.time(of: entries[$0]), clock.time(of: entries[$1]))
            return (one, $0) < (other, $1)
        }
        for place in places {
            let number: Int
            switch entries[place].call {
            case .put(let value), .take(let value): number = numbers.number(of: value)
            case .takeNothing:
                pairs.empties.append(place)
                continue
            case .takeUnseen:
                pairs.unseen.append(place)
                continue
            }
            while puts.count < numbers.count {
                puts.append([])
                takes.append([])
            }
            if case .put = entries[place].call {
                if let take = takes[number].popFirst() {
                    matching[place] = take
                } else {
                    puts[number].append(place)
                }
            } else {
                let put = discipline == .firstIn ? puts[number].popFirst() : puts[number].popLast()
                if let put { matching[put] = place } else { takes[number].append(place) }
            }
        }
        guard takes.allSatisfy(\.isEmpty) else { return nil }
        for (place, entry) in entries.enumerated() {
            guard case .put = entry.call else { continue }
            let take = matching[place]
            if let take, entries[take].completion < entry.invocation { return nil }
            if take != nil || !entry.isUnknown { pairs.elements.append((place, take)) }
        }
        pairs.empties.sort()
        pairs.unseen.sort()
        return pairs
    }
}

extension Pairs.Clock {
    /// A crashed operation has its invocation only.
    fileprivate func time(of entry: TrackEntry<QueueCall>) -> Int {
        let isPut = if case .put = entry.call { true } else { false }
        let isLate =
            switch self {
            case .invocations: false
            case .completions: true
            case .puttingFirst: !isPut
            case .takingFirst: isPut
            }
        return isLate && !entry.isUnknown ? entry.completion : entry.invocation
    }
}
