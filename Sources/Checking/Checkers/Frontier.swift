internal import Models

// Just-in-time linearization: Wing & Gong 1993 with Lowe 2017, "Testing for Linearizability",
// §3, kept as a breadth-first frontier over the completions.
//
// Invariant: before each completion the frontier holds, up to dominance, every configuration in
// which all operations completed so far have taken effect. A history is linearizable if and only
// if the frontier never becomes empty.
//
// A configuration is a state, the set of open operations that have taken effect already
// (`done`), the set of open blind writes that may be taken to have had no effect that anyone
// could see (`hidden`), and how many crashed operations of each class it has used.

/// The exact search for any model.
struct Frontier<M: Model>: ~Copyable {
    /// What the search found.
    enum Finding {
        /// The frontier survived to the end.
        case linearizable
        /// No configuration survives the completion of this entry.
        case violation(Dead)
        /// The budget was spent.
        case undecided(Limit, DeepestFrontier)
    }

    /// The end of the search: the entry that fits nowhere, and what could have been.
    struct Dead {
        /// The entry whose completion no configuration survives.
        let entry: Int
        /// The states that the last configurations held, without repetition.
        let states: [M.State]
        /// The entries that were open then.
        let open: [Int]
    }

    /// What a search cost.
    struct Cost {
        /// Configurations visited.
        var configurations = 0
        /// The most bytes that configurations took up at once.
        var bytes = 0
    }

    private let alphabet: Alphabet<M>
    private let entries: [Entry<M.Call>]
    private let entryClasses: [Int32]
    private let classes: [CallClass]
    private let observed: LastObservation
    private let budget: Budget
    private let start = ContinuousClock.now

    private var window: Window
    private var slotOf: [Int32]
    /// Crashed operations of each crashed class that have been invoked so far.
    private var crashedAvailable: [Int]
    private let crashedClasses: [Int32]
    private let crashedNumber: [Int32: Int]
    private let layout: ConfigurationLayout

    private var current: ConfigurationSet
    private var emitted: ConfigurationSet
    private var visited: ConfigurationSet
    private var pending: ConfigurationStack
    private var later: ConfigurationStack
    private let scratch: Configuration
    private var cost = Cost()

    /// Decides the track within the budget, and says what that cost.
    static func search(_ track: Track<M>, budget: Budget) -> (finding: Finding, cost: Cost) {
        var search = Frontier(track, budget: budget)
        let finding = search.run(length: track.length)
        return (finding, search.cost)
    }

    private init(_ track: Track<M>, budget: Budget) {
        self.budget = budget
        let entries = track.entries
        self.entries = entries
        let alphabet = Alphabet(track.model)
        let entryClasses = entries.map { alphabet.classify($0.call) }
        self.alphabet = alphabet
        self.entryClasses = entryClasses
        classes = alphabet.classes
        var observed = LastObservation()
        var crashed: [Int32] = []
        var number: [Int32: Int] = [:]
        for (entry, callClass) in zip(entries, entryClasses) {
            observed.note(alphabet.classes[Int(callClass)], completion: entry.completion)
            if entry.isUnknown, number[callClass] == nil {
                number[callClass] = crashed.count
                crashed.append(callClass)
            }
        }
        self.observed = observed
        crashedClasses = crashed
        crashedNumber = number
        crashedAvailable = Array(repeating: 0, count: crashed.count)
        let width = Self.window(of: entries, length: track.length)
        layout = ConfigurationLayout(window: width, crashedClasses: crashed.count)
        window = Window(width: width, layout: layout)
        slotOf = Array(repeating: -1, count: entries.count)
        current = ConfigurationSet(layout)
        emitted = ConfigurationSet(layout)
        visited = ConfigurationSet(layout)
        pending = ConfigurationStack(layout)
        later = ConfigurationStack(layout)
        scratch = .allocate(capacity: layout.stride)
    }

    deinit { scratch.deallocate() }

    /// The largest number of operations of known outcome that are open at once.
    private static func window(of entries: [Entry<M.Call>], length: Int) -> Int {
        var change = [Int32](repeating: 0, count: length + 1)
        for entry in entries where !entry.isUnknown {
            change[entry.invocation] += 1
            change[entry.completion] -= 1
        }
        var open: Int32 = 0
        var widest: Int32 = 0
        for step in change {
            open += step
            widest = max(widest, open)
        }
        return Int(widest)
    }

    // MARK: The walk over the events

    private mutating func run(length: Int) -> Finding {
        if let limit = tooManyCrashed() { return .undecided(limit, deepest(at: 0)) }
        scratch.update(repeating: 0, count: layout.stride)
        _ = current.insert(scratch, window)
        let events = Track(
            model: alphabet.model, entries: entries, length: length
        ).events
        for event in events {
            if event > 0 {
                invoke(event - 1)
            } else if event < 0, let finding = complete(-event - 1) {
                return finding
            }
        }
        return .linearizable
    }

    /// Counts of crashed operations take sixteen bits each.
    private func tooManyCrashed() -> Limit? {
        var counts: [Int32: Int] = [:]
        for (place, entry) in entries.enumerated() where entry.isUnknown {
            counts[entryClasses[place], default: 0] += 1
        }
        let most = Int(UInt16.max)
        return counts.values.contains { $0 > most } ? .crashedOperations(most) : nil
    }

    private mutating func invoke(_ place: Int) {
        let callClass = entryClasses[place]
        guard !entries[place].isUnknown else {
            if let number = crashedNumber[callClass] { crashedAvailable[number] += 1 }
            return
        }
        let slot = window.open(
            place, callClass, classes[Int(callClass)], until: entries[place].completion)
        slotOf[place] = Int32(slot)
    }

    /// Makes every configuration survive the completion of the entry, or drops it.
    private mutating func complete(_ place: Int) -> Finding? {
        let slot = Int(slotOf[place])
        emitted.removeAll()
        visited.removeAll()
        for number in 0..<current.count {
            if let member = current.member(number) { _ = pending.push(member) }
        }
        // By increasing use of crashed operations, so that the best configurations come first
        // and dominate the others.
        while pending.count > 0 {
            while pending.pop(into: scratch) {
                if let limit = exceeded() { return .undecided(limit, deepest(at: place)) }
                expand(for: place, slot: slot)
            }
            swap(&pending, &later)
        }
        guard emitted.living > 0 else { return .violation(dead(at: place)) }
        window.close(slot)
        swap(&current, &emitted)
        return nil
    }

    private func states() -> [M.State] {
        var seen: Set<Int32> = []
        var states: [M.State] = []
        for number in 0..<current.count {
            guard let member = current.member(number) else { continue }
            if seen.insert(member.state).inserted { states.append(alphabet.state(member.state)) }
        }
        return states
    }

    private func dead(at place: Int) -> Dead {
        Dead(
            entry: place, states: states(),
            open: window.entries.filter { $0 >= 0 }.map(Int.init).sorted())
    }

    private func deepest(at place: Int) -> DeepestFrontier {
        DeepestFrontier(
            completed: entries.isEmpty ? nil : entries[place].id, configurations: current.living,
            states: states().prefix(20).map { "\($0)" })
    }

    private mutating func exceeded() -> Limit? {
        cost.configurations += 1
        if cost.configurations > budget.configurations {
            return .configurations(budget.configurations)
        }
        guard cost.configurations & 0x3ff == 0 else { return nil }
        if ContinuousClock.now - start > budget.time { return .time(budget.time) }
        let bytes = current.bytes + emitted.bytes + visited.bytes + pending.bytes + later.bytes
        cost.bytes = max(cost.bytes, bytes)
        return bytes > budget.memory ? .memory(budget.memory) : nil
    }

    // MARK: One configuration

    /// Takes the configuration in `scratch` past a completion, or lets others go on from it.
    private mutating func expand(for place: Int, slot: Int) {
        settle()
        guard visited.insert(scratch, window) else { return }
        let isHidden = scratch.has(slot, layout.hidden)
        if scratch.has(slot, layout.done) || isHidden && !scratch.mustUse {
            let survivor = later.push(scratch)
            survivor.clear(slot, layout.done)
            survivor.clear(slot, layout.hidden)
            _ = emitted.insert(survivor, window)
            later.drop()
            guard isHidden, isObservedLater(place) else { return }
            scratch.mustUse = true
        }
        applyOpen(for: slot)
        applyCrashed()
    }

    /// Marks what is free of charge in this state: open pure operations that are legal, and open
    /// blind writes of the value that is there already.
    private func settle() {
        let state = scratch.state
        for word in 0..<layout.setWords {
            var left = (window.pure[word] | window.blind[word]) & ~scratch[layout.done + word]
            while left != 0 {
                let bit = left.trailingZeroBitCount
                left &= left - 1
                let callClass = window.classes[word << 6 | bit]
                if step(state, callClass) != state { continue }
                let offset = classes[Int(callClass)].isBlind ? layout.hidden : layout.done
                scratch[offset + word] |= 1 << UInt64(bit)
            }
        }
    }

    private func isObservedLater(_ place: Int) -> Bool {
        let callClass = classes[Int(entryClasses[place])]
        return observed.place(of: callClass.target) > entries[place].completion
    }

    /// Lets each open operation that changes something take effect next.
    private mutating func applyOpen(for target: Int) {
        let state = scratch.state
        for word in 0..<layout.setWords {
            var left = (window.others[word] | window.blind[word]) & ~scratch[layout.done + word]
            while left != 0 {
                let slot = word << 6 | left.trailingZeroBitCount
                left &= left - 1
                let number = window.classes[slot]
                let next = step(state, number)
                guard next != CallClass.illegal else { continue }
                let isBlind = classes[Int(number)].isBlind
                if slot != target {
                    // An open operation of the same class that must complete earlier goes first.
                    if window.hasEarlierTwin(slot, notIn: scratch + layout.done) { continue }
                    if isBlind, !isUseful(next, except: slot) { continue }
                }
                let successor = pending.push(scratch)
                successor.state = next
                successor.set(slot, layout.done)
                successor.clear(slot, layout.hidden)
                if isBlind { hideOpenBlindWrites(in: successor) }
            }
        }
    }

    /// Lets one crashed operation of each class take effect next, if that helps.
    private mutating func applyCrashed() {
        let state = scratch.state
        for number in crashedClasses.indices
        where scratch.used(number, layout) < crashedAvailable[number] {
            let callClass = crashedClasses[number]
            guard classes[Int(callClass)].kind == .opaque else {
                applyCrashed(number, leaving: step(state, callClass))
                continue
            }
            for next in alphabet.workOutAll(state, callClass) {
                applyCrashed(number, leaving: next)
            }
        }
    }

    private mutating func applyCrashed(_ number: Int, leaving next: Int32) {
        guard next != CallClass.illegal, isUseful(next, except: nil) else { return }
        let successor = later.push(scratch)
        successor.state = next
        successor.use(number, layout)
        if classes[Int(crashedClasses[number])].isBlind { hideOpenBlindWrites(in: successor) }
    }

    /// Whether a blind write or a crashed operation is worth its while now: it makes something
    /// legal that is not, or it changes nothing and hides another open blind write.
    ///
    /// Otherwise it can wait, be left out, or be hidden itself.
    private func isUseful(_ next: Int32, except used: Int?) -> Bool {
        let state = scratch.state
        let exception: (word: Int, mask: UInt64) =
            used.map { ($0 >> 6, ~(1 << UInt64($0 & 63))) } ?? (0, .max)
        if next == state {
            for word in 0..<layout.setWords {
                let hideable =
                    window.blind[word] & ~scratch[layout.done + word]
                    & ~scratch[layout.hidden + word]
                    & (word == exception.word ? exception.mask : .max)
                if hideable != 0 { return true }
            }
            return false
        }
        for word in 0..<layout.setWords {
            var left = (window.pure[word] | window.others[word]) & ~scratch[layout.done + word]
            while left != 0 {
                let slot = word << 6 | left.trailingZeroBitCount
                left &= left - 1
                if enables(window.classes[slot], from: state, to: next) { return true }
            }
        }
        for number in crashedClasses.indices
        where scratch.used(number, layout) < crashedAvailable[number] {
            if enables(crashedClasses[number], from: state, to: next) { return true }
        }
        return false
    }

    private func enables(_ number: Int32, from state: Int32, to next: Int32) -> Bool {
        let callClass = classes[Int(number)]
        switch callClass.kind {
        case .blind: return false
        case .pureOnly, .swap: return next == callClass.observed
        case .pureBut: return state == callClass.observed
        case .pureOpaque:
            return alphabet.workOut(next, number) != CallClass.illegal
                && alphabet.workOut(state, number) == CallClass.illegal
        case .opaque:
            let then = alphabet.workOutAll(next, number)
            return !then.isEmpty && then != alphabet.workOutAll(state, number)
        }
    }

    @inline(__always)
    private func step(_ state: Int32, _ number: Int32) -> Int32 {
        let callClass = classes[Int(number)]
        switch callClass.kind {
        case .pureOnly: return state == callClass.observed ? state : CallClass.illegal
        case .pureBut: return state == callClass.observed ? CallClass.illegal : state
        case .blind: return callClass.target
        case .swap: return state == callClass.observed ? callClass.target : CallClass.illegal
        case .pureOpaque, .opaque: return alphabet.workOut(state, number)
        }
    }

    /// A blind write that takes effect hides every blind write that was open: each may be taken
    /// to have come just before it.
    private func hideOpenBlindWrites(in configuration: Configuration) {
        for word in 0..<layout.setWords {
            configuration[layout.hidden + word] |=
                window.blind[word] & ~configuration[layout.done + word]
        }
    }
}
