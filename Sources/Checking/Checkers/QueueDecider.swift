internal import Models

// A queue of distinct elements. Element x must be before y if x was enqueued, or dequeued, wholly
// before y was. The queue is linearizable if and only if no two elements must each be before the
// other, each dequeue follows its enqueue, and each empty dequeue has a moment at which no element
// was certainly inside (from the completion of its enqueue to the invocation of its dequeue).
// Elements that were never dequeued are dequeued at infinity.

/// Decides FIFO queues of distinct elements, in linear time but for a sort of the operations that
/// one segment between two empty moments holds.
struct QueueDecider {
    private struct Element {
        private let enqueuePlace: Int32
        private let dequeuePlace: Int32

        init(enqueue: Int, dequeue: Int?) {
            enqueuePlace = Int32(enqueue)
            dequeuePlace = dequeue.map(Int32.init) ?? -1
        }

        var enqueue: Int { Int(enqueuePlace) }
        /// Nil if it was never dequeued.
        var dequeue: Int? { dequeuePlace < 0 ? nil : Int(dequeuePlace) }
    }

    private let entries: [TrackEntry<QueueCall>]
    private let length: Int
    private let elements: [Element]
    private let empties: [Int]

    private static var infinity: Int { .max }

    private init(
        _ track: Track<FIFOQueue>, _ pairs: [(put: Int, take: Int?)], _ empties: [Int]
    ) {
        entries = track.entries
        length = track.length
        elements = pairs.map { Element(enqueue: $0.put, dequeue: $0.take) }
        self.empties = empties
    }

    /// Decides the track; not applicable if an element is enqueued twice, and not always where a
    /// dequeue crashed.
    static func decide(_ track: Track<FIFOQueue>) -> LinearFinding {
        do {
            guard let pairs = try Pairs(track.entries) else { return likely(track) }
            guard !pairs.unseen.isEmpty else {
                return .order(try QueueDecider(track, pairs.elements, pairs.empties).order())
            }
            return try decide(track, unseen: pairs)
        } catch {
            return .contradiction(error)
        }
    }

    /// Tries likely pairs of equal elements.
    private static func likely(_ track: Track<FIFOQueue>) -> LinearFinding {
        for clock in Pairs.Clock.allCases {
            guard let pairs = Pairs.likely(track.entries, .firstIn, by: clock) else { continue }
            let elements = assigned(pairs, track.entries)
            let decider = QueueDecider(track, elements, pairs.empties)
            if let order = try? decider.order(), track.accepts(order) { return .order(order) }
        }
        return .notApplicable
    }

    /// Decides where nobody knows what some dequeues took.
    ///
    /// An order with a likely choice is legal, and a contradiction that stands even if each element that nobody took could have gone with the
    /// first of them is one. What lies between is left to the search.
    private static func decide(
        _ track: Track<FIFOQueue>, unseen pairs: Pairs
    ) throws(Conflict) -> LinearFinding {
        let first = pairs.unseen[0]
        let freest = pairs.elements.map { ($0.put, $0.take ?? first) }
        _ = try QueueDecider(track, freest, pairs.empties).order()
        let likely = assigned(pairs, track.entries)
        guard let order = try? QueueDecider(track, likely, pairs.empties).order(),
            track.accepts(order)
        else { return .notApplicable }
        return .order(order)
    }

    /// Gives the dequeues of which nobody knows what they took, by their invocation, those
    /// elements that must have gone, by the completion of their enqueues: an element that was
    /// taken, or nothing, was found behind each.
    private static func assigned(
        _ pairs: Pairs, _ entries: [TrackEntry<QueueCall>]
    ) -> [(put: Int, take: Int?)] {
        var elements = pairs.elements
        let taken = elements.lazy.filter { $0.take != nil }.map { entries[$0.put].invocation }
        let empty = pairs.empties.lazy.map { entries[$0].invocation }
        let bound = max(taken.max() ?? -1, empty.max() ?? -1)
        let gone = elements.indices.filter {
            elements[$0].take == nil && entries[elements[$0].put].completion < bound
        }.sorted { entries[elements[$0].put].completion < entries[elements[$1].put].completion }
        for (element, take) in zip(gone, pairs.unseen) { elements[element].take = take }
        return elements
    }

    private func order() throws(Conflict) -> [Int] {
        try order(around: try emptyMoments())
    }

    /// A dequeue cannot take effect before its element is enqueued.
    private func dequeueInvocation(_ element: Element) -> Int {
        guard let dequeue = element.dequeue else { return Self.infinity }
        return max(entries[dequeue].invocation, entries[element.enqueue].invocation)
    }

    /// An enqueue must have taken effect when its element has been dequeued.
    private func enqueueCompletion(_ element: Element) -> Int {
        min(entries[element.enqueue].completion, dequeueCompletion(element))
    }

    private func dequeueCompletion(_ element: Element) -> Int {
        element.dequeue.map { entries[$0].completion } ?? Self.infinity
    }

    // MARK: Empty dequeues

    /// A moment for each empty dequeue, as the place behind which it lies.
    private func emptyMoments() throws(Conflict) -> [(moment: Int, place: Int)] {
        guard !empties.isEmpty else { return [] }
        let cores = elements.compactMap { element -> EmptyMoments.Core? in
            let from = entries[element.enqueue].completion
            let to = min(dequeueInvocation(element), length + 1)
            guard from < to else { return nil }
            return EmptyMoments.Core(
                moments: from..<to, put: element.enqueue, take: element.dequeue)
        }
        let empty = EmptyMoments(cores, length: length)
        var moments: [(moment: Int, place: Int)] = []
        for place in empties {
            moments.append((try empty.moment(of: place, in: entries), place))
        }
        return moments.sorted { $0.moment < $1.moment }
    }

    // MARK: Order

    /// The witness: between two empty moments, the elements in an order that both their enqueues
    /// and their dequeues allow, each operation as early as can be.
    private func order(around moments: [(moment: Int, place: Int)]) throws(Conflict) -> [Int] {
        let times = moments.map(\.moment)
        // In the segment before the first empty moment behind which it is known to have been.
        let segments = elements.map { element in
            let known = enqueueCompletion(element)
            return times.partitioningIndex { $0 >= known }
        }
        let enqueues = sides(
            segments, of: times.count + 1, from: { self.entries[$0.enqueue].invocation },
            to: enqueueCompletion)
        let dequeues = sides(
            segments, of: times.count + 1, from: dequeueInvocation, to: dequeueCompletion)
        var order: [Int] = []
        order.reserveCapacity(entries.count)
        var waiting = Waiting(count: elements.count)
        for number in 0...times.count {
            let start = number == 0 ? 0 : times[number - 1]
            let sequence = try sequence(&waiting, enqueues[number], dequeues[number])
            schedule(sequence, from: start, into: &order)
            if number < times.count { order.append(moments[number].place) }
        }
        return order
    }

    /// The elements of each segment by the beginning and by the end of an operation.
    ///
    /// Hardly two events share a place, so that elements are put into order by a walk over the
    /// places.
    private func sides(
        _ segments: [Int], of count: Int, from: (Element) -> Int, to: (Element) -> Int
    ) -> [Side] {
        var sides = Array(repeating: Side(), count: count)
        for event in ordered(by: from) {
            sides[segments[Int(event.number)]].beginnings.append(event)
        }
        for event in ordered(by: to) { sides[segments[Int(event.number)]].ends.append(event) }
        return sides
    }

    /// When an operation of an element begins or ends.
    private struct ElementEvent {
        /// The element's number.
        let number: Int32
        /// The place; `Int32.max` for never.
        let at: Int32
    }

    private func ordered(by key: (Element) -> Int) -> [ElementEvent] {
        var buckets = [Int32](repeating: -1, count: length)
        var next = [Int32](repeating: -1, count: elements.count)
        var never: [ElementEvent] = []
        for (number, element) in elements.enumerated() {
            let at = key(element)
            if at < length {
                next[number] = buckets[at]
                buckets[at] = Int32(number)
            } else {
                never.append(ElementEvent(number: Int32(number), at: .max))
            }
        }
        var ordered: [ElementEvent] = []
        ordered.reserveCapacity(elements.count)
        for (at, head) in buckets.enumerated() where head >= 0 {
            var number = head
            while number >= 0 {
                ordered.append(ElementEvent(number: number, at: Int32(at)))
                number = next[Int(number)]
            }
        }
        return ordered + never
    }

    /// An order of elements that contradicts neither their enqueues nor their dequeues: again and
    /// again one that no other must precede.
    private func sequence(
        _ waiting: inout Waiting, _ enqueues: Side, _ dequeues: Side
    ) throws(Conflict) -> [Int] {
        let count = enqueues.beginnings.count
        var (enqueues, dequeues) = (enqueues, dequeues)
        var sequence: [Int] = []
        sequence.reserveCapacity(count)
        while sequence.count < count {
            guard let next = waiting.next(&enqueues, &dequeues) else {
                throw inversion(
                    among: enqueues.beginnings.map { Int($0.number) }.filter {
                        !waiting.isTaken[$0]
                    })
            }
            sequence.append(next)
        }
        return sequence
    }

    /// Two elements that must each be before the other.
    private func inversion(among left: [Int]) -> Conflict {
        for one in left {
            for other in left where other != one {
                let (x, y) = (elements[one], elements[other])
                guard enqueueCompletion(x) < entries[y.enqueue].invocation,
                    let dequeue = y.dequeue,
                    entries[dequeue].completion < dequeueInvocation(x)
                else { continue }
                return Conflict(
                    .overtaken, culprit: dequeue, missed: x.enqueue, [y.enqueue, x.dequeue])
            }
        }
        preconditionFailure("a cycle of precedence contains a cycle of two")
    }

    /// The operations of the elements, each at its earliest point: a merge of the enqueues with
    /// the dequeues, for the points of both grow along the sequence.
    private func schedule(_ sequence: [Int], from start: Int, into order: inout [Int]) {
        var (enqueued, dequeued) = (start, start)
        // How many enqueues stand in the order already, and the point of the last one.
        var (ahead, point) = (0, start)
        for (rank, number) in sequence.enumerated() {
            enqueued = max(enqueued, entries[elements[number].enqueue].invocation)
            guard let dequeue = elements[number].dequeue else { continue }
            dequeued = max(dequeued, enqueued, entries[dequeue].invocation)
            while ahead < sequence.count {
                let enqueue = elements[sequence[ahead]].enqueue
                let next = max(point, entries[enqueue].invocation)
                guard next < dequeued || next == dequeued && ahead <= rank else { break }
                order.append(enqueue)
                (ahead, point) = (ahead + 1, next)
            }
            order.append(dequeue)
        }
        for number in sequence[ahead...] { order.append(elements[number].enqueue) }
    }

    /// Which elements have been put into the sequence, and which may be put there next.
    private struct Waiting {
        private var conditions: [Int8]
        private(set) var isTaken: [Bool]
        private var ready: [Int] = []

        init(count: Int) {
            conditions = Array(repeating: 0, count: count)
            isTaken = Array(repeating: false, count: count)
        }

        /// An element that no other must precede, by its enqueue or by its dequeue.
        mutating func next(_ enqueues: inout Side, _ dequeues: inout Side) -> Int? {
            while let element = enqueues.open(isTaken) { meet(element) }
            while let element = dequeues.open(isTaken) { meet(element) }
            guard let element = ready.popLast() else { return nil }
            isTaken[element] = true
            return element
        }

        private mutating func meet(_ element: Int) {
            conditions[element] += 1
            if conditions[element] == 2 { ready.append(element) }
        }
    }

    /// The enqueues, or the dequeues, of a segment's elements, by their beginnings and by their
    /// ends.
    private struct Side {
        var beginnings: [ElementEvent] = []
        var ends: [ElementEvent] = []
        private var nextBeginning = 0
        private var nextEnd = 0

        /// The next element whose operation began before the first of all that are left ended.
        mutating func open(_ isTaken: [Bool]) -> Int? {
            while nextEnd < ends.count, isTaken[Int(ends[nextEnd].number)] { nextEnd += 1 }
            guard nextBeginning < beginnings.count else { return nil }
            let bound = nextEnd < ends.count ? ends[nextEnd].at : .max
            guard beginnings[nextBeginning].at <= bound else { return nil }
            defer { nextBeginning += 1 }
            return Int(beginnings[nextBeginning].number)
        }
    }
}
