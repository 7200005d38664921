internal import Histories
internal import Models

// An object of several parts, each of which is read and written on its own: where a part does not
// hold what a read will have found there, somebody must still write that. Most often some operation
// that begins until then does. If none does, what has begun and not yet taken effect must, or a
// crashed operation that has not been used; a search that has spent those on something else has
// come to its end long before it reaches that read.

/// What the next completions demand of the parts of an object.
struct PartDemands<M: Model> {
    /// A part must hold a value for an operation that completes soon, and nobody who has not begun
    /// yet can put it there.
    private struct Demand {
        /// The operation that found it.
        let reader: Int32
        let completion: Int
        let part: Int32
        let value: Value
        /// Operations of known outcome that are open, and write it.
        let open: [Int32]
        /// Crashed classes that write it, and how many of each will have begun by then.
        let crashed: [(number: Int, begun: Int)]
    }

    /// How many completions one looks ahead.
    private static var most: Int { 32 }

    private let parts: [Value]
    private let demands: [Demand]
    /// Per level: where its demands begin; one more at the end.
    private let first: [Int32]
    private let contents: Contents

    /// What the parts hold in each state, worked out once; and who has been in the way.
    private final class Contents {
        var known: [Int32: [Value]] = [:]
        var furthest: (entry: Int32, completion: Int) = (-1, -1)
    }

    /// The entry that completes last of those that have forbidden anything.
    var furthest: Int? { contents.furthest.entry < 0 ? nil : Int(contents.furthest.entry) }

    var isEmpty: Bool { demands.isEmpty }

    /// What states' contents take up.
    var bytes: Int { contents.known.count * (48 + parts.count * MemoryLayout<Value>.stride) }

    init(
        _ alphabet: Alphabet<M>, entries: [TrackEntry<M.Call>], classes: [Int32],
        levels: [Level], crashedNumber: [Int32], looksAhead: Bool
    ) {
        contents = Contents()
        guard looksAhead,
            let writers = Writers(
                alphabet, entries: entries, classes: classes, crashedNumber: crashedNumber)
        else {
            (parts, demands, first) = ([], [], [])
            return
        }
        var demands: [Demand] = []
        var first: [Int32] = []
        first.reserveCapacity(levels.count + 1)
        for (number, level) in levels.enumerated() {
            first.append(Int32(demands.count))
            for later in levels[number..<min(number + Self.most, levels.count)] {
                for (part, value) in writers.reads(of: later.entry) {
                    guard
                        let crowd = writers.whoCanWrite(
                            value, to: part, from: level.place, until: later.place,
                            except: later.entry)
                    else { continue }
                    demands.append(
                        Demand(
                            reader: Int32(later.entry), completion: later.place, part: part,
                            value: value,
                            open: crowd.open, crashed: crowd.crashed))
                }
            }
        }
        first.append(Int32(demands.count))
        parts = writers.parts
        self.demands = demands
        self.first = first
    }

    /// Whether no order that leads to this state before a level's completion can be finished.
    ///
    /// `isDone` tells whether an entry has taken effect already, `used` how many crashed operations
    /// of a class have.
    func forbid(
        _ state: Int32, at level: Int, alphabet: Alphabet<M>, isDone: (Int) -> Bool,
        used: (Int) -> Int
    ) -> Bool {
        let range = Int(first[level])..<Int(first[level + 1])
        guard !range.isEmpty else { return false }
        let held = holdings(state, alphabet)
        for demand in demands[range]
        where held[Int(demand.part)] != demand.value && !isDone(Int(demand.reader))
            && demand.open.allSatisfy({ isDone(Int($0)) })
            && demand.crashed.allSatisfy({ used($0.number) >= $0.begun })
        {
            if demand.completion > contents.furthest.completion {
                contents.furthest = (demand.reader, demand.completion)
            }
            return true
        }
        return false
    }

    private func holdings(_ state: Int32, _ alphabet: Alphabet<M>) -> [Value] {
        if let known = contents.known[state] { return known }
        let object = alphabet.state(state)
        let held = parts.map { alphabet.model.content(of: $0, in: object) }
        contents.known[state] = held
        return held
    }
}

/// Who writes what to which part.
private struct Writers<M: Model> {
    private struct Key: Hashable {
        let part: Int32
        let value: Value
    }
    private struct Writer {
        let entry: Int32
        let invocation: Int
        let completion: Int
    }

    private(set) var parts: [Value] = []
    private var readsOf: [[(part: Int32, value: Value)]] = []
    private let classes: [Int32]
    private let crashedNumber: [Int32]
    /// Certain writers in the order of their invocations, and the latest completion up to each.
    private var certain: [Key: [Writer]] = [:]
    private var crashed: [Key: [Writer]] = [:]
    /// The longest that any operation of known outcome was open.
    private var longest = 0

    /// Nil where nothing is known of what some call writes.
    init?(
        _ alphabet: Alphabet<M>, entries: [TrackEntry<M.Call>], classes: [Int32],
        crashedNumber: [Int32]
    ) {
        self.classes = classes
        self.crashedNumber = crashedNumber
        var numbers: [Value: Int32] = [:]
        func number(_ part: Value, _ parts: inout [Value]) -> Int32 {
            if let known = numbers[part] { return known }
            numbers[part] = Int32(parts.count)
            parts.append(part)
            return Int32(parts.count - 1)
        }
        for (place, entry) in entries.enumerated() {
            guard let touched = alphabet.model.parts(of: entry.call) else {
                guard alphabet.classes[Int(classes[place])].isPure else { return nil }
                readsOf.append([])
                continue
            }
            readsOf.append(touched.reads.map { (number($0.key, &parts), $0.value) })
            let writer = Writer(
                entry: Int32(place), invocation: entry.invocation, completion: entry.completion)
            for (part, value) in touched.writes {
                let key = Key(part: number(part, &parts), value: value)
                if entry.isUnknown {
                    crashed[key, default: []].append(writer)
                } else {
                    certain[key, default: []].append(writer)
                    longest = max(longest, entry.completion - entry.invocation)
                }
            }
        }
        guard !parts.isEmpty else { return nil }
    }

    /// What an operation found; in an order that is the same every time.
    func reads(of entry: Int) -> [(part: Int32, value: Value)] {
        readsOf[entry].sorted { $0.part < $1.part }
    }

    /// Who can still write a value to a part before the completion at one place, if what completed
    /// before another has taken effect; nil if somebody can who has not begun by then.
    func whoCanWrite(
        _ value: Value, to part: Int32, from now: Int, until end: Int, except reader: Int
    ) -> (open: [Int32], crashed: [(number: Int, begun: Int)])? {
        let key = Key(part: part, value: value)
        var open: [Int32] = []
        let writers = certain[key] ?? []
        var place = writers.partition(from: end) { $0.invocation }
        while place > 0, writers[place - 1].invocation >= now - longest {
            place -= 1
            let writer = writers[place]
            guard writer.completion >= now, Int(writer.entry) != reader else { continue }
            if writer.invocation > now { return nil }
            open.append(writer.entry)
        }
        var begun: [Int: Int] = [:]
        for writer in crashed[key] ?? [] where writer.invocation < end {
            begun[Int(crashedNumber[Int(classes[Int(writer.entry)])]), default: 0] += 1
        }
        return (open, begun.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}

extension Array {
    /// How many elements, in ascending order of a place, have one before `end`.
    fileprivate func partition(from end: Int, _ place: (Element) -> Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if place(self[middle]) < end { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
