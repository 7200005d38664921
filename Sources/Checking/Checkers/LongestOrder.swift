internal import Histories
internal import Models

/// The longest legal order of operations that contradict each other as a whole: how far their
/// story holds, and what the object held along the way.
///
/// A depth-first search over small histories (Wing & Gong 1993) that remembers where it has been;
/// it gives up after a fixed number of steps with the longest order found by then.
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

    /// The longest order of entries of a track, each with the state behind it; empty if there are
    /// too many.
    static func find(in track: Track<M>) -> [(place: Int, state: M.State)] {
        guard track.entries.count <= mostEntries else { return [] }
        var search = LongestOrder(model: track.model, entries: track.entries)
        search.go(done: 0, state: track.model.initialState)
        return search.best.map { ($0.entry, $0.state) }
    }

    private init(model: M, entries: [TrackEntry<M.Call>]) {
        self.model = model
        self.entries = entries
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
                path.append((number, next))
                go(done: done | 1 << UInt64(number), state: next)
                path.removeLast()
            }
        }
    }
}
