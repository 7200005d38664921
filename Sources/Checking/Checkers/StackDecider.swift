internal import Models

// A stack of distinct elements. Each element stays from its push to its pop; an order is legal if
// and only if no two stays cross, each empty pop lies outside of all stays, and each operation
// lies between its events. (Lee & Mathur, OOPSLA 2025, decide it by taking elements away too; the
// argument here is our own, and the self-test judges it.)
//
// 1. An element whose push and pop overlap in time can be pushed and popped at one moment of that
//    overlap, in any state of the stack: it is set aside. What is left is certainly inside from
//    the completion of its push to the invocation of its pop, its *core*.
// 2. At a moment t in no core some legal order, if there is any, leaves the stack empty. Take the
//    elements that an order has inside at t. Each could be popped before t or pushed after t.
//    Push those of the second kind right after t, lowest first, and pop the others right before
//    t, topmost first. Taking an element out of a stack's history leaves it legal, so both halves
//    stay legal. The same holds for several such moments, one after the other.
// 3. So the cores fall into groups, each of which covers an interval without a gap. In a group,
//    the stack is never empty, so that one element is below all others throughout: its push can
//    come before the first core begins and its pop after the last one ends. If two elements can
//    be that, either will do: wrap it around any legal order of the group, which stays legal
//    without it; the others' operations move behind that push, and before that pop, which the
//    events allow, for none completes before the first core begins. If none can, no order is
//    legal.
// 4. Without that element the rest of its group is decided in the same way.

/// Decides stacks of distinct elements, in O(n log n).
///
/// Pops of which nobody knows what they took are left out at first. If there is an order without
/// them, it is legal; if there is none, the decider does not apply.
struct StackDecider {
    fileprivate struct Element {
        let push: Int
        /// -1 if it was never popped.
        let pop: Int
        let core: Range<Int>
        let pushInvocation: Int
        let popCompletion: Int
    }

    private enum Task {
        /// A group of cores: elements by the beginnings and by the ends of their cores.
        case group(Range<Int>)
        case pop(Int)
    }

    private let entries: [TrackEntry<QueueCall>]
    private let length: Int
    private var elements: [Element] = []
    /// Pushes and pops of elements that are there for a moment, with that moment.
    private var moments: [(at: Int, push: Int, pop: Int)] = []
    private var empties: [Int] = []

    private init(_ track: Track<Stack>) {
        entries = track.entries
        length = track.length
    }

    /// Decides the track; not applicable if an element is pushed twice.
    static func decide(_ track: Track<Stack>) -> LinearFinding {
        var decider = StackDecider(track)
        do {
            switch try Pairs(track.entries) {
            case nil: return likely(track)
            case let pairs?:
                decider.take(pairs)
                return .order(try decider.order())
            }
        } catch {
            let hasUnseen = track.entries.contains { $0.call == .takeUnseen }
            // What is missing may have been popped unseen.
            return hasUnseen && error.kind != .takenTwice && error.kind != .unwritten
                && error.kind != .future ? .notApplicable : .contradiction(error)
        }
    }

    /// Tries likely pairs of equal elements.
    private static func likely(_ track: Track<Stack>) -> LinearFinding {
        for clock in Pairs.Clock.allCases {
            guard let pairs = Pairs.likely(track.entries, .lastIn, by: clock) else { continue }
            var decider = StackDecider(track)
            decider.take(pairs)
            if let order = try? decider.order(), track.accepts(order) { return .order(order) }
        }
        return .notApplicable
    }

    private mutating func take(_ pairs: Pairs) {
        empties = pairs.empties
        for (push, pop) in pairs.elements {
            let pushed = entries[push]
            guard let pop else {
                elements.append(
                    Element(
                        push: push, pop: -1, core: pushed.completion..<(length + 1),
                        pushInvocation: pushed.invocation, popCompletion: .max))
                continue
            }
            let popped = entries[pop]
            if popped.invocation < pushed.completion {
                let moment = max(pushed.invocation, popped.invocation)
                moments.append((moment, push, pop))
            } else {
                elements.append(
                    Element(
                        push: push, pop: pop, core: pushed.completion..<popped.invocation,
                        pushInvocation: pushed.invocation, popCompletion: popped.completion))
            }
        }
        elements.sort { $0.core.lowerBound < $1.core.lowerBound }
    }

    // MARK: Order

    private func order() throws(Conflict) -> [Int] {
        var word = try emptyPops()
        // Behind the empty pops, which lie in gaps, come the groups by their beginning.
        var groups = Groups(elements.map(Stay.init), moments: length + 2)
        var tasks: [Task] = groups.split(0..<(length + 2)).reversed().map(Task.group)
        var nested: [(at: Int, entry: Int)] = []
        while let task = tasks.popLast() {
            switch task {
            case .pop(let element):
                if elements[element].pop >= 0 { nested.append((-1, elements[element].pop)) }
            case .group(let cores):
                guard let lowest = groups.removeLowest(of: cores) else {
                    throw crossing(in: cores, of: groups)
                }
                nested.append((cores.lowerBound, elements[lowest].push))
                tasks.append(.pop(lowest))
                tasks += groups.split(cores).reversed().map(Task.group)
            }
        }
        word = merge(nested, with: word)
        return insertMoments(into: word.map(\.entry))
    }

    /// Puts each empty pop before the groups that begin after its moment.
    private func merge(
        _ nested: [(at: Int, entry: Int)], with empties: [(at: Int, entry: Int)]
    ) -> [(at: Int, entry: Int)] {
        var merged: [(at: Int, entry: Int)] = []
        merged.reserveCapacity(nested.count + empties.count)
        var next = 0
        for item in nested {
            while item.at >= 0, next < empties.count, empties[next].at < item.at {
                merged.append(empties[next])
                next += 1
            }
            merged.append(item)
        }
        return merged + empties[next...]
    }

    /// A moment outside of all cores for each empty pop, in their order.
    private func emptyPops() throws(Conflict) -> [(at: Int, entry: Int)] {
        guard !empties.isEmpty else { return [] }
        let cores = elements.map {
            EmptyMoments.Core(moments: $0.core, put: $0.push, take: $0.pop < 0 ? nil : $0.pop)
        }
        let empty = EmptyMoments(cores, length: length)
        var pops: [(at: Int, entry: Int)] = []
        for place in empties { pops.append((try empty.moment(of: place, in: entries), place)) }
        return pops.sorted { ($0.at, $0.entry) < ($1.at, $1.entry) }
    }

    /// Puts each element that is there for a moment behind all that is at its earliest point by
    /// then.
    private func insertMoments(into word: [Int]) -> [Int] {
        guard !moments.isEmpty else { return word }
        var full: [Int] = []
        full.reserveCapacity(entries.count)
        let sorted = moments.sorted { $0.at < $1.at }
        var next = 0
        var point = 0
        for entry in word {
            point = max(point, entries[entry].invocation)
            while next < sorted.count, sorted[next].at < point {
                full += [sorted[next].push, sorted[next].pop]
                next += 1
            }
            full.append(entry)
        }
        for moment in sorted[next...] { full += [moment.push, moment.pop] }
        return full
    }

    /// The elements of a group none of which can be below all others.
    private func crossing(in cores: Range<Int>, of groups: borrowing Groups) -> Conflict {
        let members = groups.members(of: cores).map { elements[$0] }
        let last = members.max { $0.core.upperBound < $1.core.upperBound }
        let pops = members.map { $0.pop < 0 ? nil : $0.pop }
        let culprit =
            last.flatMap { $0.pop < 0 ? nil : $0.pop } ?? pops.lazy.compactMap(\.self).first
        return Conflict(
            .crossed, culprit: culprit ?? members[0].push, members.map(\.push) + pops)
    }
}

extension StackDecider.Stay {
    fileprivate init(_ element: StackDecider.Element) {
        self.init(
            core: element.core, pushInvocation: element.pushInvocation,
            popCompletion: element.popCompletion)
    }
}
