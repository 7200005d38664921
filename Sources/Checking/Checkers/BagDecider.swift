internal import Models

// An unordered queue of distinct elements. An element is certainly inside from the completion of
// its enqueue to the invocation of its dequeue. A history is linearizable if and only if every
// dequeued element was enqueued, once, not wholly after its dequeue, and each dequeue that found
// nothing has a moment between its events at which no element was certainly inside: put each
// enqueue as late as it can be and each dequeue as early, or both at one moment where they
// overlap, and exactly those elements are inside that certainly are.
//
// A dequeue of which nobody knows what it took may have taken any element that nobody else took.
// Only dequeues that found nothing care. Elements by the completion of their enqueue are given
// to such dequeues by their invocation: if any assignment leaves a moment empty, this one does,
// for it counts as many as any that are gone by then. Where there are fewer such dequeues than
// elements, which of them is enough for all moments is left to the search.

/// Decides unordered queues of distinct elements, in O(n log n).
struct BagDecider {
    private enum Kind: Int {
        case dequeue, moment, enqueue
    }

    private let entries: [TrackEntry<QueueCall>]
    private let length: Int
    private let pairs: Pairs

    /// Decides the track; not applicable if an element is enqueued twice.
    static func decide(_ track: Track<UnorderedQueue>) -> LinearFinding {
        do {
            guard let pairs = try Pairs(track.entries) else { return .notApplicable }
            let decider = BagDecider(entries: track.entries, length: track.length, pairs: pairs)
            return try decider.decide()
        } catch {
            return .contradiction(error)
        }
    }

    private func decide() throws(Conflict) -> LinearFinding {
        let elements = pairs.elements
        guard !pairs.unseen.isEmpty, !pairs.empties.isEmpty else {
            return .order(try order(elements))
        }
        // If even the first of them could take all elements, and that is not enough, nothing is.
        _ = try emptyMoments(elements.map { ($0.put, $0.take ?? pairs.unseen[0]) })
        let left = elements.indices.filter { elements[$0].take == nil }
            .sorted { entries[elements[$0].put].completion < entries[elements[$1].put].completion }
        var assigned = elements
        for (element, take) in zip(left, pairs.unseen) { assigned[element].take = take }
        guard let order = try? order(assigned) else { return .notApplicable }
        return .order(order)
    }

    /// From when to when an element is certainly inside.
    private func core(_ put: Int, _ take: Int?) -> Range<Int>? {
        let start = entries[put].completion
        let end = take.map { entries[$0].invocation } ?? length + 1
        return start < end ? start..<end : nil
    }

    /// A moment for each dequeue that found nothing.
    private func emptyMoments(
        _ elements: [(put: Int, take: Int?)]
    ) throws(Conflict) -> [(at: Int, place: Int)] {
        let cores = elements.compactMap { element in
            core(element.put, element.take).map {
                EmptyMoments.Core(moments: $0, put: element.put, take: element.take)
            }
        }
        let empty = EmptyMoments(cores, length: length)
        var moments: [(at: Int, place: Int)] = []
        for place in pairs.empties {
            moments.append((try empty.moment(of: place, in: entries), place))
        }
        return moments
    }

    private func order(_ elements: [(put: Int, take: Int?)]) throws(Conflict) -> [Int] {
        var points: [(at: Int, kind: Kind, places: [Int])] = []
        for moment in try emptyMoments(elements) {
            points.append((moment.at, .moment, [moment.place]))
        }
        for element in elements {
            if core(element.put, element.take) != nil {
                points.append((entries[element.put].completion - 1, .enqueue, [element.put]))
                guard let take = element.take else { continue }
                points.append((entries[take].invocation, .dequeue, [take]))
            } else if let take = element.take {
                let moment = max(entries[element.put].invocation, entries[take].invocation)
                points.append((moment, .moment, [element.put, take]))
            }
        }
        points.sort { ($0.at, $0.kind.rawValue) < ($1.at, $1.kind.rawValue) }
        return points.flatMap(\.places)
    }
}
