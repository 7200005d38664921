internal import Models

// The same configurations as in ``Frontier``, depth first: each is followed to the end before its
// siblings are looked at, and what has been visited is remembered for good (Wing & Gong 1993 with
// the memoisation of Lowe 2017, §4). A legal history of an object whose states are sequences
// mostly has so many legal orders that the first one tried is not far from one of them, while the
// breadth-first frontier holds them all.
//
// Invariant: every configuration that is remembered has been, or is being, followed in full, or
// is dominated by one that has been. If the stack becomes empty, no order is legal.

/// The depth-first search, which can be interrupted and go on.
struct Descent<M: Model>: ~Copyable {
    /// A configuration that is being followed.
    private struct Frame {
        /// The completion before which it stands.
        let level: Int32
        /// What is to be tried next: survival, the completing operation, each other slot, each
        /// class of crashed operations.
        var next: Int32 = 0
        /// Which outcome of a crashed operation is to be tried next.
        var outcome: Int32 = 0
        /// The step that led here.
        let step: SearchStep
    }

    private var expander: Expander<M>
    private let space: SearchSpace<M>
    private let layout: ConfigurationLayout
    private var memo: ConfigurationMemo
    private var frames: [Frame] = []
    private var configurations: ConfigurationStack
    private var deepest = 0
    private var hasBegun = false
    private var comparisons = 0

    init(_ space: SearchSpace<M>) {
        self.space = space
        layout = space.layout
        expander = Expander(space)
        memo = ConfigurationMemo(layout)
        configurations = ConfigurationStack(layout)
    }

    /// What this search takes up.
    var bytes: Int {
        memo.bytes + configurations.bytes + frames.count.roundedUp * MemoryLayout<Frame>.stride
    }

    /// Goes on until an order is found or all have been tried, or so many configurations have
    /// been visited.
    ///
    /// - Returns: nil if it was interrupted.
    mutating func run(_ meter: Meter, until most: Int, others: Int) -> SearchFinding<M>? {
        if !hasBegun {
            hasBegun = true
            if expander.isAtEnd { return .linearizable(steps: []) }
            enter(.survive)
        }
        while let frame = frames.last {
            guard meter.configurations < most else { return nil }
            while expander.level > Int(frame.level) { expander.retreat() }
            expander.scratch.update(from: configurations.last, count: layout.stride)
            guard let step = tryNext() else {
                frames.removeLast()
                configurations.drop()
                continue
            }
            let cost = 1 + memo.comparisons - comparisons + space.alphabet.takeWork()
            comparisons = memo.comparisons
            if let limit = meter.spend(cost, bytes: space.bytes + bytes + others) {
                return .undecided(limit, deepestFrontier)
            }
            if step == .survive {
                expander.advance()
                if expander.isAtEnd {
                    return .linearizable(steps: frames.dropFirst().map(\.step) + [.survive])
                }
                deepest = max(deepest, expander.level)
            }
            expander.scratch.update(from: expander.child, count: layout.stride)
            enter(step)
        }
        return .violation(dead)
    }

    /// Follows the configuration at hand, unless that has been done.
    private mutating func enter(_ step: SearchStep) {
        expander.settle()
        guard memo.insert(expander.scratch, level: expander.level, expander.window) else { return }
        frames.append(Frame(level: Int32(expander.level), step: step))
        configurations.push(expander.scratch)
    }

    /// Puts what is to be tried next into `child`; nil if everything has been tried.
    private mutating func tryNext() -> SearchStep? {
        let top = frames.count - 1
        let target = expander.targetSlot
        while true {
            let choice = Int(frames[top].next)
            if choice == 0 {
                frames[top].next = 1
                guard expander.survives else { continue }
                if !expander.mayUseTarget {
                    frames[top].next = .max
                } else {
                    configurations.last.mustUse = true
                    expander.scratch.mustUse = true
                }
                if expander.survive() { return .survive }
            } else if choice <= space.width {
                frames[top].next += 1
                // The completing operation itself first.
                let slot = choice == 1 ? target : choice - 2 < target ? choice - 2 : choice - 1
                guard expander.candidates(slot >> 6) & 1 << UInt64(slot & 63) != 0,
                    expander.take(slot, for: target)
                else { continue }
                return .take(expander.window.entry(slot))
            } else if choice <= space.width + space.crashedClasses.count {
                if let step = tryCrashed(choice - space.width - 1, top) { return step }
            } else {
                return nil
            }
        }
    }

    private mutating func tryCrashed(_ number: Int, _ top: Int) -> SearchStep? {
        let outcome = Int(frames[top].outcome)
        guard expander.hasCrashed(number), outcome < expander.outcomes(ofCrashed: number) else {
            frames[top].outcome = 0
            frames[top].next += 1
            return nil
        }
        frames[top].outcome += 1
        guard expander.takeCrashed(number, outcome: outcome) else { return nil }
        return .takeCrashed(Int32(number), state: expander.child.state)
    }

    // MARK: Ends

    private var dead: DeadEnd<M> {
        mutating get {
            while expander.level > deepest { expander.retreat() }
            while expander.level < deepest { expander.advance() }
            let states = space.alphabet.states(memo.states(level: deepest))
            return DeadEnd(
                entry: expander.target, states: states, open: expander.open,
                demanded: space.demanded, last: [])
        }
    }

    private var deepestFrontier: DeepestFrontier {
        let states = memo.states(level: deepest)
        let shown = space.alphabet.states(Array(states.prefix(DeepestFrontier.mostStates)))
        return DeepestFrontier(
            completed: space.entries[space.levels[deepest].entry].id, configurations: states.count,
            states: shown.map(space.alphabet.model.describe(_:)))
    }
}

/// The configurations that a depth-first search has visited, each with its level.
struct ConfigurationMemo: ~Copyable {
    private let layout: ConfigurationLayout
    private var visited: ConfigurationStack
    private var levels: [Int32] = []
    private var chain: [Int32] = []
    private var heads = [Int32](repeating: -1, count: 64)
    private var hashes: [Int] = []
    /// How many comparisons have been made since the beginning.
    private(set) var comparisons = 0

    init(_ layout: ConfigurationLayout) {
        self.layout = layout
        visited = ConfigurationStack(layout)
    }

    /// A level, a link and a hash each, and the heads.
    var bytes: Int { visited.bytes + (levels.count / 2 * 9 + heads.count) * 4 }

    /// Remembers a configuration; false if one that dominates it has been visited.
    mutating func insert(
        _ configuration: Configuration, level: Int, _ window: borrowing Window
    ) -> Bool {
        let hash = layout.key(of: configuration, window) &+ level &* 0x2545_f491_4f6c_dd1d
        if levels.count == levels.capacity {
            // Not the doubling that an array does by itself (``WordBuffer``).
            let room = levels.count + max(64, levels.count / 8)
            levels.reserveCapacity(room)
            chain.reserveCapacity(room)
            hashes.reserveCapacity(room)
        }
        if levels.count == 2 * heads.count { rehash() }
        let bucket = hash & (heads.count - 1)
        var place = Int(heads[bucket])
        while place >= 0 {
            comparisons += 1
            if levels[place] == Int32(level),
                layout.dominates(visited[place], configuration, window)
            {
                return false
            }
            place = Int(chain[place])
        }
        chain.append(heads[bucket])
        heads[bucket] = Int32(levels.count)
        levels.append(Int32(level))
        hashes.append(hash)
        visited.push(configuration).mustUse = false
        return true
    }

    private mutating func rehash() {
        heads = Array(repeating: -1, count: 2 * heads.count)
        for place in levels.indices {
            let bucket = hashes[place] & (heads.count - 1)
            chain[place] = heads[bucket]
            heads[bucket] = Int32(place)
        }
    }

    /// The states of the configurations of a level, each once, in the order of their visits.
    func states(level: Int) -> [Int32] {
        var seen: Set<Int32> = []
        return levels.indices.compactMap { place in
            guard levels[place] == Int32(level) else { return nil }
            let state = visited[place].state
            return seen.insert(state).inserted ? state : nil
        }
    }
}
