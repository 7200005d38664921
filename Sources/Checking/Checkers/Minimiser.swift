internal import Histories
internal import Models

/// A part of a history that contradicts itself.
struct Excerpt: Hashable {
    /// Its entries, by invocation.
    var places: [Int]
    /// Those of them whose end does not matter: they may take effect at any later time or never.
    var openEnded: Set<Int> = []
    /// Whether it was tried for each demand that it contradicts nothing without that one.
    var isConfirmed = false
}

/// Makes a history that is not linearizable smaller, so that a person can read it: until no read
/// or refusal can go and no end of another operation can be forgotten.
///
/// Only reductions that cannot make a violation out of a correct history. Operations that begin
/// after the dead end go. Observations go, for each was one more demand. The end of an operation
/// is forgotten, after which it may take effect later or never. Groups of values that calls tie
/// together go as a whole (what is left of a legal order is legal, as long as no call in it
/// demands that a value is absent). Of blind writes without an end of one value, only the first
/// ones stay, as many as there are operations that could see them.
struct Minimiser<M: Model> {
    /// How much work may go into it, in steps (``Budget/steps``).
    private static var patience: Int { 2_000_000 }
    /// How much of that one question may take, so that the hard ones, of which the first are the
    /// hardest, leave enough for the others.
    private static var mostAtOnce: Int { patience / 32 }

    private let track: Track<M>
    /// What an entry says if nobody knows how it ended; nil for nothing.
    private let forgetting: (Int) -> M.Call?
    private let cancellation: Cancellation?
    private var spent = 0
    /// Whether some question stayed open for want of work that might go into it.
    private var leftOpen = false

    private init(
        _ track: Track<M>, _ forgetting: @escaping (Int) -> M.Call?,
        _ cancellation: Cancellation?
    ) {
        self.track = track
        self.forgetting = forgetting
        self.cancellation = cancellation
    }

    private var isSpent: Bool {
        spent >= Self.patience || cancellation?.isCancelled == true
    }

    /// What still contradicts itself of all that began before the end of the search.
    static func minimise(
        _ track: Track<M>, deadEnd: DeadEnd<M>, forgetting: @escaping (Int) -> M.Call?,
        cancellation: Cancellation? = nil
    ) -> Excerpt {
        let end =
            ([deadEnd.entry] + [deadEnd.demanded].compactMap(\.self))
            .map { track.entries[$0].completion }.max() ?? .max
        let kept = track.entries.indices.filter { track.entries[$0].invocation < end }
        var minimiser = Minimiser(track, forgetting, cancellation)
        return minimiser.minimise(Excerpt(places: kept))
    }

    /// The same for what a linear-time decider found: its entries, if they contradict each other
    /// by themselves, or the groups that they belong to.
    static func minimise(
        _ track: Track<M>, conflict: Conflict, forgetting: @escaping (Int) -> M.Call?,
        cancellation: Cancellation? = nil
    ) -> Excerpt {
        var minimiser = Minimiser(track, forgetting, cancellation)
        if conflict.isSelfContained {
            // What nobody can have written has no writer that counts.
            let places =
                conflict.kind == .unwritten
                ? conflict.entries : minimiser.withWriters(conflict.entries)
            let closed = Excerpt(places: places)
            if minimiser.isViolation(closed) { return minimiser.minimise(closed) }
        }
        let all = Array(track.entries.indices)
        let groups = minimiser.groups(in: all)
        let chosen = groups.filter { group in conflict.entries.contains(where: group.contains) }
        let covered = Set(chosen.joined())
        let kept =
            conflict.entries.allSatisfy(covered.contains)
            ? covered.sorted() : minimiser.outsideOfGroups(all, chosen: covered, groups: groups)
        let isEnough = minimiser.isViolation(Excerpt(places: kept))
        return minimiser.minimise(Excerpt(places: isEnough ? kept : all))
    }

    /// The entries with all that put there what they saw, and with what those saw in turn.
    ///
    /// A read without its write would contradict itself, whatever it was read from.
    private func withWriters(_ entries: [Int]) -> [Int] {
        var writers: [Value: [Int]] = [:]
        for place in track.entries.indices {
            let call = track.entries[place].call
            guard !track.model.isPure(call), let value = track.model.values(of: call).last else {
                continue
            }
            writers[value, default: []].append(place)
        }
        var kept = Set(entries)
        var open = entries
        while let place = open.popLast() {
            for value in track.model.values(of: track.entries[place].call) {
                for writer in writers[value] ?? [] where kept.insert(writer).inserted {
                    open.append(writer)
                }
            }
        }
        return kept.sorted()
    }

    private func outsideOfGroups(
        _ all: [Int], chosen: Set<Int>, groups: [Set<Int>]
    ) -> [Int] {
        let dropped = groups.reduce(into: Set<Int>()) { $0.formUnion($1) }.subtracting(chosen)
        return all.filter { !dropped.contains($0) }
    }

    private mutating func minimise(_ excerpt: Excerpt) -> Excerpt {
        guard isViolation(excerpt) else { return excerpt }
        var kept = reduced(excerpt)
        while !isSpent, kept.places.count <= Self.mostConfirmed {
            leftOpen = false
            guard let needless = firstNeedless(of: kept) else {
                kept.isConfirmed = !isSpent && !leftOpen
                break
            }
            kept = droppingGroups(of: loosened([needless], of: kept))
        }
        return kept
    }

    /// Contradictions of more operations are not confirmed: nobody reads them.
    private static var mostConfirmed: Int { 100 }

    /// The first demand without which it contradicts itself all the same; nil if there is none.
    private mutating func firstNeedless(of excerpt: Excerpt) -> Int? {
        for place in excerpt.places
        where !track.entries[place].isUnknown && !excerpt.openEnded.contains(place) {
            if isViolation(loosened([place], of: excerpt)) { return place }
        }
        return nil
    }

    private mutating func reduced(_ excerpt: Excerpt) -> Excerpt {
        var kept = excerpt
        // Refusals first: without them whole values can go.
        kept = loosening(kept.places.filter(demandsAbsence), of: kept)
        kept = droppingGroups(of: kept)
        let demands = kept.places.filter { !track.entries[$0].isUnknown && !demandsAbsence($0) }
        // Reads before ends, and late ends before early ones: otherwise an end is forgotten first, and
        // all that was done behind it has to stay as the proof that it had taken effect.
        kept = loosening(demands.filter(isPure), of: kept)
        kept = loosening(demands.reversed().filter { !isPure($0) }, of: kept)
        return droppingGroups(of: droppingSurplus(of: droppingUnseen(of: kept)))
    }

    private func isPure(_ place: Int) -> Bool { track.model.isPure(track.entries[place].call) }

    // MARK: What is demanded

    private func demandsAbsence(_ place: Int) -> Bool {
        if case .anythingBut = track.model.observation(of: track.entries[place].call) {
            true
        } else {
            false
        }
    }

    /// Demands less of the candidates: of all, then of halves, quarters and so on.
    ///
    /// Delta debugging (Zeller & Hildebrandt 2002). What violates with more demands than another violates too, so that one pass
    /// leaves nothing that could be demanded less.
    private mutating func loosening(_ candidates: [Int], of excerpt: Excerpt) -> Excerpt {
        var kept = excerpt
        var chunks = candidates.isEmpty ? [] : [candidates]
        while let chunk = chunks.popLast(), !isSpent {
            let looser = loosened(chunk, of: kept)
            if isViolation(looser) {
                kept = looser
            } else if chunk.count > 1 {
                chunks.append(Array(chunk[(chunk.count / 2)...]))
                chunks.append(Array(chunk[..<(chunk.count / 2)]))
            }
        }
        return kept
    }

    /// Without pure operations, and with the end of the others forgotten.
    private func loosened(_ chunk: [Int], of excerpt: Excerpt) -> Excerpt {
        var looser = excerpt
        let pure = Set(chunk.filter { track.model.isPure(track.entries[$0].call) })
        looser.places.removeAll(where: pure.contains)
        looser.openEnded.formUnion(Set(chunk).subtracting(pure))
        return looser
    }

    private mutating func droppingGroups(of excerpt: Excerpt) -> Excerpt {
        guard !excerpt.places.contains(where: demandsAbsence) else { return excerpt }
        var kept = excerpt
        for group in groups(in: kept.places) where !isSpent {
            let smaller = kept.without(group)
            if smaller.places.count < kept.places.count, isViolation(smaller) { kept = smaller }
        }
        return kept
    }

    /// Without operations that change one certain state, have no end, and leave a state behind that
    /// nobody saw, the last ones first.
    ///
    /// Whatever comes behind such a one in a legal order saw nothing, so that it may as well come behind
    /// what was there before.
    private mutating func droppingUnseen(of excerpt: Excerpt) -> Excerpt {
        var kept = excerpt
        for place in excerpt.places.reversed()
        where !isSpent && (track.entries[place].isUnknown || excerpt.openEnded.contains(place)) {
            guard let left = stateLeft(by: place) else { continue }
            let isSeen = kept.places.contains { other in
                switch track.model.observation(of: track.entries[other].call) {
                case .nothing: false
                case .only(let state): other != place && state == left
                case .anythingBut, .unsaid: true
                }
            }
            guard !isSeen else { continue }
            let smaller = kept.without([place])
            if isViolation(smaller) { kept = smaller }
        }
        return kept
    }

    /// The state behind an operation that demands a certain one; nil for any other.
    private func stateLeft(by place: Int) -> M.State? {
        let call = track.entries[place].call
        guard case .only(let state) = track.model.observation(of: call) else { return nil }
        return track.model.step(state, call)
    }

    /// Without blind writes that may come at any time or never, of which there are more of one
    /// value than operations that could see them.
    private mutating func droppingSurplus(of excerpt: Excerpt) -> Excerpt {
        var observers: [M.State: Int] = [:]
        var others = 0
        for place in excerpt.places {
            switch track.model.observation(of: track.entries[place].call) {
            case .nothing: continue
            case .only(let state): observers[state, default: 0] += 1
            case .anythingBut, .unsaid: others += 1
            }
        }
        var writes: [M.Call: Int] = [:]
        let surplus = excerpt.places.filter { place in
            let call = track.entries[place].call
            guard track.entries[place].isUnknown || excerpt.openEnded.contains(place),
                case .nothing = track.model.observation(of: call),
                let state = track.model.step(track.model.initialState, call)
            else { return false }
            writes[call, default: 0] += 1
            return writes[call, default: 0] > observers[state, default: 0] + others
        }
        let smaller = excerpt.without(Set(surplus))
        return isViolation(smaller) ? smaller : excerpt
    }

    // MARK: Violations

    /// Whether the excerpt is a violation by itself; no, if finding that out takes too long.
    private mutating func isViolation(_ excerpt: Excerpt) -> Bool {
        guard !isSpent else { return false }
        let part = track.excerpt(excerpt, forgetting: forgetting)
        spent += part.entries.count
        switch LinearTime.decide(part) {
        case .contradiction: return true
        case .order(let order) where part.accepts(order): return false
        case .order, .notApplicable: break
        }
        let budget = Budget(
            time: .seconds(3_600), configurations: .max,
            steps: min((Self.patience - spent) / 4, Self.mostAtOnce) + 1,
            memory: 268_435_456)
        let (finding, cost, _) = Search.run(part, budget: budget, cancellation: cancellation)
        spent += cost.steps
        switch finding {
        case .violation: return true
        case .undecided: leftOpen = true
        case .ordered, .linearizable: break
        }
        return false
    }

    // MARK: Groups

    /// The entries by values that are tied together, the largest first: a union-find over what
    /// calls tie.
    private func groups(in kept: [Int]) -> [Set<Int>] {
        var parents: [Value: Value] = [:]
        func root(_ value: Value) -> Value {
            var value = value
            while let parent = parents[value], parent != value {
                if let next = parents[parent] { parents[value] = next }
                value = parent
            }
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
        return groups.values.sorted {
            ($1.count, $0.min() ?? 0) < ($0.count, $1.min() ?? 0)
        }
    }
}

extension Excerpt {
    /// What is left without some of the entries.
    func without(_ gone: Set<Int>) -> Excerpt {
        Excerpt(
            places: places.filter { !gone.contains($0) },
            openEnded: openEnded.subtracting(gone))
    }
}

extension Track {
    /// The part of the track that an excerpt names, at the places that it had.
    ///
    /// An operation whose end is forgotten is read as one of unknown outcome.
    func excerpt(_ excerpt: Excerpt, forgetting: (Int) -> M.Call?) -> Track {
        let kept = excerpt.places.compactMap { place -> TrackEntry<M.Call>? in
            let entry = self.entries[place]
            guard excerpt.openEnded.contains(place) else { return entry }
            return forgetting(place).map {
                TrackEntry(id: entry.id, call: $0, invocation: entry.invocation, completion: .max)
            }
        }
        return Track(model: model, entries: kept, length: length)
    }

    /// The call of an entry as it would be read if nobody knew how it ended.
    func forgotten(_ place: Int, _ operations: [Operation]) -> M.Call? {
        var operation = operations[entries[place].id]
        operation.outcome = .unknown
        operation.completion = .max
        return (try? model.call(for: operation)) ?? nil
    }
}
