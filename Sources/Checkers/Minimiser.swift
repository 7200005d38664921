internal import Models

/// Makes a history that is not linearizable smaller, so that a person can read it.
///
/// Only reductions that cannot make a violation out of a correct history: operations that begin
/// after the dead end go, observations go (each was one more demand), and groups of values that
/// compare-and-sets connect go as a whole (what is left of a legal order is legal, as long as no
/// refused compare-and-set is in it).
enum Minimiser {
    private static var budget: Budget {
        Budget(time: .milliseconds(200), configurations: 200_000, memory: 268_435_456)
    }
    /// Searches that one minimisation may cost.
    private static var attempts: Int { 600 }

    /// The places of entries that still contradict each other.
    static func minimise(_ track: Track<Register>, dead: Frontier<Register>.Dead) -> [Int] {
        let end = track.entries[dead.entry].completion
        var kept = track.entries.indices.filter { track.entries[$0].invocation < end }
        var left = attempts
        guard isViolation(kept, of: track) else { return kept }
        kept = dropping(refusals(of: track, in: kept), from: kept, of: track, left: &left)
        if !kept.contains(where: { isRefusal(track.entries[$0].call) }) {
            for group in groups(of: track, in: kept) {
                kept = droppingWhole(group, from: kept, of: track, left: &left)
            }
        }
        let observations = kept.filter { track.model.isPure(track.entries[$0].call) }
        return dropping(observations, from: kept, of: track, left: &left)
    }

    private static func isRefusal(_ call: Register.Call) -> Bool {
        if case .refused = call { true } else { false }
    }

    private static func refusals(of track: Track<Register>, in kept: [Int]) -> [Int] {
        kept.filter { isRefusal(track.entries[$0].call) }
    }

    /// Tries to drop the candidates in halves, quarters and so on (delta debugging).
    private static func dropping(
        _ candidates: [Int], from kept: [Int], of track: Track<Register>, left: inout Int
    ) -> [Int] {
        var kept = kept
        var chunks = candidates.isEmpty ? [] : [candidates]
        while let chunk = chunks.popLast(), left > 0 {
            let smaller = droppingWhole(chunk, from: kept, of: track, left: &left)
            if smaller.count == kept.count, chunk.count > 1 {
                chunks.append(Array(chunk[(chunk.count / 2)...]))
                chunks.append(Array(chunk[..<(chunk.count / 2)]))
            }
            kept = smaller
        }
        return kept
    }

    private static func droppingWhole(
        _ group: [Int], from kept: [Int], of track: Track<Register>, left: inout Int
    ) -> [Int] {
        guard left > 0 else { return kept }
        left -= 1
        let gone = Set(group)
        let smaller = kept.filter { !gone.contains($0) }
        return smaller.count < kept.count && isViolation(smaller, of: track) ? smaller : kept
    }

    /// A crashed operation stays in: without it the rest could be a violation for want of it,
    /// and it goes only with its whole group.
    private static func isViolation(_ kept: [Int], of track: Track<Register>) -> Bool {
        let part = Track(
            model: track.model, entries: kept.map { track.entries[$0] }, length: track.length)
        guard case .violation = Frontier.search(part, budget: budget).finding else { return false }
        return true
    }

    /// The entries by connected values: a union-find over what compare-and-sets connect.
    private static func groups(of track: Track<Register>, in kept: [Int]) -> [[Int]] {
        var parents: [Register.State: Register.State] = [:]
        func root(_ value: Register.State) -> Register.State {
            var value = value
            while let parent = parents[value], parent != value { value = parent }
            return value
        }
        for place in kept {
            if case .compareAndSet(let expected, let new) = track.entries[place].call {
                parents[root(new)] = root(expected)
            }
        }
        var groups: [Register.State: [Int]] = [:]
        for place in kept {
            let value: Register.State
            switch track.entries[place].call {
            case .read(let seen): value = seen
            case .write(let new), .compareAndSet(_, let new): value = new
            case .refused: continue
            }
            groups[root(value), default: []].append(place)
        }
        // The initial value has a writer that no one can drop.
        groups[root(track.model.initialState)] = nil
        return groups.values.sorted { $0.count > $1.count || $0.count == $1.count && $0[0] < $1[0] }
    }
}
