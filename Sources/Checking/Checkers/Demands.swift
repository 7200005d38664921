internal import Models

// Between two blind writes an object such as a list only grows. Once every blind write that can
// come before an observation has completed, the state must be able to grow into what is observed:
// a state that is not a prefix of the list that the next read will return leads nowhere, however
// long that read is off.

/// What later observations demand of a state now.
struct Demands<M: Model> {
    /// An observation of one state.
    private struct Demand {
        let entry: Int
        let state: Int32
        let completion: Int
        /// From this place on every blind write that can precede it has taken effect.
        let from: Int
    }

    /// How far one looks ahead: the next observation has mostly the say.
    private static var most: Int { 4 }

    /// What a search has used of them.
    private final class Use { var furthest = -1 }

    private let demands: [Demand]
    private let use = Use()
    /// Per level: the first demand that completes there or later.
    private let first: [Int32]

    init(
        _ alphabet: Alphabet<M>, entries: [TrackEntry<M.Call>], classes: [Int32],
        levels: [Level], looksAhead: Bool
    ) {
        guard looksAhead, alphabet.model.growth != nil else {
            (demands, first) = ([], [])
            return
        }
        var demands: [Demand] = []
        var first: [Int32] = []
        first.reserveCapacity(levels.count)
        let blind = entries.indices.filter { alphabet.classes[Int(classes[$0])].isBlind }
        var next = 0
        var latest = -1
        for level in levels {
            first.append(Int32(demands.count))
            while next < blind.count, entries[blind[next]].invocation < level.place {
                latest = max(latest, entries[blind[next]].completion)
                next += 1
            }
            let callClass = alphabet.classes[Int(classes[level.entry])]
            guard callClass.kind == .pureOnly || callClass.kind == .swap else { continue }
            demands.append(
                Demand(
                    entry: level.entry, state: callClass.observed, completion: level.place,
                    from: latest))
        }
        self.demands = demands
        self.first = first
    }

    /// The entry that completes last of those that have forbidden anything: what had begun when
    /// it completed shows why the search came to an end.
    var furthest: Int? { use.furthest < 0 ? nil : demands[use.furthest].entry }

    var isEmpty: Bool { demands.isEmpty }

    /// Whether no order that leads to this state before a level's completion can be finished.
    ///
    /// `isDone` tells whether an entry has taken effect already.
    func forbid(
        _ state: Int32, at level: Int, place: Int, alphabet: Alphabet<M>,
        isDone: (Int) -> Bool
    ) -> Bool {
        guard level < first.count else { return false }
        var number = Int(first[level])
        let end = min(number + Self.most, demands.count)
        while number < end, demands[number].from < place {
            let demand = demands[number]
            if !isDone(demand.entry), !alphabet.canGrow(state, into: demand.state) {
                use.furthest = max(use.furthest, number)
                return true
            }
            number += 1
        }
        return false
    }
}
