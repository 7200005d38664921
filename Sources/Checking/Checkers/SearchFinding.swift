internal import Models

/// What a search found out about a track.
enum SearchFinding<M: Model> {
    /// Some order is legal; the steps to it, where they were recorded.
    case linearizable(steps: [SearchStep]?)
    /// This order of entries, places in the track, is legal.
    case ordered([Int])
    /// No configuration survives the completion of an entry.
    case violation(DeadEnd<M>)
    /// The budget was spent.
    case undecided(Limit, DeepestFrontier)
}

/// The end of a search: the entry that fits nowhere, and what could have been.
struct DeadEnd<M: Model> {
    /// A configuration with which the search ended.
    struct Last {
        /// The state it held.
        let state: M.State
        /// The steps that led there, where they were recorded.
        let steps: [SearchStep]
    }

    /// The entry whose completion no configuration survives.
    let entry: Int
    /// The states that the last configurations held, without repetition; none if one of them
    /// is a state that the search has not kept.
    let states: [M.State]
    /// The entries that were open then.
    let open: [Int]
    /// The last entry that completes of those that forbade configurations before they completed.
    let demanded: Int?
    /// Configurations of different states, at most ``mostPaths``; none where steps were not
    /// recorded.
    let last: [Last]

    /// How many last configurations are kept with their paths.
    static var mostPaths: Int { 3 }
}

/// A step of a search.
enum SearchStep: Hashable {
    /// The next completion is survived.
    case survive
    /// The open operation takes effect; its place in the track.
    case take(Int32)
    /// A crashed operation of a crashed class takes effect, and leaves the state of this number.
    case takeCrashed(Int32, state: Int32)
}
