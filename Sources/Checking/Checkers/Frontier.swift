internal import Models

// Just-in-time linearization: Wing & Gong 1993 with Lowe 2017, "Testing for Linearizability",
// §3, kept as a breadth-first frontier over the completions.
//
// Invariant: before each completion the frontier holds, up to dominance, every configuration in
// which all operations completed so far have taken effect. A history is linearizable if and only
// if the frontier never becomes empty.
//
// A configuration is a state, the set of open operations that have taken effect already
// (`done`), the set of open blind writes, and of others in a state that nobody sees, that may be
// taken to have had no effect that anyone could see (`hidden`), and how many crashed operations of
// each class it has used.

/// The breadth-first search, which can be interrupted between two completions and go on.
struct Frontier<M: Model>: ~Copyable {
    private var expander: Expander<M>
    private let space: SearchSpace<M>
    private let layout: ConfigurationLayout
    private var current: ConfigurationSet
    private var emitted: ConfigurationSet
    private var visited: ConfigurationSet
    private var pending: ConfigurationStack
    private var later: ConfigurationStack
    /// Steps by number, each with the one before it; the first is the beginning.
    private var steps: [(before: Int32, step: SearchStep)] = []
    private var comparisons = 0

    init(_ space: SearchSpace<M>) {
        self.space = space
        layout = space.layout
        expander = Expander(space)
        current = ConfigurationSet(layout)
        emitted = ConfigurationSet(layout)
        visited = ConfigurationSet(layout)
        pending = ConfigurationStack(layout)
        later = ConfigurationStack(layout)
        if layout.recordsPaths { steps.append((-1, .survive)) }
        _ = current.insert(expander.scratch, expander.window)
    }

    /// What this search takes up.
    var bytes: Int {
        current.bytes + emitted.bytes + visited.bytes + pending.bytes + later.bytes
            + steps.count.roundedUp * MemoryLayout<(Int32, SearchStep)>.stride
    }

    // MARK: The walk over the completions

    /// Goes on until the history ends, or so many configurations have been visited.
    ///
    /// - Returns: nil if it was interrupted.
    mutating func run(_ meter: Meter, until most: Int, others: Int) -> SearchFinding<M>? {
        while !expander.isAtEnd {
            guard meter.configurations < most else { return nil }
            if let finding = complete(meter, others: others) { return finding }
        }
        guard layout.recordsPaths, let member = survivors.first else {
            return .linearizable(steps: nil)
        }
        return .linearizable(steps: path(to: member))
    }

    private var survivors: [Configuration] {
        (0..<current.count).compactMap { current.member($0) }
    }

    /// Makes every configuration survive the next completion, or drops it.
    private mutating func complete(_ meter: Meter, others: Int) -> SearchFinding<M>? {
        let slot = expander.targetSlot
        emitted.removeAll()
        visited.removeAll()
        pending.removeAll()
        for number in 0..<current.count {
            if let member = current.member(number) { pending.push(member) }
        }
        // By increasing use of crashed operations, so that the best configurations come first
        // and dominate the others.
        while pending.count > 0 {
            while pending.pop(into: expander.scratch) {
                let compared = emitted.comparisons + visited.comparisons
                let cost = 1 + compared - comparisons + space.alphabet.takeWork()
                comparisons = compared
                if let limit = meter.spend(cost, bytes: space.bytes + bytes + others) {
                    return .undecided(limit, deepest)
                }
                expand(slot)
            }
            swap(&pending, &later)
        }
        guard emitted.living > 0 else { return .violation(dead) }
        expander.advance()
        swap(&current, &emitted)
        comparisons = emitted.comparisons + visited.comparisons
        return nil
    }

    /// Takes the configuration at hand past the completion, or lets others go on from it.
    private mutating func expand(_ target: Int) {
        expander.settle()
        guard visited.insert(expander.scratch, expander.window) else { return }
        if expander.survives {
            if expander.survive() {
                note(.survive)
                _ = emitted.insert(expander.child, expander.window)
            }
            guard expander.mayUseTarget else { return }
            expander.scratch.mustUse = true
        }
        for word in 0..<layout.setWords {
            var left = expander.candidates(word)
            while left != 0 {
                let slot = word << 6 | left.trailingZeroBitCount
                left &= left - 1
                guard expander.take(slot, for: target) else { continue }
                note(.take(expander.window.entry(slot)))
                pending.push(expander.child)
            }
        }
        for number in space.crashedClasses.indices where expander.hasCrashed(number) {
            for outcome in 0..<expander.outcomes(ofCrashed: number)
            where expander.takeCrashed(number, outcome: outcome) {
                note(.takeCrashed(Int32(number), state: expander.child.state))
                later.push(expander.child)
            }
        }
    }

    // MARK: Paths

    private mutating func note(_ step: SearchStep) {
        guard layout.recordsPaths else { return }
        expander.child[layout.step] = UInt64(steps.count)
        steps.append((Int32(truncatingIfNeeded: expander.scratch[layout.step]), step))
    }

    private func path(to configuration: Configuration) -> [SearchStep] {
        var path: [SearchStep] = []
        var number = Int32(truncatingIfNeeded: configuration[layout.step])
        while number > 0 {
            path.append(steps[Int(number)].step)
            number = steps[Int(number)].before
        }
        return path.reversed()
    }

    // MARK: Ends

    private var dead: DeadEnd<M> {
        var seen: Set<Int32> = []
        var states: [Int32] = []
        var last: [DeadEnd<M>.Last] = []
        for member in survivors where seen.insert(member.state).inserted {
            states.append(member.state)
            guard layout.recordsPaths, last.count < DeadEnd<M>.mostPaths,
                member.state != CallClass.unseen
            else { continue }
            last.append(
                DeadEnd.Last(state: space.alphabet.state(member.state), steps: path(to: member)))
        }
        return DeadEnd(
            entry: expander.target, states: space.alphabet.states(states), open: expander.open,
            demanded: space.demanded, last: last)
    }

    private var deepest: DeepestFrontier {
        let states = dead.states.prefix(DeepestFrontier.mostStates)
        return DeepestFrontier(
            completed: space.entries[expander.target].id, configurations: current.living,
            states: states.map(space.alphabet.model.describe(_:)))
    }
}

extension Expander {
    /// The entries that are open now.
    var open: [Int] { window.open }
}
