internal import Models

/// A completion of a track that is searched.
struct Level {
    /// The entry that completes.
    let entry: Int
    /// Where.
    let place: Int
}

/// What stays the same while a track is searched: its calls as classes, a slot for each operation
/// of known outcome, and the completions one after another, the *levels* of the search.
///
/// One object, for it is handed on with every configuration.
final class SearchSpace<M: Model> {
    let alphabet: Alphabet<M>
    let entries: [TrackEntry<M.Call>]
    /// The class of each entry.
    let entryClasses: [Int32]
    let classes: [CallClass]
    let observed: LastObservation
    let demands: Demands<M>
    let partDemands: PartDemands<M>
    /// Nil if all states are told apart.
    let lastSight: LastSight<M>?
    /// The entry at each place (``Track/events``).
    let events: [Int]
    let levels: [Level]
    /// The slot of each entry of known outcome.
    let slotOf: [Int32]
    /// The classes of which some operation crashed.
    let crashedClasses: [Int32]
    /// The place of a class among those; -1 for others.
    let crashedNumber: [Int32]
    let layout: ConfigurationLayout
    /// The most operations of known outcome that are open at once.
    let width: Int
    /// Set where more operations of one class crashed than a configuration can count.
    let limit: Limit?

    /// Linear.
    init(_ track: Track<M>, recordsPaths: Bool, looksAhead: Bool) {
        let entries = track.entries
        let alphabet = Alphabet(track.model)
        let entryClasses = entries.map { alphabet.classify($0.call) }
        var observed = LastObservation()
        var crashed: [Int32] = []
        var number = [Int32](repeating: -1, count: alphabet.classes.count)
        var crashes = [Int](repeating: 0, count: alphabet.classes.count)
        for (place, callClass) in entryClasses.enumerated() {
            observed.note(alphabet.classes[Int(callClass)], completion: entries[place].completion)
            guard entries[place].isUnknown else { continue }
            crashes[Int(callClass)] += 1
            if number[Int(callClass)] < 0 {
                number[Int(callClass)] = Int32(crashed.count)
                crashed.append(callClass)
            }
        }
        // Counts take sixteen bits each, the highest of which stays clear for comparisons.
        let most = Int(Int16.max)
        limit = crashes.contains { $0 > most } ? .crashedOperations(most) : nil
        events = track.events
        (levels, slotOf, width) = Self.slots(for: entries, events: events)
        layout = ConfigurationLayout(
            window: width, crashedClasses: crashed.count, recordsPaths: recordsPaths)
        demands = Demands(
            alphabet, entries: entries, classes: entryClasses, levels: levels,
            looksAhead: looksAhead)
        partDemands = PartDemands(
            alphabet, entries: entries, classes: entryClasses, levels: levels,
            crashedNumber: number, looksAhead: looksAhead)
        lastSight =
            looksAhead
            ? LastSight(alphabet, entries: entries, classes: entryClasses, levels: levels) : nil
        self.entries = entries
        self.alphabet = alphabet
        self.entryClasses = entryClasses
        classes = alphabet.classes
        self.observed = observed
        crashedClasses = crashed
        crashedNumber = number
    }

    /// The entry that completes last of those whose demands ended a path.
    var demanded: Int? {
        [demands.furthest, partDemands.furthest].compactMap(\.self)
            .max { entries[$0].completion < entries[$1].completion }
    }

    private static func slots(
        for entries: [TrackEntry<M.Call>], events: [Int]
    ) -> (levels: [Level], slotOf: [Int32], width: Int) {
        var levels: [Level] = []
        levels.reserveCapacity(entries.count)
        var slotOf = [Int32](repeating: -1, count: entries.count)
        var free: [Int32] = []
        var width = 0
        for (place, event) in events.enumerated() {
            if event > 0, !entries[event - 1].isUnknown {
                if let slot = free.popLast() {
                    slotOf[event - 1] = slot
                } else {
                    slotOf[event - 1] = Int32(width)
                    width += 1
                }
            } else if event < 0 {
                free.append(slotOf[-event - 1])
                levels.append(Level(entry: -event - 1, place: place))
            }
        }
        return (levels, slotOf, width)
    }

    /// Bytes of what is shared by all searches of this space, interned states included.
    var bytes: Int {
        let shared = alphabet.bytes + partDemands.bytes + (lastSight?.bytes ?? 0)
        return shared + entries.count * 12 + events.count * 8
            + levels.count * MemoryLayout<Level>.stride
    }
}
