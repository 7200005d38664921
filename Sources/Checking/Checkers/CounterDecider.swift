internal import HeapModule
internal import Models

// A counter to which only 1 is added, from 0 on: the count is kept as small as the past allows.
//
// Invariant: at each event the count is the least that any legal order of the past can have. An
// addition takes effect only when its completion, or that of a read, demands it; it is then the
// pending one that must complete first, for pending additions can change places.

/// Decides counters of single steps, in O(n log n).
struct CounterDecider {
    private struct Pending: Comparable {
        let completion: Int
        let place: Int

        static func < (left: Pending, right: Pending) -> Bool {
            (left.completion, left.place) < (right.completion, right.place)
        }
    }

    private let entries: [TrackEntry<Counter.Call>]
    private var count = 0
    private var isDone: [Bool]
    private var additions = Heap<Pending>()
    private var readsOf: [Int: [Int]] = [:]
    private var order: [Int] = []

    private init(_ track: Track<Counter>) {
        entries = track.entries
        isDone = Array(repeating: false, count: entries.count)
    }

    /// Decides the track; not applicable if anything but 1 is added.
    static func decide(_ track: Track<Counter>) -> LinearFinding {
        let isSingle = track.entries.allSatisfy { entry in
            if case .add(let number) = entry.call { number == 1 } else { true }
        }
        guard isSingle, track.model.initialState == 0 else { return .notApplicable }
        var decider = CounterDecider(track)
        do {
            for event in track.events {
                if event > 0 {
                    try decider.invoke(event - 1)
                } else if event < 0 {
                    try decider.complete(-event - 1)
                }
            }
        } catch {
            return .contradiction(error)
        }
        return .order(decider.order)
    }

    private mutating func invoke(_ place: Int) throws(Conflict) {
        switch entries[place].call {
        case .add:
            additions.insert(Pending(completion: entries[place].completion, place: place))
        case .read(let sum) where sum < count:
            throw Conflict(.undercount, culprit: place, missed: lastAddition(before: place))
        case .read(let sum) where sum == count: take(place)
        case .read(let sum): readsOf[sum, default: []].append(place)
        }
    }

    private mutating func complete(_ place: Int) throws(Conflict) {
        switch entries[place].call {
        case .add: while !isDone[place] { try step(for: place) }
        case .read(let sum): while count < sum { try step(for: place) }
        }
    }

    /// Lets the pending addition that must complete first take effect.
    private mutating func step(for place: Int) throws(Conflict) {
        guard let next = additions.popMin() else { throw Conflict(.excess, culprit: place) }
        take(next.place)
        count += 1
        for read in readsOf.removeValue(forKey: count) ?? [] { take(read) }
    }

    private mutating func take(_ place: Int) {
        isDone[place] = true
        order.append(place)
    }

    /// The addition that a read which comes too late should have counted.
    private func lastAddition(before place: Int) -> Int? {
        order.last { other in
            if case .add = entries[other].call {
                entries[other].completion < entries[place].invocation
            } else {
                false
            }
        }
    }
}
