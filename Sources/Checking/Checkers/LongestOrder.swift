internal import Histories
internal import Models

/// The longest legal order of operations that contradict each other as a whole: how far their
/// story holds, and what the object held along the way; and beside it every state that some order
/// leads to with an operation as its last.
///
/// A depth-first search over small histories (Wing & Gong 1993) that remembers where it has been;
/// it gives up after a fixed number of steps with the longest order found by then, and says nothing
/// of states then.
struct LongestOrder<M: Model> {
    private static var mostSteps: Int { 20_000 }
    private static var mostEntries: Int { 63 }

    private struct Place: Hashable {
        let done: UInt64
        let state: M.State
    }

    private let model: M
    private let entries: [TrackEntry<M.Call>]
    private var visited: Set<Place> = []
    private var path: [(entry: Int, state: M.State)] = []
    private var best: [(entry: Int, state: M.State)] = []
    private var steps = 0
    private var possible: [[M.State]]

    /// What was found.
    struct Found {
        /// The longest order, each entry with the state behind it.
        var order: [(place: Int, state: M.State)] = []
        /// For each entry the states that are possible right behind it, in the order they were found.
        ///
        /// None for one that no order reaches; empty if not all orders were tried.
        var possible: [[M.State]] = []
    }

    /// What can be said of a track's entries; nothing if there are too many.
    static func find(in track: Track<M>) -> Found {
        guard track.entries.count <= mostEntries else { return Found() }
        var search = LongestOrder(model: track.model, entries: track.entries)
        search.go(done: 0, state: track.model.initialState)
        return Found(
            order: search.best.map { ($0.entry, $0.state) },
            possible: search.steps < mostSteps ? search.possible : [])
    }

    private init(model: M, entries: [TrackEntry<M.Call>]) {
        self.model = model
        self.entries = entries
        possible = Array(repeating: [], count: entries.count)
    }

    private mutating func go(done: UInt64, state: M.State) {
        steps += 1
        guard steps < Self.mostSteps, visited.insert(Place(done: done, state: state)).inserted
        else { return }
        if path.count > best.count { best = path }
        // An operation can come next if none that is left had completed before it began.
        let bound =
            entries.indices.filter { done & 1 << UInt64($0) == 0 }
            .map { entries[$0].completion }.min() ?? .max
        for (number, entry) in entries.enumerated()
        where done & 1 << UInt64(number) == 0 && entry.invocation < bound {
            for next in model.outcomes(state, entry.call) {
                if !possible[number].contains(next) { possible[number].append(next) }
                path.append((number, next))
                go(done: done | 1 << UInt64(number), state: next)
                path.removeLast()
            }
        }
    }
}
