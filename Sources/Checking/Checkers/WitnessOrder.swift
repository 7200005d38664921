internal import Models

/// Turns the steps of a search into an order of operations.
///
/// A step says which operation took effect; what came free of charge is found by following the
/// steps with an ``Expander``: pure operations stand where they became legal, and a hidden write
/// just before the blind write that hid it, or where its value was there already.
struct WitnessOrder<M: Model>: ~Copyable {
    private let space: SearchSpace<M>
    private var expander: Expander<M>
    private var order: [Int] = []
    /// Hidden writes that have completed, by the place in the order before which they stand.
    private var hidden: [Int: [Int]] = [:]
    /// Where each slot's write was hidden.
    private var hidingPlaces: [Int]
    /// The crashed operations of each crashed class that have not been used, the first one last.
    private var crashed: [[Int]]

    /// The order of entries, places in the track, that the steps stand for.
    static func entries(of steps: [SearchStep], in space: SearchSpace<M>) -> [Int] {
        var witness = WitnessOrder(space)
        for step in steps { witness.follow(step) }
        return witness.finish()
    }

    private init(_ space: SearchSpace<M>) {
        self.space = space
        expander = Expander(space)
        hidingPlaces = Array(repeating: 0, count: space.width)
        crashed = Array(repeating: [], count: space.crashedClasses.count)
        for (place, entry) in space.entries.enumerated().reversed() where entry.isUnknown {
            crashed[Int(space.crashedNumber[Int(space.entryClasses[place])])].append(place)
        }
        settle()
    }

    private mutating func follow(_ step: SearchStep) {
        switch step {
        case .survive:
            let slot = expander.targetSlot
            if !expander.scratch.has(slot, space.layout.done) {
                hidden[hidingPlaces[slot], default: []].append(expander.target)
            }
            _ = expander.survive()
            expander.advance()
        case .take(let entry):
            _ = expander.take(Int(space.slotOf[Int(entry)]), for: expander.targetSlot)
            noteHidden()
            order.append(Int(entry))
        case .takeCrashed(let number, let state):
            for outcome in 0..<expander.outcomes(ofCrashed: Int(number))
            where expander.takeCrashed(Int(number), outcome: outcome) {
                if expander.child.state == state { break }
            }
            noteHidden()
            if let entry = crashed[Int(number)].popLast() { order.append(entry) }
        }
        expander.scratch.update(from: expander.child, count: space.layout.stride)
        settle()
    }

    /// Notes which writes the step at hand has hidden, before it is put into the order.
    private mutating func noteHidden() {
        for slot in 0..<space.width
        where expander.child.has(slot, space.layout.hidden)
            && !expander.scratch.has(slot, space.layout.hidden)
        {
            hidingPlaces[slot] = order.count
        }
    }

    private mutating func settle() {
        guard !expander.isAtEnd else { return }
        expander.child.update(from: expander.scratch, count: space.layout.stride)
        expander.settle()
        for slot in 0..<space.width {
            if expander.scratch.has(slot, space.layout.done),
                !expander.child.has(slot, space.layout.done)
            {
                order.append(Int(expander.window.entry(slot)))
            } else if expander.scratch.has(slot, space.layout.hidden),
                !expander.child.has(slot, space.layout.hidden)
            {
                hidingPlaces[slot] = order.count
            }
        }
    }

    private consuming func finish() -> [Int] {
        guard !hidden.isEmpty else { return order }
        var full: [Int] = []
        full.reserveCapacity(space.entries.count)
        for (place, entry) in order.enumerated() {
            full += hidden[place] ?? []
            full.append(entry)
        }
        return full + (hidden[order.count] ?? [])
    }
}
