internal import Models

// A linearization of a register whose values are each written at most once is a sequence of
// blocks, each a writer followed by everything that saw its value (``Zones``).
//
// A compare-and-set from a to b must follow a's block at once, so the values that
// compare-and-sets connect form one block of fixed inner order: writer of a, readers of a, the
// compare-and-set, readers of b, and so on.

/// Decides registers whose values are unique, in linear time.
///
/// Refused compare-and-sets are not looked at: a contradiction stands without them, an order
/// does not.
struct UniqueValues {
    private let entries: [Entry<Register.Call>]
    private let length: Int
    /// The number of a value; 0 is the initial one.
    private var numbers: [Register.State: Int] = [:]
    /// Per value: who wrote it, who saw it, who compared it away.
    private var writers: [[Int]] = []
    private var readers: [[Int]] = []
    private var swappers: [[Int]] = []

    private init(_ track: Track<Register>) {
        entries = track.entries
        length = track.length
        _ = number(of: track.model.initialState)
        for (place, entry) in entries.enumerated() {
            switch entry.call {
            case .read(let value): readers[number(of: value)].append(place)
            case .write(let value): writers[number(of: value)].append(place)
            case .compareAndSet(let expected, let new):
                swappers[number(of: expected)].append(place)
                writers[number(of: new)].append(place)
            case .refused: break
            }
        }
    }

    /// Decides the track.
    ///
    /// An order that cannot be made to suit the refused compare-and-sets is no verdict.
    static func decide(_ track: Track<Register>) -> LinearFinding {
        var decider = UniqueValues(track)
        guard decider.dropUnneeded() else { return .notApplicable }
        switch decider.blocks() {
        case .failure(let conflict): return .contradiction(conflict)
        case .success(let blocks):
            switch Zones(zones: blocks, length: track.length).order() {
            case .failure(let clash): return .contradiction(decider.conflict(clash))
            case .success(let order): return decider.insertingRefusals(into: order, of: track)
            }
        }
    }

    private mutating func number(of value: Register.State) -> Int {
        if let number = numbers[value] { return number }
        let number = writers.count
        numbers[value] = number
        writers.append([])
        readers.append([])
        swappers.append([])
        return number
    }

    /// The value that a compare-and-set expects.
    private func source(of place: Int) -> Int? {
        guard case .compareAndSet(let expected, _) = entries[place].call else { return nil }
        return numbers[expected]
    }

    // MARK: Needed values

    /// Drops the crashed writers of values that no operation of known outcome needs (nobody saw
    /// them: without them the order stays legal), and says whether what is left is unique.
    private mutating func dropUnneeded() -> Bool {
        var needed = [Bool](repeating: false, count: writers.count)
        var pending: [Int] = []
        for value in writers.indices {
            let isNeeded =
                !readers[value].isEmpty
                || (writers[value] + swappers[value]).contains { !entries[$0].isUnknown }
            if isNeeded { pending.append(value) }
        }
        while let value = pending.popLast() {
            guard !needed[value] else { continue }
            needed[value] = true
            // Which of two writers came is not known, so what they need is not either.
            guard writers[value].count <= 1 else { return false }
            if let writer = writers[value].first, let source = source(of: writer) {
                pending.append(source)
            }
        }
        guard writers[0].allSatisfy({ entries[$0].isUnknown }), !needed[0] || writers[0].isEmpty
        else { return false }
        for value in writers.indices {
            if !needed[value] { writers[value] = [] }
            swappers[value].removeAll { place in
                guard entries[place].isUnknown,
                    case .compareAndSet(_, let new) = entries[place].call
                else { return false }
                return !(numbers[new].map { needed[$0] } ?? false)
            }
        }
        let swapsForItself = writers.indices.contains { value in
            writers[value].contains { source(of: $0) == value }
        }
        return !swapsForItself
    }

    // MARK: Blocks

    /// Walks each chain of values from its root.
    ///
    /// A value that no walk reaches stands on a cycle.
    private func blocks() -> Result<[Zone], Conflict> {
        var blocks: [Zone] = []
        var reached = [Bool](repeating: false, count: writers.count)
        for root in writers.indices {
            let writer = writers[root].first
            if let writer, source(of: writer) != nil { continue }
            if root != 0, writer == nil {
                if let conflict = unwritten(root) { return .failure(conflict) }
                continue
            }
            switch chain(from: root, reached: &reached) {
            case .success(let block): blocks.append(block)
            case .failure(let conflict): return .failure(conflict)
            }
        }
        if let lost = writers.indices.first(where: { !reached[$0] && !writers[$0].isEmpty }) {
            return .failure(cycle(through: lost))
        }
        return .success(blocks)
    }

    private func unwritten(_ value: Int) -> Conflict? {
        guard let culprit = (readers[value] + swappers[value]).min() else { return nil }
        return Conflict(.unwritten, culprit: culprit)
    }

    private func cycle(through value: Int) -> Conflict {
        var places: [Int] = []
        var value = value
        while let writer = writers[value].first, !places.contains(writer) {
            places.append(writer)
            value = source(of: writer) ?? 0
        }
        return Conflict(.cycle, culprit: places[0], places)
    }

    /// Lays out one chain: writer, readers, the compare-and-set away, its readers, and so on.
    private func chain(from root: Int, reached: inout [Bool]) -> Result<Zone, Conflict> {
        var block = Zone()
        if root == 0 { block.completion = -1 }
        var value = root
        while true {
            reached[value] = true
            if let conflict = append(writers[value].prefix(1), value: value, to: &block) {
                return .failure(conflict)
            }
            if let conflict = append(readers[value][...], value: value, to: &block) {
                return .failure(conflict)
            }
            guard let swapper = swappers[value].first else { return .success(block) }
            if swappers[value].count > 1 {
                return .failure(
                    Conflict(.doubleSwap, culprit: swappers[value][1], missed: swapper))
            }
            guard case .compareAndSet(_, let new) = entries[swapper].call,
                let next = numbers[new], !reached[next]
            else { return .success(block) }
            value = next
        }
    }

    /// Adds a group to a block: none of it may have completed before something of an earlier
    /// group was invoked.
    private func append(
        _ group: ArraySlice<Int>, value: Int, to block: inout Zone
    ) -> Conflict? {
        let before = block
        for place in group {
            let entry = entries[place]
            if entry.completion < before.invocation, let last = before.last {
                return inversion(early: place, late: last, value: value)
            }
            block.append(place, entry)
        }
        return nil
    }

    /// An entry that completed before something was invoked that it must follow.
    private func inversion(early: Int, late: Int, value: Int) -> Conflict {
        let writer = writers[value].first
        if writer == late
            || (writer.map { entries[$0].invocation > entries[early].completion } ?? false)
        {
            return Conflict(.future, culprit: early, missed: writer ?? late)
        }
        return Conflict(.stale, culprit: late, missed: early, [writer])
    }

    // MARK: Order of blocks

    private func conflict(_ clash: Zones.Clash) -> Conflict {
        // The block whose writer came first holds the older value; who saw it last is stale.
        let oneIsOlder = writerInvocation(of: clash.one) <= writerInvocation(of: clash.other)
        let (old, new) = oneIsOlder ? (clash.one, clash.other) : (clash.other, clash.one)
        let culprit = old.last ?? old.entries[0]
        return Conflict(
            isWriter(culprit) ? .interleaved : .stale, culprit: culprit,
            missed: new.entries.first,
            [old.first, old.last, new.first, new.last, old.entries.first])
    }

    private func writerInvocation(of block: Zone) -> Int {
        guard let first = block.entries.first, isWriter(first) else { return -1 }
        return entries[first].invocation
    }

    private func isWriter(_ place: Int) -> Bool {
        switch entries[place].call {
        case .write, .compareAndSet: true
        case .read, .refused: false
        }
    }

    // MARK: Refused compare-and-sets

    /// Puts each refused compare-and-set behind the first entry where it fits, with every entry as
    /// early as it can be, or else as late.
    ///
    /// Two tries, each linear but for ties; what fits neither is for the search to decide.
    private func insertingRefusals(
        into order: [Int], of track: Track<Register>
    ) -> LinearFinding {
        let refusals = entries.indices.filter {
            if case .refused = entries[$0].call { true } else { false }
        }
        guard !refusals.isEmpty else { return .order(order) }
        let early = Refusals(
            entries, order: order, length: length, initial: track.model.initialState)
        for points in [early.earliestPoints, early.latestPoints] {
            if let full = early.insert(refusals, at: points), track.accepts(full) {
                return .order(full)
            }
        }
        return .notApplicable
    }
}
