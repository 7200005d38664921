internal import Models

/// Which of some operations have taken effect by some moment: of known outcome, all that had
/// completed by then and some that were open; and some crashed ones.
struct Cut: Hashable {
    /// How many completions lie behind.
    var level: Int32 = 0
    /// Slots of open operations that have taken effect.
    var done: UInt64 = 0
    /// How many crashed operations of each class have, each in as many bits as that takes.
    var used: UInt64 = 0
}

/// The cuts of some of a track's operations, each reached from the one before it by letting one
/// more operation take effect.
///
/// A completion lies behind as soon as its operation has taken effect and none that is still to
/// take effect completes earlier, so that equal sets of operations are equal cuts.
struct Cuts<Call: Hashable & Sendable> {
    private let entries: [TrackEntry<Call>]
    /// The entries of known outcome, by completion.
    private let levels: [Int]
    private let slotOf: [UInt8]
    /// The entries that are open before each completion, by completion, one level after another.
    private var open: [Int32] = []
    private var openEnd: [Int32] = [0]
    private let classOf: [Int32]
    /// The crashed entries of each class, by invocation.
    private let crashed: [[Int]]
    /// Where the number of each class's used operations begins in a cut's word.
    private let shifts: [UInt64]
    /// The latest invocation of what completed before each level.
    private var latest: [Int32] = [-1]

    private static var mostBits: Int { 64 }

    /// The cuts of the entries at these places, which come by invocation; nil if too many of them
    /// are open at once for a cut of three words.
    ///
    /// O(n w) for w entries that are open at once.
    init?(_ entries: [TrackEntry<Call>], places: [Int]) {
        self.entries = entries
        var classNumbers: [Call: Int32] = [:]
        var classOf = [Int32](repeating: -1, count: entries.count)
        for place in places {
            let number = Int32(classNumbers.count)
            classOf[place] = classNumbers[entries[place].call] ?? number
            if classOf[place] == number { classNumbers[entries[place].call] = number }
        }
        self.classOf = classOf
        let unknown = Dictionary(grouping: places.filter { entries[$0].isUnknown }) { classOf[$0] }
        crashed = unknown.keys.sorted().map { unknown[$0] ?? [] }
        var bits = 0
        var shifts: [UInt64] = []
        for members in crashed {
            shifts.append(UInt64(bits))
            bits += Int.bitWidth - members.count.leadingZeroBitCount
        }
        self.shifts = shifts
        guard bits <= Self.mostBits else { return nil }
        levels = places.filter { !entries[$0].isUnknown }
            .sorted { entries[$0].completion < entries[$1].completion }
        let known = places.filter { !entries[$0].isUnknown }
        var slotOf = [UInt8](repeating: 0, count: entries.count)
        var free = UInt64.max
        var next = 0
        var inside: [Int] = []
        for place in levels {
            while next < known.count, entries[known[next]].invocation < entries[place].completion {
                guard free != 0 else { return nil }
                slotOf[known[next]] = UInt8(free.trailingZeroBitCount)
                free &= free - 1
                inside.append(known[next])
                next += 1
            }
            inside.sort { entries[$0].completion < entries[$1].completion }
            open += inside.map { Int32($0) }
            openEnd.append(Int32(open.count))
            latest.append(max(latest[latest.count - 1], Int32(entries[place].invocation)))
            inside.removeFirst()
            free |= 1 << UInt64(slotOf[place])
        }
        self.slotOf = slotOf
    }

    /// Whether all operations of known outcome have taken effect.
    func isEnd(_ cut: Cut) -> Bool { Int(cut.level) == levels.count }

    /// The entry that completes next behind a cut that is not the end.
    func target(of cut: Cut) -> Int { levels[Int(cut.level)] }

    /// The entries that are open before the next completion.
    func open(at level: Int) -> ArraySlice<Int32> {
        open[Int(openEnd[level])..<Int(openEnd[level + 1])]
    }

    /// Calls the body with each operation that may take effect next, and the cut behind it; not if
    /// another one with the same call began earlier and completes earlier, for the two could change
    /// places.
    func forEachStep(from cut: Cut, _ body: (_ entry: Int, _ cut: Cut) -> Void) {
        guard !isEnd(cut) else { return forEachCrashed(from: cut, before: .max, body) }
        let level = Int(cut.level)
        let range = Int(openEnd[level])..<Int(openEnd[level + 1])
        for place in range {
            let entry = Int(open[place])
            guard cut.done & bit(entry) == 0 else { continue }
            let hasTwin = (range.lowerBound..<place).contains { earlier in
                let other = Int(open[earlier])
                return other < entry && classOf[other] == classOf[entry]
                    && cut.done & bit(other) == 0
            }
            if !hasTwin { body(entry, taking(entry, from: cut)) }
        }
        forEachCrashed(from: cut, before: entries[levels[level]].completion, body)
    }

    private func forEachCrashed(
        from cut: Cut, before end: Int, _ body: (_ entry: Int, _ cut: Cut) -> Void
    ) {
        for (number, members) in crashed.enumerated() {
            let used = used(number, of: cut)
            guard used < members.count, entries[members[used]].invocation < end else { continue }
            var next = cut
            next.used += 1 << shifts[number]
            body(members[used], next)
        }
    }

    private func used(_ number: Int, of cut: Cut) -> Int {
        let width = UInt64(Int.bitWidth - crashed[number].count.leadingZeroBitCount)
        return Int(cut.used >> shifts[number] & (1 << width - 1))
    }

    private func bit(_ entry: Int) -> UInt64 { 1 << UInt64(slotOf[entry]) }

    private func taking(_ entry: Int, from cut: Cut) -> Cut {
        var next = cut
        next.done |= bit(entry)
        while !isEnd(next), next.done & bit(target(of: next)) != 0 {
            next.done &= ~bit(target(of: next))
            next.level += 1
        }
        return next
    }

    /// The latest invocation of an operation in a cut, -1 if there is none.
    func latestInvocation(in cut: Cut) -> Int {
        var last = Int(latest[Int(cut.level)])
        if cut.done != 0 {
            for entry in open(at: Int(cut.level)) where cut.done & bit(Int(entry)) != 0 {
                last = max(last, entries[Int(entry)].invocation)
            }
        }
        for (number, members) in crashed.enumerated() {
            let used = used(number, of: cut)
            if used > 0 { last = max(last, entries[members[used - 1]].invocation) }
        }
        return last
    }

    /// The earliest completion of an operation that a cut lacks.
    func earliestCompletion(outside cut: Cut) -> Int {
        isEnd(cut) ? .max : entries[target(of: cut)].completion
    }
}
