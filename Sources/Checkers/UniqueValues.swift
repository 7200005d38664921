internal import Models

// Gibbons & Korach 1997, "Testing Shared Memories", §4 (zones), extended to compare-and-set.
//
// Invariant: where every value is written at most once, a linearization of a register is a
// sequence of *blocks*, each a writer followed by everything that saw its value. Block X must
// come before block Y if and only if some operation of X completed before some operation of Y
// was invoked: min completion of X < max invocation of Y. A legal order exists if and only if no
// two blocks must each precede the other: in any cycle of "must precede", the block of least
// completion and its predecessor already form a cycle of two.
//
// A compare-and-set from a to b must follow a's block at once, so the values that
// compare-and-sets connect form one block of fixed inner order.

/// Decides registers whose values are unique, in linear time.
///
/// Refused compare-and-sets are not looked at: a contradiction stands without them, an order
/// does not.
struct UniqueValues {
    /// What the decider found; places are those of the track's entries.
    enum Finding {
        /// A legal order of all entries that took effect.
        case order([Int])
        /// No order is legal.
        case contradiction(Conflict)
        /// A value has two writers, so this decider does not apply.
        case notUnique
    }

    /// Entries that contradict each other; places in the track.
    struct Conflict: Error {
        let kind: Contradiction.Kind
        /// The entry to look at first.
        let culprit: Int
        /// What it missed.
        let missed: Int?
        /// All entries that take part.
        let entries: [Int]
    }

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

    /// Decides the track, but for its refused compare-and-sets.
    static func decide(_ track: Track<Register>) -> Finding {
        var decider = UniqueValues(track)
        if let finding = decider.dropUnneeded() { return finding }
        switch decider.blocks() {
        case .failure(let conflict): return .contradiction(conflict)
        case .success(let blocks):
            if let conflict = decider.clash(among: blocks) { return .contradiction(conflict) }
            return .order(decider.order(of: blocks))
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
    /// them: without them the order stays legal), and says so if what is left is not unique.
    private mutating func dropUnneeded() -> Finding? {
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
            guard writers[value].count <= 1 else { return .notUnique }
            if let writer = writers[value].first, let source = source(of: writer) {
                pending.append(source)
            }
        }
        guard writers[0].allSatisfy({ entries[$0].isUnknown }), !needed[0] || writers[0].isEmpty
        else { return .notUnique }
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
        if swapsForItself { return .notUnique }
        return nil
    }

    // MARK: Blocks

    /// The values that belong together, and when they must and may be in place.
    private struct Block {
        /// Its entries in their fixed order.
        var entries: [Int] = []
        /// The entry that completes first; nil for the initial value that nobody saw.
        var first: Int?
        /// The entry that is invoked last.
        var last: Int?
        /// The place of the first completion.
        var completion = Int.max
        /// The place of the last invocation.
        var invocation = -1

        var isForward: Bool { completion < invocation }
    }

    /// Walks each chain of values from its root.
    ///
    /// A value that no walk reaches stands on a cycle.
    private func blocks() -> Result<[Block], Conflict> {
        var blocks: [Block] = []
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
        return Conflict(kind: .unwritten, culprit: culprit, missed: nil, entries: [culprit])
    }

    private func cycle(through value: Int) -> Conflict {
        var places: [Int] = []
        var value = value
        while let writer = writers[value].first, !places.contains(writer) {
            places.append(writer)
            value = source(of: writer) ?? 0
        }
        return Conflict(kind: .cycle, culprit: places[0], missed: nil, entries: places)
    }

    /// Lays out one chain: writer, readers, the compare-and-set away, its readers, and so on.
    private func chain(from root: Int, reached: inout [Bool]) -> Result<Block, Conflict> {
        var block = Block()
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
                let two = Array(swappers[value].prefix(2))
                return .failure(
                    Conflict(kind: .doubleSwap, culprit: two[1], missed: two[0], entries: two))
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
        _ group: ArraySlice<Int>, value: Int, to block: inout Block
    ) -> Conflict? {
        let before = block
        for place in group {
            let entry = entries[place]
            if entry.completion < before.invocation, let last = before.last {
                return inversion(early: place, late: last, value: value)
            }
            if entry.completion < block.completion || (block.first == nil && block.completion > -1)
            {
                block.completion = entry.completion
                block.first = place
            }
            if entry.invocation > block.invocation {
                block.invocation = entry.invocation
                block.last = place
            }
            block.entries.append(place)
        }
        return nil
    }

    /// An entry that completed before something was invoked that it must follow.
    private func inversion(early: Int, late: Int, value: Int) -> Conflict {
        let writer = writers[value].first
        if writer == late
            || (writer.map { entries[$0].invocation > entries[early].completion } ?? false)
        {
            return Conflict(
                kind: .future, culprit: early, missed: writer,
                entries: [early, writer ?? late])
        }
        return Conflict(
            kind: .stale, culprit: late, missed: early,
            entries: [late, early] + (writer.map { [$0] } ?? []))
    }

    // MARK: Order of blocks

    /// Two blocks that must each precede the other, if there are any.
    ///
    /// Blocks are bucketed by place, so that no sort is needed.
    private func clash(among blocks: [Block]) -> Conflict? {
        let starts = bucket(blocks) { $0.isForward ? $0.completion : $0.invocation }
        var current: Int?
        for start in starts {
            guard let block = start else { continue }
            if let running = current, blocks[block].completion < blocks[running].invocation {
                return conflict(between: blocks[running], and: blocks[block])
            }
            if blocks[block].isForward { current = block }
        }
        return nil
    }

    /// The blocks at each place, -1 first.
    private func bucket(_ blocks: [Block], by key: (Block) -> Int) -> [Int?] {
        var buckets = [Int?](repeating: nil, count: length + 1)
        for (place, block) in blocks.enumerated() { buckets[key(block) + 1] = place }
        return buckets
    }

    private func conflict(between one: Block, and other: Block) -> Conflict {
        // The block whose writer came first holds the older value; who saw it last is stale.
        let oneIsOlder = writerInvocation(of: one) <= writerInvocation(of: other)
        let (old, new) = oneIsOlder ? (one, other) : (other, one)
        let places = [
            old.first, old.last, new.first, new.last, old.entries.first, new.entries.first,
        ]
        let culprit = old.last ?? old.entries[0]
        return Conflict(
            kind: isWriter(culprit) ? .interleaved : .stale, culprit: culprit,
            missed: new.entries.first,
            entries: Set(places.compactMap(\.self)).sorted())
    }

    private func writerInvocation(of block: Block) -> Int {
        guard let first = block.entries.first, isWriter(first) else { return -1 }
        return entries[first].invocation
    }

    private func isWriter(_ place: Int) -> Bool {
        switch entries[place].call {
        case .write, .compareAndSet: true
        case .read, .refused: false
        }
    }

    /// The blocks one after another: a forward one at its first completion, a backward one at
    /// its last invocation, or behind the forward one that covers it.
    private func order(of blocks: [Block]) -> [Int] {
        let starts = bucket(blocks) { $0.isForward ? $0.completion : $0.invocation }
        var order: [Int] = []
        order.reserveCapacity(entries.count)
        for start in starts {
            guard let block = start else { continue }
            order += blocks[block].entries
        }
        return order
    }
}
