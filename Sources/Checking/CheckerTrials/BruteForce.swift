internal import Checkers
internal import Models

/// The definition of linearizability turned into a search, for differential tests of everything
/// else: every order that the real-time order allows, crashed operations in or out.
///
/// Exponential: for histories of up to 24 operations. Kept as plain as it can be: it shares
/// nothing with the deciders but the model.
struct BruteForce<M: Model> {
    private let track: Track<M>
    private let invocations: [Int]
    private let completions: [Int]
    private var states: [M.State]
    private var numbers: [M.State: Int]
    private var seen: Set<Int> = []

    private init(_ track: Track<M>) {
        precondition(track.entries.count <= 24, "2^n sets of operations: for small histories only")
        self.track = track
        invocations = track.entries.map(\.invocation)
        completions = track.entries.map(\.completion)
        states = [track.model.initialState]
        numbers = [track.model.initialState: 0]
    }

    /// Whether some order is legal.
    static func isLinearizable(_ track: Track<M>) -> Bool {
        var search = BruteForce(track)
        let mustHappen = track.entries.indices.reduce(0) { mask, place in
            track.entries[place].isUnknown ? mask : mask | 1 << place
        }
        return search.finishes(from: 0, state: 0, mustHappen: mustHappen)
    }

    /// Whether the operations outside of `done` can follow in some legal order.
    private mutating func finishes(from done: Int, state: Int, mustHappen: Int) -> Bool {
        if done & mustHappen == mustHappen { return true }
        guard seen.insert(state << 24 | done).inserted else { return false }
        var bound = Int.max
        for place in completions.indices where done & 1 << place == 0 {
            bound = min(bound, completions[place])
        }
        // An operation may come next if nothing that is left completed before its invocation.
        for place in invocations.indices
        where done & 1 << place == 0 && invocations[place] < bound {
            for next in track.model.outcomes(states[state], track.entries[place].call) {
                let number = number(of: next)
                if finishes(from: done | 1 << place, state: number, mustHappen: mustHappen) {
                    return true
                }
            }
        }
        return false
    }

    private mutating func number(of state: M.State) -> Int {
        if let number = numbers[state] { return number }
        numbers[state] = states.count
        states.append(state)
        return states.count - 1
    }
}
