internal import Models

/// Takes configurations one step further: what both searches share.
///
/// It stands before a completion, its *level*, and can go forth and back between levels. The
/// caller puts a configuration into ``scratch``; what comes of it is put into ``child``. What does so
/// is `mutating`, though the words lie elsewhere: a borrowed value is copied with each call.
struct Expander<M: Model>: ~Copyable {
    let space: SearchSpace<M>
    private let layout: ConfigurationLayout
    private let classes: [CallClass]
    private(set) var window: Window
    /// Crashed operations of each crashed class that have been invoked so far.
    private var crashedAvailable: [Int]
    /// The number of the completion that comes next.
    private(set) var level = 0
    /// The configuration at hand.
    let scratch: Configuration
    /// What came of it.
    let child: Configuration

    init(_ space: SearchSpace<M>) {
        self.space = space
        layout = space.layout
        classes = space.classes
        window = Window(width: space.width, layout: space.layout)
        crashedAvailable = Array(repeating: 0, count: space.crashedClasses.count)
        scratch = .allocate(capacity: space.layout.stride)
        child = .allocate(capacity: space.layout.stride)
        scratch.update(repeating: 0, count: space.layout.stride)
        child.update(repeating: 0, count: space.layout.stride)
        invoke(from: 0)
    }

    deinit {
        scratch.deallocate()
        child.deallocate()
    }

    // MARK: Levels

    /// Whether every completion lies behind.
    var isAtEnd: Bool { level == space.levels.count }
    /// The entry that completes next.
    var target: Int { space.levels[level].entry }
    var targetSlot: Int { Int(space.slotOf[target]) }

    /// Goes behind the next completion.
    mutating func advance() {
        let place = space.levels[level].place
        window.close(targetSlot)
        level += 1
        invoke(from: place + 1)
    }

    /// Goes back before the last completion.
    mutating func retreat() {
        let place = space.levels[level - 1].place
        if !isAtEnd {
            for event in space.events[(place + 1)..<space.levels[level].place].reversed()
            where event > 0 {
                let number = space.crashedNumber[Int(space.entryClasses[event - 1])]
                if space.entries[event - 1].isUnknown {
                    crashedAvailable[Int(number)] -= 1
                } else {
                    window.close(Int(space.slotOf[event - 1]))
                }
            }
        }
        level -= 1
        open(target)
    }

    private mutating func invoke(from place: Int) {
        guard !isAtEnd else { return }
        for event in space.events[place..<space.levels[level].place] where event > 0 {
            if space.entries[event - 1].isUnknown {
                let number = space.crashedNumber[Int(space.entryClasses[event - 1])]
                crashedAvailable[Int(number)] += 1
            } else {
                open(event - 1)
            }
        }
    }

    private mutating func open(_ entry: Int) {
        let callClass = space.entryClasses[entry]
        window.open(
            entry, in: Int(space.slotOf[entry]), callClass, classes[Int(callClass)],
            until: space.entries[entry].completion)
    }

    // MARK: What is free of charge

    /// Forgets a state that nobody will see, and marks what costs nothing in it: open pure
    /// operations that are legal, open blind writes of the value that is there already, and in a
    /// state that nobody will see whatever leaves it so.
    mutating func settle() {
        let state = visible(scratch.state)
        scratch.state = state
        for word in 0..<layout.setWords {
            let others = state == CallClass.unseen ? window.others[word] : 0
            var left =
                (window.pure[word] | window.blind[word] | others) & ~scratch[layout.done + word]
            while left != 0 {
                let bit = left.trailingZeroBitCount
                left &= left - 1
                let callClass = window.callClass(word << 6 | bit)
                if step(state, callClass) != state { continue }
                let offset = classes[Int(callClass)].isPure ? layout.done : layout.hidden
                scratch[offset + word] |= 1 << UInt64(bit)
            }
        }
    }

    /// Whether the configuration survives the next completion as it is.
    var survives: Bool {
        scratch.has(targetSlot, layout.done)
            || scratch.has(targetSlot, layout.hidden) && !scratch.mustUse
    }

    /// Whether something new can come of it before that completion all the same: the completing
    /// write was hidden, and its value may be seen if it is used instead.
    var mayUseTarget: Bool {
        guard scratch.has(targetSlot, layout.hidden) else { return false }
        let callClass = classes[Int(space.entryClasses[target])]
        // What was hidden in an unseen state may be all that the next visible one lacks.
        guard callClass.isBlind else { return true }
        return space.observed.place(of: callClass.target) > space.levels[level].place
    }

    /// The configuration behind the next completion; false if later observations forbid it.
    mutating func survive() -> Bool {
        child.update(from: scratch, count: layout.stride)
        child.clear(targetSlot, layout.done)
        child.clear(targetSlot, layout.hidden)
        child.mustUse = false
        return !isForbidden(child, behind: true)
    }

    /// Whether later observations forbid a configuration's state.
    private func isForbidden(_ configuration: Configuration, behind: Bool = false) -> Bool {
        let next = behind ? level + 1 : level
        guard next < space.levels.count else { return false }
        func isDone(_ entry: Int) -> Bool {
            let slot = Int(space.slotOf[entry])
            return window.entry(slot) == Int32(entry) && configuration.has(slot, layout.done)
        }
        if !space.demands.isEmpty,
            space.demands.forbid(
                configuration.state, at: next, place: space.levels[next].place,
                alphabet: space.alphabet, isDone: isDone)
        {
            return true
        }
        guard !space.partDemands.isEmpty else { return false }
        return space.partDemands.forbid(
            configuration.state, at: next, alphabet: space.alphabet, isDone: isDone
        ) { configuration.used($0, layout) }
    }

    // MARK: Steps

    /// Open operations that have not taken effect and would change something, by slot.
    func candidates(_ word: Int) -> UInt64 {
        (window.others[word] | window.blind[word]) & ~scratch[layout.done + word]
    }

    /// Lets the open operation in a slot take effect next; false if that is not legal or can
    /// wait.
    mutating func take(_ slot: Int, for target: Int) -> Bool {
        let state = scratch.state
        let number = window.callClass(slot)
        let next = step(state, number)
        // What leaves an unseen state unseen is hidden in it, which is freer than done.
        guard next != CallClass.illegal, next != state || next != CallClass.unseen else {
            return false
        }
        let isBlind = classes[Int(number)].isBlind
        if slot != target {
            // An open operation of the same class that must complete earlier goes first.
            if window.hasEarlierTwin(slot, in: scratch, layout) { return false }
            if isBlind, !isUseful(next, except: slot) { return false }
        }
        child.update(from: scratch, count: layout.stride)
        child.state = next
        child.set(slot, layout.done)
        child.clear(slot, layout.hidden)
        if isBlind { hideOpenBlindWrites() }
        return !isForbidden(child)
    }

    /// Whether there is a crashed operation of a crashed class left.
    func hasCrashed(_ number: Int) -> Bool {
        scratch.used(number, layout) < crashedAvailable[number]
    }

    /// How many states a crashed operation of a class may leave behind.
    func outcomes(ofCrashed number: Int) -> Int {
        let callClass = space.crashedClasses[number]
        guard classes[Int(callClass)].kind == .opaque else { return 1 }
        return space.alphabet.workOutAll(scratch.state, callClass).count
    }

    /// Lets a crashed operation of a class take effect next with one of its outcomes, if that
    /// helps.
    mutating func takeCrashed(_ number: Int, outcome: Int) -> Bool {
        let callClass = space.crashedClasses[number]
        let isOpaque = classes[Int(callClass)].kind == .opaque
        let next =
            isOpaque
            ? visible(space.alphabet.workOutAll(scratch.state, callClass)[outcome])
            : step(scratch.state, callClass)
        guard next != CallClass.illegal, next != scratch.state || next != CallClass.unseen,
            isUseful(next, except: nil)
        else { return false }
        child.update(from: scratch, count: layout.stride)
        child.state = next
        child.use(number, layout)
        if classes[Int(callClass)].isBlind { hideOpenBlindWrites() }
        return !isForbidden(child)
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
                if enables(window.callClass(slot), from: state, to: next) { return true }
            }
        }
        for number in space.crashedClasses.indices where hasCrashed(number) {
            if enables(space.crashedClasses[number], from: state, to: next) { return true }
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
            return space.alphabet.workOut(next, number) != CallClass.illegal
                && space.alphabet.workOut(state, number) == CallClass.illegal
        case .opaque:
            let then = space.alphabet.workOutAll(next, number)
            return !then.isEmpty && then != space.alphabet.workOutAll(state, number)
        }
    }

    @inline(__always)
    private func step(_ state: Int32, _ number: Int32) -> Int32 {
        let callClass = classes[Int(number)]
        switch callClass.kind {
        case .pureOnly: return state == callClass.observed ? state : CallClass.illegal
        case .pureBut: return state == callClass.observed ? CallClass.illegal : state
        case .blind: return visible(callClass.target)
        case .swap:
            return state == callClass.observed ? visible(callClass.target) : CallClass.illegal
        case .pureOpaque: return space.alphabet.workOut(state, number)
        case .opaque: return visible(space.alphabet.workOut(state, number))
        }
    }

    /// The state as far as anybody will see it from here on.
    @inline(__always)
    private func visible(_ state: Int32) -> Int32 {
        guard let lastSight = space.lastSight else { return state }
        return lastSight.visible(state, at: level)
    }

    /// A blind write that takes effect hides every blind write that was open: each may be taken
    /// to have come just before it.
    private func hideOpenBlindWrites() {
        for word in 0..<layout.setWords {
            child[layout.hidden + word] |= window.blind[word] & ~child[layout.done + word]
        }
    }
}
