internal import Histories
internal import Models

// A queue whose values repeat. What the i-th enqueue puts in, the i-th dequeue takes out; so the
// order of all enqueues and the order of all dequeues are built side by side, an element at a
// time. Operations that found nothing stand in both: all before them comes before all behind.
//
// 1. Two such orders that each respect time are parts of one legal order if and only if (a) no
//    dequeue completes before an enqueue begins that puts in its element or an earlier one, and
//    (b) nothing that found nothing stands behind a dequeue and before an enqueue that completed
//    before that dequeue began.
// 2. Necessary: each would be a cycle. Sufficient: take a shortest cycle among the two orders, the
//    elements (i-th enqueue before i-th dequeue) and time. Of two steps in time from a dequeue to
//    an enqueue one can take a short cut, for times are intervals: the earlier completion also
//    comes before the other invocation. So the cycle goes once from the dequeues to the enqueues
//    and once back. Forth in time and back by an element or by what found nothing: (a). Forth by
//    what found nothing and back in time: (b). Forth and back in time: then one dequeue would
//    precede an earlier one in time, or so would enqueues, which neither order allows. The other
//    combinations contradict the counting of elements.
// 3. Which steps are possible depends on the two sets of operations that have taken effect only:
//    n pairs of cuts times at most 2^w for w operations that are open at once.

/// The exact search for FIFO queues, polynomial for as long as few operations are open at once.
struct LockstepSearch: StructuredSearch {
    private struct Node: Hashable {
        let puts: Cut
        let takes: Cut
        /// How many of the elements that were there at first are left.
        let initially: Int32
    }

    private let track: Track<FIFOQueue>
    private let puts: Cuts<QueueCall>
    private let takes: Cuts<QueueCall>
    private var known: Set<Node>
    /// Each node with the one before it and what took effect in between.
    private var nodes: [(node: Node, before: Int32, put: Int32, take: Int32)]
    private var work: [Int32] = [0]
    private var end: Int32?
    private var candidates: [(entry: Int, cut: Cut)] = []

    /// Nil if too many operations are open at once.
    init?(_ track: Track<FIFOQueue>) {
        let places = track.entries.indices
        guard
            let puts = Cuts(track.entries, places: places.filter { track.entries[$0].call.isPut }),
            let takes = Cuts(
                track.entries,
                places: places.filter { track.entries[$0].call.isTake })
        else { return nil }
        self.track = track
        self.puts = puts
        self.takes = takes
        let start = Node(
            puts: Cut(), takes: Cut(), initially: Int32(track.model.initialState.count))
        known = [start]
        nodes = [(start, -1, -1, -1)]
        if takes.isEnd(start.takes) { end = 0 }
    }

    /// Searches until the end is reached, or nothing is left to try, or so many configurations
    /// have been visited.
    mutating func run(
        _ meter: Meter, until most: Int, others: Int
    ) -> SearchFinding<FIFOQueue>? {
        if let limit = search(meter, until: most, others: others) {
            return .undecided(
                limit, DeepestFrontier(completed: nil, configurations: work.count, states: []))
        }
        guard end != nil || work.isEmpty else { return nil }
        guard let end else { return .violation(dead(meter)) }
        return .ordered(merged(order(to: Int(end))))
    }

    /// The limit that was met, if one was.
    private mutating func search(_ meter: Meter, until most: Int, others: Int) -> Limit? {
        while end == nil, meter.configurations < most, let number = work.popLast() {
            if let limit = meter.spend(1, bytes: bytes + others) { return limit }
            let first = work.count
            expand(Int(number))
            // What was found first is tried first.
            work[first...].reverse()
        }
        return nil
    }

    /// What is in use, counted before tables double and with their copies.
    var bytes: Int { (nodes.count + 4_096).roundedUp * 160 / 2 * 3 }

    // MARK: Steps

    private mutating func expand(_ number: Int) {
        let node = nodes[number].node
        var takers: [(entry: Int, cut: Cut)] = []
        takes.forEachStep(from: node.takes) { takers.append(($0, $1)) }
        if node.initially > 0 {
            let initial = track.model.initialState
            let value = initial[initial.endIndex - Int(node.initially)]
            for taker in takers where track.entries[taker.entry].call.canTake(value) {
                let next = Node(
                    puts: node.puts, takes: taker.cut, initially: node.initially - 1)
                add(next, before: number, put: -1, take: taker.entry)
            }
            return
        }
        candidates.removeAll(keepingCapacity: true)
        puts.forEachStep(from: node.puts) { candidates.append(($0, $1)) }
        for taker in takers where track.entries[taker.entry].call == .takeNothing {
            findNothing(taker, from: number)
        }
        for (put, cut) in candidates {
            guard case .put(let value) = track.entries[put].call else { continue }
            let begun = puts.latestInvocation(in: cut)
            for taker in takers {
                let entry = track.entries[taker.entry]
                guard entry.call.canTake(value), entry.completion > begun else { continue }
                add(
                    Node(puts: cut, takes: taker.cut, initially: 0), before: number, put: put,
                    take: taker.entry)
            }
        }
    }

    private mutating func findNothing(_ taker: (entry: Int, cut: Cut), from number: Int) {
        let node = nodes[number].node
        guard let same = candidates.first(where: { $0.entry == taker.entry }),
            takes.latestInvocation(in: node.takes) < puts.earliestCompletion(outside: same.cut)
        else { return }
        add(
            Node(puts: same.cut, takes: taker.cut, initially: 0), before: number,
            put: taker.entry, take: taker.entry)
    }

    private mutating func add(_ node: Node, before: Int, put: Int, take: Int) {
        guard known.insert(node).inserted else { return }
        let number = Int32(nodes.count)
        nodes.append((node, Int32(before), Int32(put), Int32(take)))
        work.append(number)
        // What is left was never taken out, and is put in in any order that time allows.
        if end == nil, takes.isEnd(node.takes) { end = number }
    }

    // MARK: The order

    private func order(to end: Int) -> (puts: [Int], takes: [Int]) {
        var order: (puts: [Int], takes: [Int]) = ([], [])
        var number = end
        while number > 0 {
            if nodes[number].put >= 0 { order.puts.append(Int(nodes[number].put)) }
            order.takes.append(Int(nodes[number].take))
            number = Int(nodes[number].before)
        }
        order.puts.reverse()
        order.takes.reverse()
        let done = Set(order.puts)
        order.puts += track.entries.indices.filter {
            track.entries[$0].call.isPut && !track.entries[$0].isUnknown && !done.contains($0)
        }.sorted { track.entries[$0].completion < track.entries[$1].completion }
        return order
    }

    /// One order of both: a dequeue comes as soon as its element is there and no enqueue that is
    /// left completed before it began.
    private func merged(_ order: (puts: [Int], takes: [Int])) -> [Int] {
        var earliest = [Int](repeating: .max, count: order.puts.count + 1)
        for place in order.puts.indices.reversed() {
            earliest[place] = min(
                earliest[place + 1], track.entries[order.puts[place]].completion)
        }
        var merged: [Int] = []
        merged.reserveCapacity(order.puts.count + order.takes.count)
        var (put, inside) = (0, track.model.initialState.count)
        for take in order.takes {
            let findsNothing = track.entries[take].call == .takeNothing
            while put < order.puts.count,
                findsNothing
                    ? order.puts[put] != take
                    : inside == 0 || earliest[put] < track.entries[take].invocation,
                track.entries[order.puts[put]].call != .takeNothing
            {
                merged.append(order.puts[put])
                inside += 1
                put += 1
            }
            merged.append(take)
            if findsNothing { put += 1 } else { inside -= 1 }
        }
        return merged + order.puts[put...]
    }

    /// The first completion that no order survives, by bisection over the beginnings of the history;
    /// a later one if the budget ends before that is found.
    private func dead(_ meter: Meter) -> DeadEnd<FIFOQueue> {
        let completions = track.entries.indices.filter { !track.entries[$0].isUnknown }
            .sorted { track.entries[$0].completion < track.entries[$1].completion }
        var (low, high) = (0, completions.count - 1)
        while low < high {
            let middle = (low + high) / 2
            let end = track.entries[completions[middle]].completion
            guard let isViolation = isViolation(until: end, meter) else { break }
            if isViolation { high = middle } else { low = middle + 1 }
        }
        let entry = completions[high]
        let end = track.entries[entry].completion
        let open = track.entries.indices.filter {
            track.entries[$0].invocation < end && track.entries[$0].completion >= end
                && !track.entries[$0].isUnknown
        }
        return DeadEnd(entry: entry, states: [], open: open, demanded: entry, last: [])
    }

    /// Nil if the budget ends before that is known.
    private func isViolation(until end: Int, _ meter: Meter) -> Bool? {
        let kept = track.entries.filter { $0.invocation < end }.compactMap { entry in
            entry.completion <= end ? entry : entry.crashed
        }
        let part = Track(model: track.model, entries: kept, length: track.length)
        guard var search = LockstepSearch(part),
            search.search(meter, until: .max, others: bytes) == nil
        else { return nil }
        return search.end == nil
    }
}

extension QueueCall {
    fileprivate var isPut: Bool {
        if case .put = self { true } else { self == .takeNothing }
    }

    fileprivate var isTake: Bool {
        if case .put = self { false } else { true }
    }

    fileprivate func canTake(_ value: Value) -> Bool { self == .take(value) || self == .takeUnseen }
}

extension TrackEntry<QueueCall> {
    /// The same operation if nobody knew how it ended; nil if it then says nothing.
    fileprivate var crashed: TrackEntry? {
        let call: QueueCall
        switch self.call {
        case .put, .takeUnseen: call = self.call
        case .take: call = .takeUnseen
        case .takeNothing: return nil
        }
        return TrackEntry(id: id, call: call, invocation: invocation, completion: .max)
    }
}
