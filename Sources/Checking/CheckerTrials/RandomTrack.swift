internal import Checkers
internal import Models

/// A model whose operations can be drawn at random and simulated.
protocol Simulated: Model {
    /// An operation before its result is known.
    associatedtype Draft

    /// Whether the state remembers in which order operations came, so that brute force meets a
    /// state for every order of those that are open at once.
    static var remembersOrder: Bool { get }

    /// Draws an operation; `fresh` is a number that no other operation of the history gets.
    func draft(fresh: Int, unique: Bool, process: Int, using dice: inout Dice) -> Draft
    /// The operation with the result that it has in a state; nil if it fails without a word.
    func call(_ draft: Draft, in state: State) -> Call?
    /// The operation with a result that may be wrong.
    func guess(_ draft: Draft, in state: State, using dice: inout Dice) -> Call?
    /// The operation with a result that nobody saw; nil if it then says nothing.
    func unseen(_ draft: Draft) -> Call?
    /// The call as a history has it.
    func spelled(_ call: Call) -> SpelledCall
    /// What a call says if nobody knows how it ended.
    func forgotten(_ call: Call) -> Call?
}

extension Simulated {
    func forgotten(_ call: Call) -> Call? { isPure(call) ? nil : call }
    static var remembersOrder: Bool { false }
}

/// Draws histories of an object that obeys its model, but for lies: each operation takes effect
/// somewhere between its two events, or at any time or never if it crashed.
struct RandomTrack<M: Simulated> {
    private struct Open {
        let draft: M.Draft
        let entry: Int
        let process: Int
        var hasTakenEffect = false
        let hasCrashed: Bool
    }

    private let model: M
    private let unique: Bool
    private let crashRate: Double
    /// Crashed operations stay open to the end, so that brute force tries all orders of them.
    private let mostCrashed: Int
    private let lieRate = 0.06
    private let processes = M.remembersOrder ? 3 : 5

    private var entries: [TrackEntry<M.Call>?] = []
    private var open: [Open] = []
    private var idle: [Int]
    private var nextProcess: Int
    private var place = 0
    private var state: M.State
    /// How far apart numbers lie that are drawn anew: deciders keep near ones and far ones apart.
    private var spread = 1

    init(_ model: M, unique: Bool, crashRate: Double, mostCrashed: Int) {
        self.mostCrashed = M.remembersOrder ? min(mostCrashed, 3) : mostCrashed
        self.model = model
        self.unique = unique
        self.crashRate = crashRate
        state = model.initialState
        idle = Array(0..<processes)
        nextProcess = processes
    }

    /// A history of 2 to 18 operations.
    func draw(using dice: inout Dice) -> Track<M> {
        var drawing = self
        // Short ones come more often: brute force takes exponentially longer for long ones.
        let operations = 2 + min(dice.below(17), dice.below(17))
        let width = 1 + dice.below(processes)
        dice.palette = Palette.allCases[dice.below(Palette.allCases.count)]
        drawing.spread = [1, 1, 350, 40_000][dice.below(4)]
        drawing.idle = Array(0..<width)
        var invoked = 0
        while true {
            let mayInvoke = invoked < operations && !drawing.idle.isEmpty
            guard mayInvoke || drawing.open.contains(where: { !$0.hasCrashed }) else { break }
            if mayInvoke, drawing.open.isEmpty || dice.chance(0.4) {
                drawing.invoke(number: invoked, using: &dice)
                invoked += 1
            } else {
                drawing.proceed(dice.below(drawing.open.count), using: &dice)
            }
        }
        return drawing.track
    }

    /// The entries that say something, at dense places.
    private var track: Track<M> {
        let kept = entries.compactMap(\.self)
        var ranks: [Int: Int] = [:]
        let places = kept.flatMap { [$0.invocation, $0.completion] }.filter { $0 != .max }.sorted()
        for (rank, place) in places.enumerated() { ranks[place] = rank }
        return Track(
            model: model,
            entries: kept.map {
                TrackEntry(
                    id: $0.id, call: $0.call, invocation: ranks[$0.invocation] ?? 0,
                    completion: ranks[$0.completion] ?? .max)
            }, length: places.count)
    }

    private mutating func invoke(number: Int, using dice: inout Dice) {
        let process = idle.remove(at: dice.below(idle.count))
        let draft = model.draft(
            fresh: number * spread + dice.below(spread) + 1, unique: unique, process: process,
            using: &dice)
        let hasCrashed = nextProcess - processes < mostCrashed && dice.chance(crashRate)
        open.append(
            Open(draft: draft, entry: entries.count, process: process, hasCrashed: hasCrashed))
        let call = hasCrashed ? model.unseen(draft) : nil
        entries.append(
            call.map {
                TrackEntry(id: number, call: $0, invocation: place, completion: .max)
            })
        starts[open[open.count - 1].entry] = place
        place += 1
        guard hasCrashed else { return }
        // The process is retired; another one takes its place.
        idle.append(nextProcess)
        nextProcess += 1
    }

    /// The place of each entry's invocation.
    private var starts: [Int: Int] = [:]

    private mutating func proceed(_ index: Int, using dice: inout Dice) {
        let operation = open[index]
        guard !operation.hasTakenEffect else {
            open.remove(at: index)
            if !operation.hasCrashed { complete(operation) }
            return
        }
        open[index].hasTakenEffect = true
        if operation.hasCrashed {
            if let call = model.unseen(operation.draft) {
                let outcomes = model.outcomes(state, call)
                if !outcomes.isEmpty { state = outcomes[dice.below(outcomes.count)] }
            }
            return
        }
        let truth = model.call(operation.draft, in: state)
        let call =
            dice.chance(lieRate)
            ? model.guess(operation.draft, in: state, using: &dice) : truth
        if let truth, let next = model.step(state, truth) { state = next }
        entries[operation.entry] = call.map {
            TrackEntry(
                id: operation.entry, call: $0, invocation: starts[operation.entry] ?? 0,
                completion: .max)
        }
    }

    private mutating func complete(_ operation: Open) {
        idle.append(operation.process)
        if let entry = entries[operation.entry] {
            entries[operation.entry] = TrackEntry(
                id: entry.id, call: entry.call, invocation: entry.invocation, completion: place)
        }
        place += 1
    }
}
