internal import Models

// A linearization of a register whose values are each written at most once is a sequence of
// blocks, each a writer followed by everything that saw its value (``Zones``).
//
// A compare-and-set from a to b must follow a's block at once, so the values that
// compare-and-sets connect form one block of fixed inner order: writer of a, readers of a, the
// compare-and-set, readers of b, and so on.

/// Decides registers whose values are unique, in linear time.
struct UniqueValues {
    private let entries: [TrackEntry<Register.Call>]
    private let index: ValueIndex
    /// Per value: the one writer that must or may have been, the first compare-and-set away and
    /// the second, if there are that many.
    private var writer: [Int32]
    private var swapper: [Int32]
    private var secondSwapper: [Int32]

    private init?(_ track: Track<Register>) {
        guard let index = ValueIndex(track) else { return nil }
        entries = track.entries
        self.index = index
        writer = Array(repeating: ValueIndex.none, count: index.count)
        swapper = writer
        secondSwapper = writer
        guard dropUnneeded() else { return nil }
    }

    /// Decides the track.
    ///
    /// An order that cannot be made to suit the refused compare-and-sets is no verdict.
    static func decide(_ track: Track<Register>) -> LinearFinding {
        guard let decider = UniqueValues(track) else { return .notApplicable }
        switch decider.blocks(length: track.length) {
        case .failure(let conflict): return .contradiction(conflict)
        case .success(let blocks):
            switch blocks.order() {
            case .failure(let clash): return .contradiction(decider.conflict(clash))
            case .success(let order): return Refusals.insert(into: order, of: track)
            }
        }
    }

    // MARK: Needed values

    /// Drops the crashed writers of values that no operation of known outcome needs (nobody saw
    /// them: without them the order stays legal), and says whether what is left is unique.
    private mutating func dropUnneeded() -> Bool {
        var needed = [Bool](repeating: false, count: index.count)
        var pending: [Int] = []
        for (place, entry) in entries.enumerated() where !entry.isUnknown {
            if index.value[place] != ValueIndex.none { pending.append(Int(index.value[place])) }
            if index.source[place] != ValueIndex.none { pending.append(Int(index.source[place])) }
        }
        while let value = pending.popLast() {
            guard !needed[value] else { continue }
            needed[value] = true
            var writers = index.writers(of: value)
            guard let first = writers.next() else { continue }
            // Which of two writers came is not known, so what they need is not either; and the
            // initial value needs none.
            guard writers.next() == nil, value != 0 else { return false }
            writer[value] = Int32(first)
            let source = index.source[first]
            // A compare-and-set that expects what it writes is no link of a chain.
            guard source != Int32(value) else { return false }
            if source != ValueIndex.none { pending.append(Int(source)) }
        }
        for place in entries.indices where index.source[place] != ValueIndex.none {
            guard needed[Int(index.value[place])] else { continue }
            let source = Int(index.source[place])
            if swapper[source] == ValueIndex.none {
                swapper[source] = Int32(place)
            } else if secondSwapper[source] == ValueIndex.none {
                secondSwapper[source] = Int32(place)
            }
        }
        return true
    }

    /// The writer of a value, if it has one.
    private func writer(of value: Int) -> Int? {
        writer[value] == ValueIndex.none ? nil : Int(writer[value])
    }

    // MARK: Blocks

    /// Walks each chain of values from its root.
    ///
    /// A value that no walk reaches stands on a cycle.
    private func blocks(length: Int) -> Result<Zones, Conflict> {
        var blocks = Zones(entries: entries.count, length: length)
        var reached = [Bool](repeating: false, count: index.count)
        for root in 0..<index.count {
            let writer = writer(of: root)
            if let writer, index.source[writer] != ValueIndex.none { continue }
            if root != 0, writer == nil {
                if let conflict = unwritten(root) { return .failure(conflict) }
                continue
            }
            if let conflict = chain(from: root, to: &blocks, reached: &reached) {
                return .failure(conflict)
            }
        }
        for value in 0..<index.count where !reached[value] && writer[value] != ValueIndex.none {
            return .failure(cycle(through: value))
        }
        return .success(blocks)
    }

    private func unwritten(_ value: Int) -> Conflict? {
        let observers = [index.firstReader[value], swapper[value]].filter { $0 >= 0 }
        return observers.min().map { Conflict(.unwritten, culprit: Int($0)) }
    }

    private func cycle(through start: Int) -> Conflict {
        var places: [Int] = []
        var value = start
        while let writer = writer(of: value), !places.contains(writer) {
            places.append(writer)
            value = Int(index.source[writer])
        }
        return Conflict(.cycle, culprit: places[0], places)
    }

    /// Lays out one chain: writer, readers, the compare-and-set away, its readers, and so on.
    private func chain(
        from root: Int, to blocks: inout Zones, reached: inout [Bool]
    ) -> Conflict? {
        blocks.begin(completion: root == 0 ? -1 : .max)
        var value = root
        while true {
            reached[value] = true
            // Nothing of a group may have completed before something of an earlier group began.
            let bound = blocks.newest
            if let writer = writer(of: value),
                let conflict = append(writer, value, to: &blocks, behind: bound)
            {
                return conflict
            }
            let readBound = blocks.newest
            for reader in index.readers(of: value) {
                if let conflict = append(reader, value, to: &blocks, behind: readBound) {
                    return conflict
                }
            }
            guard swapper[value] != ValueIndex.none else { return nil }
            guard secondSwapper[value] == ValueIndex.none else {
                return Conflict(
                    .doubleSwap, culprit: Int(secondSwapper[value]), missed: Int(swapper[value]))
            }
            let next = Int(index.value[Int(swapper[value])])
            guard !reached[next] else { return nil }
            value = next
        }
    }

    private func append(
        _ place: Int, _ value: Int, to blocks: inout Zones, behind bound: Zone
    ) -> Conflict? {
        if entries[place].completion < bound.invocation, let last = bound.last {
            return inversion(early: place, late: last, value: value)
        }
        blocks.append(place, entries[place])
        return nil
    }

    /// An entry that completed before something was invoked that it must follow.
    private func inversion(early: Int, late: Int, value: Int) -> Conflict {
        let writer = writer(of: value)
        let isBeforeWriter =
            writer.map { entries[$0].invocation > entries[early].completion } ?? false
        if writer == late || isBeforeWriter {
            return Conflict(.future, culprit: early, missed: writer ?? late)
        }
        return Conflict(.stale, culprit: late, missed: early, [writer])
    }

    private func conflict(_ clash: Zones.Clash) -> Conflict {
        // The block whose writer came first holds the older value; who saw it last is stale.
        let oneIsOlder = writerInvocation(of: clash.one) <= writerInvocation(of: clash.other)
        let (old, new) = oneIsOlder ? (clash.one, clash.other) : (clash.other, clash.one)
        let culprit = old.zone.last ?? old.entries[0]
        return Conflict(
            entries[culprit].call.isWriter ? .interleaved : .stale, culprit: culprit,
            missed: new.entries.first,
            [old.zone.first, old.zone.last, new.zone.first, new.zone.last, old.entries.first])
    }

    private func writerInvocation(of block: Zones.Clash.Side) -> Int {
        guard let first = block.entries.first, entries[first].call.isWriter else { return -1 }
        return entries[first].invocation
    }
}
