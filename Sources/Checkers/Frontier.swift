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
struct Frontier<M: Model> {
    /// What the search found.
    enum Finding {
        /// The frontier survived to the end.
        case linearizable
        /// No configuration survives the completion of this entry.
        case violation(Dead)
        /// The budget was spent.
        case undecided(Limit)
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

    private var alphabet: Alphabet<M>
    private let entries: [Entry<M.Call>]
    private let classes: [Int32]
    private let observed: LastObservation<M>
    private let budget: Budget
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    /// Entry of each slot of the window of open operations of known outcome; -1 if free.
    private var slots: [Int32]
    private var freeSlots: [Int]
    private var slotOf: [Int32]
    /// Slots of open pure operations, and of open blind writes, as bit sets.
    private var pureSlots: [UInt64]
    private var blindSlots: [UInt64]
    /// Crashed operations of each crashed class that have been invoked so far.
    private var crashedAvailable: [Int]
    private var crashedClasses: [Int32] = []
    private var crashedNumber: [Int32: Int] = [:]
    private let layout: Configuration.Layout

    private var current: ConfigurationSet
    private var emitted: ConfigurationSet
    private var visited: ConfigurationSet
    private(set) var configurations = 0

    /// How many crashed operations of one class can be counted.
    private static var crashedLimit: Int { Int(UInt16.max) }

    /// Decides the track within the budget; also returns how many configurations were visited.
    static func search(
        _ track: Track<M>, budget: Budget
    ) -> (finding: Finding, configurations: Int) {
        var search = Frontier(track, budget: budget)
        let finding = search.run(length: track.length)
        return (finding, search.configurations)
    }

    private init(_ track: Track<M>, budget: Budget) {
        self.budget = budget
        start = clock.now
        entries = track.entries
        var alphabet = Alphabet(track.model)
        classes = entries.map { alphabet.classify($0.call) }
        observed = LastObservation(entries, classes: classes, alphabet: &alphabet)
        self.alphabet = alphabet
        for (place, entry) in entries.enumerated() where entry.isUnknown {
            let callClass = classes[place]
            if crashedNumber[callClass] == nil {
                crashedNumber[callClass] = crashedClasses.count
                crashedClasses.append(callClass)
            }
        }
        crashedAvailable = Array(repeating: 0, count: crashedClasses.count)
        let width = Self.window(of: entries, length: track.length)
        layout = Configuration.Layout(window: width, classes: crashedClasses.count)
        slots = Array(repeating: -1, count: width)
        freeSlots = Array((0..<width).reversed())
        slotOf = Array(repeating: -1, count: entries.count)
        pureSlots = Array(repeating: 0, count: layout.setWords)
        blindSlots = pureSlots
        current = ConfigurationSet(layout)
        emitted = ConfigurationSet(layout)
        visited = ConfigurationSet(layout)
    }

    /// The largest number of operations of known outcome that are open at once.
    private static func window(of entries: [Entry<M.Call>], length: Int) -> Int {
        var change = [Int](repeating: 0, count: length + 1)
        for entry in entries where !entry.isUnknown {
            change[entry.invocation] += 1
            change[entry.completion] -= 1
        }
        var open = 0
        var widest = 0
        for step in change {
            open += step
            widest = max(widest, open)
        }
        return widest
    }

    // MARK: The walk over the events

    private mutating func run(length: Int) -> Finding {
        if let limit = tooManyCrashed() { return .undecided(limit) }
        current.insert(Configuration(layout, state: alphabet.initial), pure: [], blind: [])
        // The entry at each place, counted from one: invoked if positive, completed if negative;
        // zero where an entry was left out.
        var events = [Int](repeating: 0, count: length)
        for (place, entry) in entries.enumerated() {
            events[entry.invocation] = place + 1
            if !entry.isUnknown { events[entry.completion] = -place - 1 }
        }
        for event in events {
            if event > 0 {
                invoke(event - 1)
            } else if event < 0, let finding = complete(-event - 1) {
                return finding
            }
        }
        return .linearizable
    }

    private func tooManyCrashed() -> Limit? {
        var counts: [Int32: Int] = [:]
        for (place, entry) in entries.enumerated() where entry.isUnknown {
            counts[classes[place], default: 0] += 1
        }
        return counts.values.contains { $0 > Self.crashedLimit }
            ? .crashedOperations(Self.crashedLimit) : nil
    }

    private mutating func invoke(_ place: Int) {
        let callClass = classes[place]
        guard !entries[place].isUnknown else {
            if let number = crashedNumber[callClass] { crashedAvailable[number] += 1 }
            return
        }
        let slot = freeSlots.removeLast()
        slots[slot] = Int32(place)
        slotOf[place] = Int32(slot)
        let trait = alphabet.traits[Int(callClass)]
        if trait.isPure { pureSlots.insert(slot) }
        if trait.blindTarget != nil { blindSlots.insert(slot) }
    }

    /// Makes every configuration survive the completion of the entry, or drops it.
    private mutating func complete(_ place: Int) -> Finding? {
        let slot = Int(slotOf[place])
        emitted.removeAll()
        visited.removeAll()
        var pending = current.map { Step(configuration: $0) }
        // By increasing use of crashed operations, so that the best configurations come first
        // and dominate the others.
        while !pending.isEmpty {
            var later: [Step] = []
            while let step = pending.popLast() {
                if let limit = exceeded() { return .undecided(limit) }
                expand(step, for: place, slot: slot, into: &pending, later: &later)
            }
            pending = later
        }
        guard !emitted.isEmpty else { return .violation(dead(at: place)) }
        release(slot)
        swap(&current, &emitted)
        return nil
    }

    private mutating func release(_ slot: Int) {
        slots[slot] = -1
        freeSlots.append(slot)
        pureSlots.remove(slot)
        blindSlots.remove(slot)
    }

    private func dead(at place: Int) -> Dead {
        var states: [M.State] = []
        var seen: Set<Int32> = []
        for configuration in current where seen.insert(configuration.state).inserted {
            states.append(alphabet.state(configuration.state))
        }
        return Dead(
            entry: place, states: states, open: slots.filter { $0 >= 0 }.map(Int.init).sorted())
    }

    private mutating func exceeded() -> Limit? {
        configurations += 1
        if configurations > budget.configurations {
            return .configurations(budget.configurations)
        }
        guard configurations & 0x3ff == 0 else { return nil }
        if clock.now - start > budget.time { return .time(budget.time) }
        let bytes = current.bytes + emitted.bytes + visited.bytes
        return bytes > budget.memory ? .memory(budget.memory) : nil
    }

    // MARK: One configuration

    /// A configuration on its way past a completion.
    private struct Step {
        var configuration: Configuration
        /// The completing write was hidden before and has survived so; what comes of this
        /// configuration is new only if the write is used.
        var mustUse = false
    }

    private mutating func expand(
        _ step: Step, for place: Int, slot: Int, into pending: inout [Step], later: inout [Step]
    ) {
        var step = step
        settle(&step.configuration)
        let configuration = step.configuration
        guard visited.insert(configuration, pure: pureSlots, blind: blindSlots) else { return }
        let isHidden = configuration.isHidden(slot, layout)
        if configuration.isDone(slot, layout) || isHidden && !step.mustUse {
            var survivor = configuration
            survivor.forget(slot, layout)
            emitted.insert(survivor, pure: pureSlots, blind: blindSlots)
            guard isHidden, isObservedLater(place) else { return }
            step.mustUse = true
        }
        applyOpen(step, for: slot, into: &pending)
        applyCrashed(step, for: slot, into: &later)
    }

    /// Marks what is free of charge in this state: open pure operations that are legal, and open
    /// blind writes of the value that is there already.
    private mutating func settle(_ configuration: inout Configuration) {
        for slot in slots.indices where slots[slot] >= 0 {
            let callClass = classes[Int(slots[slot])]
            let trait = alphabet.traits[Int(callClass)]
            if trait.isPure {
                if !configuration.isDone(slot, layout),
                    alphabet.step(configuration.state, callClass) != Alphabet<M>.illegal
                {
                    configuration.markDone(slot, layout)
                }
            } else if trait.blindTarget == configuration.state,
                !configuration.isDone(slot, layout)
            {
                configuration.markHidden(slot, layout)
            }
        }
    }

    private func isObservedLater(_ place: Int) -> Bool {
        guard let target = alphabet.traits[Int(classes[place])].blindTarget else { return true }
        return observed.place(of: target) > entries[place].completion
    }

    /// Lets each open operation of known outcome take effect next.
    private mutating func applyOpen(
        _ step: Step, for target: Int, into pending: inout [Step]
    ) {
        let configuration = step.configuration
        for slot in slots.indices where slots[slot] >= 0 {
            let entry = Int(slots[slot])
            let callClass = classes[entry]
            guard !pureSlots.contains(slot), !configuration.isDone(slot, layout),
                slot == target || !hasEarlierTwin(slot, entry, in: configuration)
            else { continue }
            let next = alphabet.step(configuration.state, callClass)
            guard next != Alphabet<M>.illegal else { continue }
            let isBlind = blindSlots.contains(slot)
            if isBlind, slot != target,
                !isUseful(next, after: configuration, except: slot)
            {
                continue
            }
            var successor = step
            successor.configuration.state = next
            successor.configuration.markDone(slot, layout)
            if isBlind { hideOpenBlindWrites(in: &successor.configuration) }
            pending.append(successor)
        }
    }

    /// Lets one crashed operation of each class take effect next, if that helps.
    private mutating func applyCrashed(
        _ step: Step, for target: Int, into later: inout [Step]
    ) {
        let configuration = step.configuration
        for number in crashedClasses.indices
        where configuration.used(number, layout) < crashedAvailable[number] {
            let callClass = crashedClasses[number]
            let next = alphabet.step(configuration.state, callClass)
            guard next != Alphabet<M>.illegal,
                isUseful(next, after: configuration, except: nil)
            else { continue }
            var successor = step
            successor.configuration.state = next
            successor.configuration.use(number, layout)
            if alphabet.traits[Int(callClass)].blindTarget != nil {
                hideOpenBlindWrites(in: &successor.configuration)
            }
            later.append(successor)
        }
    }

    /// An open operation of the same class that must complete earlier goes first.
    private func hasEarlierTwin(
        _ slot: Int, _ entry: Int, in configuration: Configuration
    ) -> Bool {
        for other in slots.indices where other != slot && slots[other] >= 0 {
            let twin = Int(slots[other])
            if classes[twin] == classes[entry], !configuration.isDone(other, layout),
                entries[twin].completion < entries[entry].completion
            {
                return true
            }
        }
        return false
    }

    /// Whether a blind write or a crashed operation is worth its while now: it makes something
    /// legal that is not, or it changes nothing and hides another open blind write.
    ///
    /// Otherwise it can wait, be left out, or be hidden itself.
    private mutating func isUseful(
        _ next: Int32, after configuration: Configuration, except used: Int?
    ) -> Bool {
        let isNoChange = next == configuration.state
        for slot in slots.indices where slots[slot] >= 0 && slot != used {
            guard !configuration.isDone(slot, layout) else { continue }
            if blindSlots.contains(slot) {
                if isNoChange, !configuration.isHidden(slot, layout) { return true }
            } else if !isNoChange,
                enables(classes[Int(slots[slot])], from: configuration.state, to: next)
            {
                return true
            }
        }
        guard !isNoChange else { return false }
        for number in crashedClasses.indices
        where configuration.used(number, layout) < crashedAvailable[number] {
            if enables(crashedClasses[number], from: configuration.state, to: next) { return true }
        }
        return false
    }

    private mutating func enables(_ callClass: Int32, from state: Int32, to next: Int32) -> Bool {
        let trait = alphabet.traits[Int(callClass)]
        guard trait.blindTarget == nil else { return false }
        let now = alphabet.step(state, callClass)
        let then = alphabet.step(next, callClass)
        guard then != Alphabet<M>.illegal else { return false }
        return trait.isPure ? now == Alphabet<M>.illegal : now != then
    }

    /// A blind write that takes effect hides every blind write that was open: each may be taken
    /// to have come just before it.
    private func hideOpenBlindWrites(in configuration: inout Configuration) {
        for slot in slots.indices where blindSlots.contains(slot) {
            if !configuration.isDone(slot, layout) {
                configuration.markHidden(slot, layout)
            }
        }
    }
}
