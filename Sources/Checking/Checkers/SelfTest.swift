internal import Models

/// Compares every decider with the definition of linearizability on random histories.
///
/// Any number of histories from any seed; what disagrees is printed with what is needed to see it
/// again.
public struct SelfTest: Sendable {
    /// One kind of histories for one decider.
    public struct Subject: Sendable {
        /// What is tested, for example `register, linear-time`.
        public let name: String
        fileprivate let run: @Sendable (Int, UInt64) -> Outcome
    }

    /// What a comparison found.
    public struct Outcome: Sendable {
        /// How many histories were compared.
        public var histories = 0
        /// How many of them the decider decided, and did not leave to another.
        public var decided = 0
        /// How many of them are linearizable.
        public var linearizable = 0
        /// The first history on which the decider was wrong, in words.
        public var disagreement: String?
    }

    /// Every decider on every model.
    public static let subjects: [Subject] = [
        subject("register, search", Register(), unique: false, .search),
        subject("register, linear-time", Register(), unique: true, .linearTime),
        subject("register, many crashes, search", Register(), unique: false, .search, crashes: 0.4),
        subject("counter, linear-time", Counter(), unique: true, .linearTime),
        subject("counter, search", Counter(), unique: false, .search),
        subject("fifo-queue, linear-time", FIFOQueue(), unique: true, .linearTime),
        subject("fifo-queue, search", FIFOQueue(), unique: false, .search),
        subject("set, linear-time", GrowOnlySet(), unique: true, .linearTime),
        subject("set, search", GrowOnlySet(), unique: false, .search),
        subject("list-append, linear-time", ListAppend(), unique: true, .linearTime),
        subject("list-append, search", ListAppend(), unique: false, .search),
        subject("owned-mutex, linear-time", MutexModel(), unique: true, .linearTime),
        subject("owned-mutex, search", MutexModel(), unique: true, .search),
        subject("mutex, search", MutexModel(hasOwners: false), unique: true, .search),
        subject("unordered-queue, search", UnorderedQueue(), unique: false, .search),
        subject("stack, search", Stack(), unique: false, .search),
        subject("multi-register, search", MultiRegister(), unique: false, .search),
        subject("key-value, search", KeyValue(), unique: false, .search),
    ]

    /// Compares so many random histories of 2 to 18 operations.
    public static func compare(_ subject: Subject, histories: Int, seed: UInt64) -> Outcome {
        subject.run(histories, seed)
    }

    private enum Decider { case search, linearTime }

    private static func subject<M: Simulated>(
        _ name: String, _ model: M, unique: Bool, _ decider: Decider, crashes: Double = 0.15
    ) -> Subject {
        Subject(name: name) { histories, seed in
            compare(
                model, unique: unique, decider, crashes: crashes, histories: histories, seed: seed)
        }
    }

    private static func compare<M: Simulated>(
        _ model: M, unique: Bool, _ decider: Decider, crashes: Double, histories: Int, seed: UInt64
    ) -> Outcome {
        var random = Dice(seed: seed)
        var outcome = Outcome()
        for round in 0..<histories {
            let track = RandomTrack(
                model, unique: unique, crashRate: crashes, mostCrashed: crashes < 0.3 ? 4 : 12
            ).draw(using: &random)
            let truth = BruteForce.isLinearizable(track)
            outcome.histories += 1
            if truth { outcome.linearizable += 1 }
            guard let verdict = verdict(decider, on: track) else { continue }
            outcome.decided += 1
            guard verdict != truth else { continue }
            outcome.disagreement =
                "seed \(seed), history \(round): said \(verdict) of \(track.entries)"
            return outcome
        }
        return outcome
    }

    /// Nil where the decider leaves the history to another.
    private static func verdict<M>(_ decider: Decider, on track: Track<M>) -> Bool? {
        switch decider {
        case .search:
            switch Frontier.search(track, budget: Budget()).finding {
            case .linearizable: true
            case .violation: false
            case .undecided: nil
            }
        case .linearTime:
            switch LinearTime.decide(track) {
            // An order that the replay refuses would send the history to the search, but it is a
            // fault of the decider all the same.
            case .order(let order): track.accepts(order)
            case .contradiction: false
            case .notApplicable: nil
            }
        }
    }
}

/// A small seeded generator (SplitMix64), so that a disagreement can be seen again.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Whether something of this probability happens.
    mutating func chance(_ probability: Double) -> Bool {
        Double(next() >> 11) * 0x1p-53 < probability
    }

    /// A number below a bound, without caring for a bias of less than a millionth.
    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
}
