internal import Models

/// The states and calls of one object as small integers, with memoised transitions.
///
/// Two entries with the same transition are of one *class*: while both are open they can change
/// places, so the search treats them alike.
struct Alphabet<M: Model> {
    private let model: M
    private var states: [M.State] = []
    private var stateNumbers: [M.State: Int32] = [:]
    private var transitions: [[Int32]] = []
    /// The calls, by class.
    private(set) var calls: [M.Call] = []
    private var classNumbers: [M.Call: Int32] = [:]
    private(set) var traits: [Trait] = []

    /// What the search may assume of a class.
    struct Trait {
        /// It never changes a state.
        let isPure: Bool
        /// It is legal everywhere and always leaves this state.
        let blindTarget: Int32?
    }

    private static var unknown: Int32 { -2 }
    /// The transition of a call that is not legal.
    static var illegal: Int32 { -1 }

    init(_ model: M) {
        self.model = model
        _ = number(of: model.initialState)
    }

    /// The number of the initial state.
    var initial: Int32 { 0 }

    func state(_ number: Int32) -> M.State { states[Int(number)] }

    mutating func number(of state: M.State) -> Int32 {
        if let number = stateNumbers[state] { return number }
        let number = Int32(states.count)
        states.append(state)
        stateNumbers[state] = number
        transitions.append([])
        return number
    }

    /// The number of a call's class.
    mutating func classify(_ call: M.Call) -> Int32 {
        if let number = classNumbers[call] { return number }
        let number = Int32(calls.count)
        calls.append(call)
        classNumbers[call] = number
        var target: Int32?
        if case .nothing = model.observation(of: call),
            let state = model.step(model.initialState, call)
        {
            target = self.number(of: state)
        }
        traits.append(Trait(isPure: model.isPure(call), blindTarget: target))
        return number
    }

    func observation(of callClass: Int32) -> Observation<M.State> {
        model.observation(of: calls[Int(callClass)])
    }

    /// The state after a call, ``illegal`` if there is none.
    @inline(__always)
    mutating func step(_ state: Int32, _ callClass: Int32) -> Int32 {
        if let target = traits[Int(callClass)].blindTarget { return target }
        let row = Int(state)
        let column = Int(callClass)
        if column < transitions[row].count {
            let known = transitions[row][column]
            if known != Self.unknown { return known }
        }
        return work(out: row, column)
    }

    @inline(never)
    private mutating func work(out row: Int, _ column: Int) -> Int32 {
        let next = model.step(states[row], calls[column]).map { number(of: $0) } ?? Self.illegal
        // Rows grow by demand: with unique values most pairs of a state and a class never meet.
        if column < 4_096 {
            if transitions[row].count <= column {
                let missing = column + 1 - transitions[row].count
                transitions[row].append(contentsOf: repeatElement(Self.unknown, count: missing))
            }
            transitions[row][column] = next
        }
        return next
    }
}
