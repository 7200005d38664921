internal import Models

/// The states and calls of one object as small integers.
///
/// Two entries with the same transition are of one *class*: while both are open they can change
/// places, so the search treats them alike. What a model says of its calls
/// (`Model.observation(of:)`) turns most transitions into a comparison of two integers;
/// the others are worked out once and remembered.
final class Alphabet<M: Model> {
    let model: M
    private var states: [M.State] = []
    private var stateNumbers: [M.State: Int32] = [:]
    private var calls: [M.Call] = []
    private var classNumbers: [M.Call: Int32] = [:]
    private var transitions: [Int64: [Int32]] = [:]
    private var growths: [Int64: Bool] = [:]
    private let growth: ((M.State, M.State) -> Bool)?
    private var stateBytes = 0
    /// What the model's answers have cost since that was last asked for, in steps.
    private var work = 0
    /// The classes, by number.
    private(set) var classes: [CallClass] = []

    init(_ model: M) {
        self.model = model
        growth = model.growth
        _ = number(of: model.initialState)
    }

    func state(_ number: Int32) -> M.State { states[Int(number)] }

    /// The states of these numbers; none at all if one of them is unseen, for what it is nobody
    /// has kept.
    func states(_ numbers: [Int32]) -> [M.State] {
        numbers.contains(CallClass.unseen) ? [] : numbers.map(state(_:))
    }

    private func number(of state: M.State) -> Int32 {
        if let number = stateNumbers[state] { return number }
        let number = Int32(states.count)
        states.append(state)
        stateNumbers[state] = number
        stateBytes += model.bytes(of: state) + 2 * MemoryLayout<M.State>.stride + 16
        return number
    }

    /// What interned states and remembered answers take up: the states, and twice what tables
    /// need at least.
    var bytes: Int { stateBytes + transitions.count * 128 + growths.count * 32 }

    /// A call of the model costs as much as some comparisons of configurations, and more where
    /// there is more of a state to copy and to hash.
    private func charge(_ state: M.State) { work += 8 + model.bytes(of: state) / 16 }

    /// What the model's answers have cost since the last time, in steps (``Budget/steps``).
    func takeWork() -> Int {
        defer { work = 0 }
        return work
    }

    /// Whether the model lets one state grow into another without a blind write.
    func canGrow(_ state: Int32, into later: Int32) -> Bool {
        guard state != CallClass.unseen else { return false }
        guard let growth, state != later else { return true }
        let key = Int64(state) << 32 | Int64(later)
        if let known = growths[key] { return known }
        let answer = growth(states[Int(state)], states[Int(later)])
        charge(states[Int(later)])
        growths[key] = answer
        return answer
    }

    /// What one such answer costs: more for a state that is long.
    func effort(ofComparing state: Int32) -> Int { 1 + model.bytes(of: states[Int(state)]) / 256 }

    /// What ``canGrow(_:into:)`` says, not remembered; of states that there are.
    func grows(_ state: Int32, into later: Int32) -> Bool {
        guard let growth, state != later else { return true }
        work += effort(ofComparing: state)
        return growth(states[Int(state)], states[Int(later)])
    }

    /// The number of a call's class.
    func classify(_ call: M.Call) -> Int32 {
        if let number = classNumbers[call] { return number }
        let number = Int32(calls.count)
        calls.append(call)
        classNumbers[call] = number
        classes.append(describe(call))
        return number
    }

    private func describe(_ call: M.Call) -> CallClass {
        let isPure = model.isPure(call)
        switch model.observation(of: call) {
        case .nothing:
            guard let target = model.step(model.initialState, call) else { break }
            return CallClass(.blind, target: number(of: target))
        case .only(let state):
            let observed = number(of: state)
            if isPure { return CallClass(.pureOnly, observed: observed) }
            guard let target = model.step(state, call) else { break }
            return CallClass(.swap, observed: observed, target: number(of: target))
        case .anythingBut(let state) where isPure:
            return CallClass(.pureBut, observed: number(of: state))
        case .anythingBut, .unsaid: break
        }
        return CallClass(isPure ? .pureOpaque : .opaque)
    }

    /// The state after a call that only the model can work out.
    func workOut(_ state: Int32, _ callClass: Int32) -> Int32 {
        workOutAll(state, callClass).first ?? CallClass.illegal
    }

    /// Every state that such a call may leave, by number; more than one if its result is unseen.
    func workOutAll(_ state: Int32, _ callClass: Int32) -> [Int32] {
        if state == CallClass.unseen { return [state] }
        let key = Int64(state) << 32 | Int64(callClass)
        if let known = transitions[key] { return known }
        charge(states[Int(state)])
        let next = model.outcomes(states[Int(state)], calls[Int(callClass)])
            .map { number(of: $0) }.sorted()
        transitions[key] = next
        return next
    }
}

/// What the search knows of a class of calls.
struct CallClass {
    enum Kind: UInt8 {
        /// Legal in one state, changes nothing.
        case pureOnly
        /// Legal in all states but one, changes nothing.
        case pureBut
        /// Legal everywhere, leaves one state.
        case blind
        /// Legal in one state, leaves another.
        case swap
        /// Changes nothing; the model says where it is legal.
        case pureOpaque
        /// The model says everything.
        case opaque
    }

    /// The transition of a call that is not legal.
    static var illegal: Int32 { -1 }
    /// Any state that nobody can see before a blind write replaces it (``LastSight``).
    static var unseen: Int32 { -2 }

    let kind: Kind
    let observed: Int32
    let target: Int32

    init(_ kind: Kind, observed: Int32 = -1, target: Int32 = -1) {
        self.kind = kind
        self.observed = observed
        self.target = target
    }

    var isPure: Bool { kind == .pureOnly || kind == .pureBut || kind == .pureOpaque }
    var isBlind: Bool { kind == .blind }
}

/// Until when the value of a blind write can matter: the last completion of an operation that
/// can tell whether a state is the current one.
struct LastObservation {
    /// By state, as far as there are any.
    private var ofOnly: [Int] = []
    /// The last completion of a call that only one state forbids, and of one that another does.
    private var refusals: (state: Int32, place: Int, otherPlace: Int) = (-1, -1, -1)
    private var ofAny = -1

    mutating func note(_ callClass: CallClass, completion: Int) {
        switch callClass.kind {
        case .blind: break
        case .pureOnly, .swap:
            let state = Int(callClass.observed)
            while ofOnly.count <= state { ofOnly.append(-1) }
            ofOnly[state] = max(ofOnly[state], completion)
        case .pureBut: note(refusalOf: callClass.observed, at: completion)
        case .pureOpaque, .opaque: ofAny = max(ofAny, completion)
        }
    }

    private mutating func note(refusalOf state: Int32, at place: Int) {
        if state == refusals.state {
            refusals.place = max(refusals.place, place)
        } else if place > refusals.place {
            refusals = (state, place, refusals.place)
        } else {
            refusals.otherPlace = max(refusals.otherPlace, place)
        }
    }

    /// The place of the last completion that can tell this state, -1 if none can.
    func place(of state: Int32) -> Int {
        let refusal = refusals.state == state ? refusals.otherPlace : refusals.place
        return max(ofAny, refusal, state < ofOnly.count ? ofOnly[Int(state)] : -1)
    }
}
