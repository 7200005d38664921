internal import HeapModule
internal import Histories
internal import Models

// A queue of distinct elements. Element x must be before y if x was enqueued, or dequeued, wholly
// before y was. The queue is linearizable if and only if no two elements must each be before the
// other, each dequeue follows its enqueue, and each empty dequeue has a moment at which no element
// was certainly inside (from the completion of its enqueue to the invocation of its dequeue).
// Elements that were never dequeued are dequeued at infinity.

/// Decides FIFO queues of distinct elements, in O(n log n).
struct QueueDecider {
    private struct Element {
        var enqueue: Int
        var dequeue: Int?
    }

    private let entries: [Entry<QueueCall>]
    private let length: Int
    private var elements: [Element] = []
    private var empties: [Int] = []

    private static var infinity: Int { .max }

    private init(_ track: Track<FIFOQueue>) {
        entries = track.entries
        length = track.length
    }

    /// Decides the track; not applicable if an element is enqueued twice or a dequeue crashed.
    static func decide(_ track: Track<FIFOQueue>) -> LinearFinding {
        var decider = QueueDecider(track)
        do {
            guard try decider.pair() else { return .notApplicable }
            let moments = try decider.emptyMoments()
            return .order(try decider.order(around: moments))
        } catch {
            return .contradiction(error)
        }
    }

    // MARK: Elements

    /// Pairs enqueues with dequeues; false if this decider does not apply.
    private mutating func pair() throws(Conflict) -> Bool {
        var enqueues: [Value: Int] = [:]
        var dequeues: [Value: Int] = [:]
        var duplicate: Conflict?
        for (place, entry) in entries.enumerated() {
            switch entry.call {
            case .put(let value):
                guard enqueues.updateValue(place, forKey: value) == nil else { return false }
            case .take(let value):
                if let other = dequeues.updateValue(place, forKey: value) {
                    duplicate = duplicate ?? Conflict(.takenTwice, culprit: place, missed: other)
                }
            case .takeNothing: empties.append(place)
            case .takeUnseen: return false
            }
        }
        if let duplicate { throw duplicate }
        for (value, dequeue) in dequeues {
            guard let enqueue = enqueues[value] else {
                throw Conflict(.unwritten, culprit: dequeue)
            }
            if entries[dequeue].completion < entries[enqueue].invocation {
                throw Conflict(.future, culprit: dequeue, missed: enqueue)
            }
        }
        // A crashed enqueue that nobody saw need not have happened.
        for (value, enqueue) in enqueues
        where dequeues[value] != nil || !entries[enqueue].isUnknown {
            elements.append(Element(enqueue: enqueue, dequeue: dequeues[value]))
        }
        elements.sort { $0.enqueue < $1.enqueue }
        return true
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
        var change = [Int32](repeating: 0, count: length + 1)
        for element in elements {
            let from = entries[element.enqueue].completion
            let to = min(dequeueInvocation(element), length)
            guard from < to else { continue }
            change[from] += 1
            change[to] -= 1
        }
        var inside = [Int32](repeating: 0, count: length + 1)
        var count: Int32 = 0
        for place in 0...length {
            count += change[place]
            inside[place] = count
        }
        var nextEmpty = [Int](repeating: Self.infinity, count: length + 2)
        for place in (0...length).reversed() {
            nextEmpty[place] = inside[place] == 0 ? place : nextEmpty[place + 1]
        }
        var moments: [(moment: Int, place: Int)] = []
        for place in empties {
            let moment = nextEmpty[entries[place].invocation]
            guard moment < entries[place].completion else {
                throw Conflict(.notEmpty, culprit: place, missed: resident(during: place))
            }
            moments.append((moment, place))
        }
        return moments.sorted { $0.moment < $1.moment }
    }

    /// An element that was certainly inside when an empty dequeue began.
    private func resident(during place: Int) -> Int? {
        let invocation = entries[place].invocation
        return elements.first {
            entries[$0.enqueue].completion < invocation && dequeueInvocation($0) > invocation
        }?.enqueue
    }

    // MARK: Order

    /// The witness: between two empty moments, the elements in an order that both their enqueues
    /// and their dequeues allow, each operation as early as can be.
    private func order(around moments: [(moment: Int, place: Int)]) throws(Conflict) -> [Int] {
        var segments: [[Int]] = Array(repeating: [], count: moments.count + 1)
        let times = moments.map(\.moment)
        for (number, element) in elements.enumerated() {
            let known = enqueueCompletion(element)
            // In the segment before the first empty moment behind which it is known to have been.
            segments[times.partitioningIndex { $0 >= known }].append(number)
        }
        var order: [Int] = []
        for (number, segment) in segments.enumerated() {
            let start = number == 0 ? 0 : moments[number - 1].moment
            order += schedule(try sequence(of: segment), from: start)
            if number < moments.count { order.append(moments[number].place) }
        }
        return order
    }

    /// An order of elements that contradicts neither their enqueues nor their dequeues: again and
    /// again one that no other must precede.
    private func sequence(of segment: [Int]) throws(Conflict) -> [Int] {
        var waiting = Waiting(
            segment,
            enqueue: segment.map {
                (entries[elements[$0].enqueue].invocation, enqueueCompletion(elements[$0]))
            },
            dequeue: segment.map {
                (dequeueInvocation(elements[$0]), dequeueCompletion(elements[$0]))
            })
        var sequence: [Int] = []
        sequence.reserveCapacity(segment.count)
        while sequence.count < segment.count {
            guard let next = waiting.next() else { throw inversion(among: waiting.left) }
            sequence.append(segment[next])
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

    /// The operations of the elements, each at its earliest point.
    private func schedule(_ sequence: [Int], from start: Int) -> [Int] {
        var (enqueued, dequeued) = (start, start)
        var points: [(point: Int, rank: Int, place: Int)] = []
        for (rank, number) in sequence.enumerated() {
            let element = elements[number]
            enqueued = max(enqueued, entries[element.enqueue].invocation)
            points.append((enqueued, 2 * rank, element.enqueue))
            guard let dequeue = element.dequeue else { continue }
            dequeued = max(dequeued, enqueued, entries[dequeue].invocation)
            points.append((dequeued, 2 * rank + 1, dequeue))
        }
        return points.sorted { ($0.point, $0.rank) < ($1.point, $1.rank) }.map(\.place)
    }

    /// Elements that have not been put into the sequence yet.
    private struct Waiting {
        private let segment: [Int]
        private var enqueues: Side
        private var dequeues: Side
        private var conditions: [Int8]
        private var isTaken: [Bool]
        private var ready: [Int] = []

        init(_ segment: [Int], enqueue: [(Int, Int)], dequeue: [(Int, Int)]) {
            self.segment = segment
            enqueues = Side(enqueue)
            dequeues = Side(dequeue)
            conditions = Array(repeating: 0, count: segment.count)
            isTaken = Array(repeating: false, count: segment.count)
        }

        /// The numbers of the elements that are left.
        var left: [Int] { segment.indices.filter { !isTaken[$0] }.map { segment[$0] } }

        /// An element that no other must precede, by its enqueue or by its dequeue.
        mutating func next() -> Int? {
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

    /// The enqueues, or the dequeues, of the elements that wait.
    private struct Side {
        private struct Due: Comparable {
            let at: Int
            let element: Int
            static func < (one: Due, other: Due) -> Bool {
                (one.at, one.element) < (other.at, other.element)
            }
        }

        private var invocations: Heap<Due>
        private var completions: Heap<Due>

        init(_ spans: [(Int, Int)]) {
            invocations = Heap(spans.enumerated().map { Due(at: $1.0, element: $0) })
            completions = Heap(spans.enumerated().map { Due(at: $1.1, element: $0) })
        }

        /// The next element whose operation began before the first of all that are left ended.
        mutating func open(_ isTaken: [Bool]) -> Int? {
            while let first = completions.min, isTaken[first.element] { completions.removeMin() }
            guard let next = invocations.min, next.at <= completions.min?.at ?? .max else {
                return nil
            }
            invocations.removeMin()
            return next.element
        }
    }
}
