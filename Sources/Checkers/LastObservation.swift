internal import Models

/// Until when the value of a blind write can matter: the last completion of an operation that
/// can tell whether a state is the current one.
struct LastObservation<M: Model> {
    private var of: [Int32: Int] = [:]
    /// The last completion of a call that only one state forbids, and of one that another does.
    private var refusals: (state: Int32, place: Int, otherPlace: Int) = (-1, -1, -1)
    private var ofAny = -1

    init(_ entries: [Entry<M.Call>], classes: [Int32], alphabet: inout Alphabet<M>) {
        for (entry, callClass) in zip(entries, classes) {
            switch alphabet.observation(of: callClass) {
            case .nothing: break
            case .only(let state):
                let number = alphabet.number(of: state)
                of[number] = max(of[number] ?? -1, entry.completion)
            case .anythingBut(let state):
                note(refusalOf: alphabet.number(of: state), at: entry.completion)
            case .unsaid: ofAny = max(ofAny, entry.completion)
            }
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
        return max(ofAny, refusal, of[state] ?? -1)
    }
}
