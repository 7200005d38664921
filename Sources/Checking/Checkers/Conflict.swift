internal import Models

/// Entries that contradict each other, as a decider found them; places in its track.
struct Conflict: Error {
    /// Which rule they break.
    let kind: Contradiction.Kind
    /// The entry to look at first.
    let culprit: Int
    /// What it missed, or what stands against it.
    let missed: Int?
    /// All entries that take part.
    let entries: [Int]

    init(_ kind: Contradiction.Kind, culprit: Int, missed: Int? = nil, _ others: [Int?] = []) {
        self.kind = kind
        self.culprit = culprit
        self.missed = missed
        entries = Set([culprit] + [missed].compactMap(\.self) + others.compactMap(\.self)).sorted()
    }
}

extension Conflict {
    /// The entries that the sentence about it names; of some rules it names two and counts the others.
    var named: Set<Int> {
        switch kind {
        case .cycle, .crossed: Set([culprit] + [missed].compactMap(\.self))
        default: Set(entries)
        }
    }

    /// Whether the entries may contradict each other without any other: not where the rule counts
    /// or compares what all have put there.
    var isSelfContained: Bool {
        switch kind {
        case .future, .stale, .interleaved, .doubleSwap, .cycle, .takenTwice, .overtaken,
            .crossed, .notEmpty, .overlap, .notReleased, .notHeld:
            true
        // One operation by itself, unless it needs one that could not take effect.
        case .unwritten: entries.count == 1
        case .excess, .undercount, .diverged, .outOfOrder, .exhausted: false
        }
    }
}

/// What a linear-time decider found.
enum LinearFinding {
    /// A legal order of all entries that took effect, yet to be verified.
    case order([Int])
    /// No order is legal.
    case contradiction(Conflict)
    /// The history is not of the kind that this decider decides.
    case notApplicable
}

/// The linear-time deciders, by model.
enum LinearTime {
    /// Decides the track if there is a decider for its model and its history is of the right
    /// kind.
    static func decide<M>(_ track: Track<M>) -> LinearFinding {
        switch track {
        case let track as Track<Register>: UniqueValues.decide(track)
        case let track as Track<Counter>: CounterDecider.decide(track)
        case let track as Track<FIFOQueue> where track.model.initialState.isEmpty:
            QueueDecider.decide(track)
        case let track as Track<UnorderedQueue> where track.model.initialState.isEmpty:
            BagDecider.decide(track)
        case let track as Track<Stack> where track.model.initialState.isEmpty:
            StackDecider.decide(track)
        case let track as Track<GrowOnlySet> where track.model.initialState.isEmpty:
            GrowthDecider.decide(track)
        case let track as Track<ListAppend> where track.model.initialState.isEmpty:
            GrowthDecider.decide(track)
        case let track as Track<MutexModel>: MutexDecider.decide(track)
        default: .notApplicable
        }
    }
}
