internal import Models

// A state of an object that only grows between blind writes is seen by an observation of what it
// can grow into. Where no observation that is still to complete is one of those, nobody will ever
// tell what the object holds until a blind write replaces it: all such states are one, whichever
// way they came about. Without that a key whose last appends nobody reads before it is put anew
// has as many states there as those appends have orders.
//
// What is open in such a state and leaves it so is hidden in it, as a blind write is by the next
// one (``Frontier``): it may have come there, where nobody can tell, or it may come later. So there
// is one configuration, and not one for each choice of what came before the put.

/// Until when a state can be seen by anybody before a blind write replaces it.
///
/// It takes a model with a growth (`Model.growth`): calls of which nothing is said are legal in all
/// of its states, so that an unseen state stays unseen until the next blind write.
final class LastSight<M: Model> {
    private let alphabet: Alphabet<M>
    /// Each observed state with the number of the last completion that observes it, the last
    /// first.
    private let observed: [(state: Int32, level: Int)]
    /// By state: the last level at which it can be seen, once that is known.
    private var levels: [Int32] = []
    /// Comparisons of short states that may still be made: what cannot be afforded is taken to be
    /// seen.
    private var comparisons: Int

    private static var unknown: Int32 { -2 }
    /// A million are some ten milliseconds.
    private static var fewest: Int { 1 << 20 }

    /// What is seen of a track whose completions are these; nil if the model has no growth, or if
    /// there is no blind write: what nobody can see then is a dead end (``Demands``).
    init?(
        _ alphabet: Alphabet<M>, entries: [TrackEntry<M.Call>], classes: [Int32], levels: [Level]
    ) {
        guard alphabet.model.growth != nil, alphabet.classes.contains(where: \.isBlind),
            alphabet.classes.allSatisfy({ [.pureOnly, .swap, .blind, .opaque].contains($0.kind) })
        else { return nil }
        var last: [Int32: Int] = [:]
        func note(_ entry: Int, _ level: Int) {
            let callClass = alphabet.classes[Int(classes[entry])]
            guard callClass.kind == .pureOnly || callClass.kind == .swap else { return }
            last[callClass.observed] = max(last[callClass.observed] ?? -1, level)
        }
        for (number, level) in levels.enumerated() { note(level.entry, number) }
        for (place, entry) in entries.enumerated() where entry.isUnknown { note(place, .max) }
        self.alphabet = alphabet
        observed = last.map { (state: $0.key, level: $0.value) }
            .sorted { ($1.level, $0.state) < ($0.level, $1.state) }
        comparisons = max(Self.fewest, 32 * entries.count)
    }

    /// The state as far as anybody will see it from a level on: itself, or ``CallClass/unseen``.
    func visible(_ state: Int32, at level: Int) -> Int32 {
        guard state >= 0 else { return state }
        while levels.count <= state { levels.append(Self.unknown) }
        if levels[Int(state)] == Self.unknown { levels[Int(state)] = lastLevel(of: state) }
        return levels[Int(state)] < level ? CallClass.unseen : state
    }

    private func lastLevel(of state: Int32) -> Int32 {
        for seen in observed {
            guard comparisons > 0 else { return .max }
            comparisons -= alphabet.effort(ofComparing: state)
            if alphabet.grows(state, into: seen.state) {
                return Int32(clamping: seen.level)
            }
        }
        return -1
    }

    /// What is remembered takes up.
    var bytes: Int { levels.count.roundedUp * 4 + observed.count * 16 }
}
