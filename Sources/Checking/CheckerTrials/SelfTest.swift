internal import Checkers
internal import Histories
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

    /// Every decider and every search on every model, and what explanations show.
    public static let subjects: [Subject] =
        subjects("register", Register(), linearTime: true)
        + subjects("register, many crashes", Register(), linearTime: true, crashes: 0.4)
        + subjects("counter", Counter(), linearTime: true)
        + subjects("fifo-queue", FIFOQueue(), linearTime: true, structured: true)
        + subjects("unordered-queue", UnorderedQueue(), linearTime: true)
        + subjects("stack", Stack(), linearTime: true, structured: true)
        + subjects("set", GrowOnlySet(), linearTime: true)
        + subjects("list-append", ListAppend(), linearTime: true)
        + subjects("owned-mutex", MutexModel(), linearTime: true)
        + subjects("mutex", MutexModel(hasOwners: false), linearTime: false)
        + subjects("multi-register", MultiRegister(), linearTime: false)
        + subjects("key-value", KeyValue(), linearTime: false) + begun

    /// Objects that something is in at first.
    private static var begun: [Subject] {
        let one = Semantics(initial: 1)
        return subjects("register that begins with 1", Register(semantics: one), linearTime: true)
            + subjects("counter that begins with 2", Counter(initial: 2), linearTime: false)
            + subjects(
                "fifo-queue that begins with 1 0 1", FIFOQueue(initial: [1, 0, 1]),
                linearTime: false, structured: true)
            + subjects(
                "unordered-queue that begins with 1 0 1", UnorderedQueue(initial: [1, 0, 1]),
                linearTime: false)
            + subjects(
                "stack that begins with 1 0 1", Stack(initial: [1, 0, 1]), linearTime: false,
                structured: true)
            + subjects("set that begins with 1", GrowOnlySet(initial: [1]), linearTime: false)
            + subjects(
                "list-append that begins with 1", ListAppend(initial: [1]), linearTime: false)
            + subjects(
                "multi-register that begins with 1", MultiRegister(initial: [0: 1]),
                linearTime: false)
            + subjects("key-value that begins with a", KeyValue(initial: "a"), linearTime: false)
    }

    /// Compares so many random histories of 2 to 18 operations.
    public static func compare(_ subject: Subject, histories: Int, seed: UInt64) -> Outcome {
        subject.run(histories, seed)
    }

    private static func subjects<M: Simulated>(
        _ name: String, _ model: M, linearTime: Bool, structured: Bool = false,
        crashes: Double = 0.15
    ) -> [Subject] {
        let draw = { @Sendable (unique: Bool) in
            RandomTrack(
                model, unique: unique, crashRate: crashes, mostCrashed: crashes < 0.3 ? 4 : 12)
        }
        let methods = Method.allCases.filter { method in
            method != .linearTime && method != .structured
                || method == .linearTime && linearTime || method == .structured && structured
        }
        return methods.map { method in
            Subject(name: "\(name), \(method.rawValue)") { histories, seed in
                let unique = method == .linearTime
                return compare(draw(unique), histories: histories, seed: seed) { track, truth in
                    disagreement(method.decide(track), truth)
                }
            }
        } + [
            Subject(name: "\(name), explanations") { histories, seed in
                compare(draw(false), histories: histories, seed: seed) { track, truth in
                    truth ? nil : fault(ofExplaining: track)
                }
            },
            Subject(name: "\(name), files") { histories, seed in
                compareFiles(draw(false), histories: histories, seed: seed)
            },
        ]
    }

    /// Compares histories of one to three objects each, by way of their text.
    private static func compareFiles<M: Simulated>(
        _ random: RandomTrack<M>, histories: Int, seed: UInt64
    ) -> Outcome {
        var dice = Dice(seed: seed)
        var outcome = Outcome()
        for round in 0..<histories {
            let tracks = (0...dice.below(3)).map { _ in random.draw(using: &dice) }
            let truths = tracks.map(BruteForce.isLinearizable)
            let spelled = SpelledHistory(tracks, using: &dice)
            outcome.histories += 1
            outcome.decided += 1
            if truths.allSatisfy(\.self) { outcome.linearizable += 1 }
            var fault = "judged otherwise"
            do {
                if try spelled.isJudgedRight(tracks, truths) { continue }
            } catch {
                fault = "not read: \(error)"
            }
            outcome.disagreement =
                "seed \(seed), history \(round): objects that are "
                + "\(truths.map { $0 ? "right" : "wrong" }) were \(fault), in\n"
                + String(decoding: spelled.bytes, as: UTF8.self)
            return outcome
        }
        return outcome
    }

    /// What a trial of one history came to: nil where the decider left it to others.
    private typealias Trial<M: Model> = (Track<M>, Bool) -> Verdict?

    private enum Verdict {
        case right
        case wrong(String)
    }

    private static func compare<M: Simulated>(
        _ random: RandomTrack<M>, histories: Int, seed: UInt64, _ trial: Trial<M>
    ) -> Outcome {
        var dice = Dice(seed: seed)
        var outcome = Outcome()
        for round in 0..<histories {
            let track = random.draw(using: &dice)
            let truth = BruteForce.isLinearizable(track)
            outcome.histories += 1
            if truth { outcome.linearizable += 1 }
            switch trial(track, truth) {
            case nil: continue
            case .right?: outcome.decided += 1
            case .wrong(let what)?:
                outcome.disagreement =
                    "seed \(seed), history \(round): \(what) of \(track.entries)"
                return outcome
            }
        }
        return outcome
    }

    private static func disagreement(_ answer: Method.Answer, _ truth: Bool) -> Verdict? {
        switch answer {
        case .open: nil
        case .wrongOrder: .wrong("gave an order that is not legal")
        case .linearizable: truth ? .right : .wrong("said linearizable")
        case .violation: truth ? .wrong("said violation") : .right
        }
    }

    /// An excerpt must be a violation, and nothing that demands less of it may be one.
    private static func fault<M: Simulated>(ofExplaining track: Track<M>) -> Verdict? {
        guard let (part, looser) = Smallest.excerpt(of: track, forgetting: track.model.forgotten)
        else {
            return .wrong("found no contradiction")
        }
        if BruteForce.isLinearizable(part) {
            return .wrong("showed the linearizable history \(part.entries)")
        }
        for part in looser where !BruteForce.isLinearizable(part) {
            return .wrong("could have shown only \(part.entries)")
        }
        return .right
    }
}
