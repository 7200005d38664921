internal import Histories
internal import Models

/// Makes a history that is not linearizable smaller, so that a person can read it.
///
/// Only reductions that cannot make a violation out of a correct history: operations that begin
/// after the dead end go, observations go (each was one more demand), and groups of values that
/// calls tie together go as a whole (what is left of a legal order is legal, as long as no call
/// in it demands that a value is absent).
struct Minimiser<M: Model> {
    /// A minimisation may cost so many times what finding the violation did.
    private static var patience: Int { 3 }
    /// Or so much, if that is more.
    private static var leastPatience: Duration { .milliseconds(8) }
    /// Longer histories are not searched again and again.
    private static var mostEntries: Int { 20_000 }

    private let track: Track<M>
    private let deadline: ContinuousClock.Instant

    private init(_ track: Track<M>, spent: Duration) {
        self.track = track
        deadline = .now + max(Self.leastPatience, spent * Self.patience)
    }

    private var isLate: Bool { ContinuousClock.now > deadline }

    /// What one search may cost: what is left of the time for all of them.
    private var budget: Budget {
        Budget(
            time: max(.zero, deadline - .now), configurations: 200_000, memory: 268_435_456)
    }

    /// The places of entries that still contradict each other: those of a dead end of the search.
    static func minimise(
        _ track: Track<M>, dead: Frontier<M>.Dead, spent: Duration
    ) -> [Int] {
        let end = track.entries[dead.entry].completion
        let kept = track.entries.indices.filter { track.entries[$0].invocation < end }
        let minimiser = Minimiser(track, spent: spent)
        return minimiser.minimise(kept)
    }

    /// The same for what a linear-time decider found: the groups of its entries first.
    static func minimise(_ track: Track<M>, conflict: Conflict, spent: Duration) -> [Int] {
        let minimiser = Minimiser(track, spent: spent)
        let all = Array(track.entries.indices)
        let groups = minimiser.groups(in: all)
        let chosen = groups.filter { group in conflict.entries.contains(where: group.contains) }
        let covered = Set(chosen.joined())
        let kept =
            conflict.entries.allSatisfy(covered.contains)
            ? covered.sorted() : minimiser.outsideOfGroups(all, chosen: covered, groups: groups)
        return minimiser.minimise(kept)
    }

    private func outsideOfGroups(
        _ all: [Int], chosen: Set<Int>, groups: [Set<Int>]
    ) -> [Int] {
        let dropped = groups.reduce(into: Set<Int>()) { $0.formUnion($1) }.subtracting(chosen)
        return all.filter { !dropped.contains($0) }
    }

    private func minimise(_ entries: [Int]) -> [Int] {
        var kept = entries
        guard kept.count <= Self.mostEntries, isViolation(kept) else { return kept }
        kept = dropping(kept.filter(demandsAbsence), from: kept)
        if !kept.contains(where: demandsAbsence) {
            for group in groups(in: kept).sorted(by: Self.isLarger) {
                kept = droppingWhole(group, from: kept)
            }
        }
        return dropping(kept.filter { track.model.isPure(track.entries[$0].call) }, from: kept)
    }

    private static func isLarger(_ one: Set<Int>, _ other: Set<Int>) -> Bool {
        (other.count, one.min() ?? 0) < (one.count, other.min() ?? 0)
    }

    private func demandsAbsence(_ place: Int) -> Bool {
        if case .anythingBut = track.model.observation(of: track.entries[place].call) {
            true
        } else {
            false
        }
    }

    /// Tries to drop the candidates, then halves, quarters and so on (delta debugging).
    private func dropping(_ candidates: [Int], from entries: [Int]) -> [Int] {
        var kept = entries
        var chunks = candidates.isEmpty ? [] : [candidates]
        while let chunk = chunks.popLast(), !isLate {
            let smaller = droppingWhole(Set(chunk), from: kept)
            if smaller.count == kept.count, chunk.count > 1 {
                chunks.append(Array(chunk[(chunk.count / 2)...]))
                chunks.append(Array(chunk[..<(chunk.count / 2)]))
            }
            kept = smaller
        }
        return kept
    }

    private func droppingWhole(_ gone: Set<Int>, from kept: [Int]) -> [Int] {
        guard !isLate else { return kept }
        let smaller = kept.filter { !gone.contains($0) }
        return smaller.count < kept.count && isViolation(smaller) ? smaller : kept
    }

    private func isViolation(_ kept: [Int]) -> Bool {
        let finding = Frontier.search(track.part(kept), budget: budget).finding
        if case .violation = finding { return true }
        return false
    }

    /// The entries by values that are tied together: a union-find over what calls tie.
    private func groups(in kept: [Int]) -> [Set<Int>] {
        var parents: [Value: Value] = [:]
        func root(_ value: Value) -> Value {
            var value = value
            while let parent = parents[value], parent != value { value = parent }
            return value
        }
        for place in kept {
            let values = track.model.values(of: track.entries[place].call)
            for value in values.dropFirst() where root(value) != root(values[0]) {
                parents[root(value)] = root(values[0])
            }
        }
        var groups: [Value: Set<Int>] = [:]
        for place in kept {
            guard let value = track.model.values(of: track.entries[place].call).first else {
                continue
            }
            groups[root(value), default: []].insert(place)
        }
        // The initial value has a writer that no one can drop.
        if let initial = track.model.initialState as? Value { groups[root(initial)] = nil }
        return Array(groups.values)
    }
}
