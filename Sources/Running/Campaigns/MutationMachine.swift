internal import Generators

/// Plants one bug after another and says which plan is to look for it next: a state machine that is
/// told how trials ended.
///
/// The order learns: a plan that has found many bugs in little time comes first, a plan that has
/// failed to find this bug comes later. A bug is done with its first detection, or when its budget
/// of load is used up.
///
/// A plan that accuses a right node finds every bug and proves nothing. So each plan is run against
/// one first, and what is found of a node whose bug has not come up is no detection either.
///
/// Last of all, each plan that found a bug looks for it again with other seeds, as often as is asked
/// for: one detection may be luck.
public struct MutationMachine: Sendable {
    /// One run of a plan against a node with one bug.
    public struct Trial: Hashable, Sendable, Codable {
        /// Its number, from 1.
        public let number: Int
        /// The bug's name; ``rightNode`` if there is none in it.
        public let mutant: String
        /// The plan's file.
        public let plan: String
        /// The seed.
        public let seed: UInt64
        /// Whether the bug was found before, and is looked for again.
        public var isRepeat = false
    }

    /// What a trial came to.
    public enum Outcome: Hashable, Sendable, Codable {
        /// The bug was found: by which check, in words.
        case found(by: String)
        /// A check accused nodes none of which had done what a right one would not.
        case accusedIdle(by: String)
        /// Nothing was found, although the node did what a right one would not.
        case missed
        /// Nothing was found, and nothing was there to find: the bug never came up.
        case neverCameUp
        /// The run could not say.
        case noAnswer(String)
    }

    /// What is known of a bug.
    public struct Row: Hashable, Sendable, Codable {
        /// The bug's name.
        public let mutant: String
        /// The trial that found it, if one did, and the check.
        public internal(set) var detection: Detection?
        /// How many trials there were.
        public internal(set) var trials = 0
        /// How many of them could not say.
        public internal(set) var unanswered = 0
        /// Whether the bug ever came up.
        public internal(set) var cameUp = false
        /// Seconds of load until the detection, or in all.
        public internal(set) var load = 0.0
        /// How often the plan that found it was run again and could say something.
        public internal(set) var repeats = 0
        /// How often it found it again.
        public internal(set) var repeatDetections = 0
    }

    /// How a bug was found.
    public struct Detection: Hashable, Sendable, Codable {
        /// The trial.
        public let trial: Trial
        /// The check that found it.
        public let check: String
    }

    /// What to do next.
    public enum Effect: Hashable, Sendable {
        /// Run this trial.
        case start(Trial)
        /// All bugs are done with.
        case finish
    }

    private struct Experience {
        var detections = 0
        var load = 0.0
    }

    private let plans: [String]
    private let hints: [String: [String]]
    private let budget: Double
    private var random: SplitMix64
    private var waiting: [String]
    private var running: [Int: Trial] = [:]
    private var tried: [String: [String: Int]] = [:]
    private var experience: [String: Experience] = [:]
    private var results: [String: Row]
    private let order: [String]
    private var controls: [String]
    private let repeats: Int
    /// What was found, and is to be looked for again.
    private var again: [(mutant: String, plan: String)] = []
    private var number = 0
    /// What a trial is called whose nodes have no bug.
    public static let rightNode = "none"
    /// Trials of nodes that had done nothing wrong, and the checks that accused them.
    public private(set) var accusations: [Detection] = []
    /// How many runs of right nodes could say something.
    public private(set) var controlRuns = 0
    private var isOver = false

    /// A machine for these bugs and plans, with so many seconds of load for each bug, and with a
    /// run of a right node under each plan before, or without; what is found is looked for so many
    /// times again.
    ///
    /// Hints name plans that are likely to find a bug: it meets them first, and up to three times
    /// before any other meets it again.
    public init(
        mutants: [String], plans: [String], hints: [String: [String]] = [:], budget: Duration,
        seed: UInt64, isControlled: Bool = false, repeats: Int = 0
    ) {
        precondition(!plans.isEmpty, "a bug is looked for by plans")
        controls = isControlled ? plans : []
        self.plans = plans
        self.repeats = repeats
        self.hints = hints
        self.budget = budget / .seconds(1)
        random = SplitMix64(seed: seed)
        waiting = mutants
        order = mutants
        results = Dictionary(uniqueKeysWithValues: mutants.map { ($0, Row(mutant: $0)) })
    }

    /// What is known so far, in the order of the bugs.
    public var rows: [Row] { order.compactMap { results[$0] } }

    /// Starts trials until so many are under way.
    public mutating func fill(to capacity: Int) -> [Effect] {
        var effects: [Effect] = []
        while running.count < capacity, let (mutant, plan, isRepeat) = next() {
            number += 1
            let trial = Trial(
                number: number, mutant: mutant, plan: plan,
                seed: UInt64.random(in: 1...999_999_999, using: &random), isRepeat: isRepeat)
            running[number] = trial
            tried[mutant, default: [:]][trial.plan, default: 0] += 1
            effects.append(.start(trial))
        }
        if running.isEmpty, waiting.isEmpty, again.isEmpty, !isOver {
            isOver = true
            effects.append(.finish)
        }
        return effects
    }

    private mutating func next() -> (mutant: String, plan: String, isRepeat: Bool)? {
        if !controls.isEmpty { return (Self.rightNode, controls.removeFirst(), false) }
        guard let mutant = waiting.first else {
            guard let (mutant, plan) = again.popLast() else { return nil }
            return (mutant, plan, true)
        }
        waiting.removeFirst()
        return (mutant, plan(for: mutant), false)
    }

    private mutating func noteRepeat(_ trial: Trial, _ outcome: Outcome) {
        switch outcome {
        case .found:
            results[trial.mutant]?.repeats += 1
            results[trial.mutant]?.repeatDetections += 1
        case .missed, .neverCameUp: results[trial.mutant]?.repeats += 1
        case .accusedIdle(let check):
            accusations.append(Detection(trial: trial, check: check))
        case .noAnswer: break
        }
    }

    private mutating func noteControl(_ trial: Trial, _ outcome: Outcome) {
        switch outcome {
        case .found(let check), .accusedIdle(let check):
            controlRuns += 1
            accusations.append(Detection(trial: trial, check: check))
        case .missed, .neverCameUp: controlRuns += 1
        case .noAnswer: break
        }
    }

    /// Takes the end of a trial, after so many seconds of load.
    public mutating func note(_ trial: Trial, _ outcome: Outcome, load: Double) {
        guard running.removeValue(forKey: trial.number) != nil else { return }
        guard var row = results[trial.mutant] else { return noteControl(trial, outcome) }
        guard !trial.isRepeat else { return noteRepeat(trial, outcome) }
        row.trials += 1
        row.load += load
        experience[trial.plan, default: Experience()].load += load
        switch outcome {
        case .found(let check):
            row.detection = Detection(trial: trial, check: check)
            row.cameUp = true
            experience[trial.plan, default: Experience()].detections += 1
            again += Array(repeating: (trial.mutant, trial.plan), count: repeats)
        case .accusedIdle(let check):
            accusations.append(Detection(trial: trial, check: check))
        case .missed: row.cameUp = true
        case .neverCameUp: break
        case .noAnswer: row.unanswered += 1
        }
        results[trial.mutant] = row
        // A trial that could not say takes no load, and must not go on for ever either.
        let isSpent = row.load >= budget || row.unanswered > Self.mostUnanswered
        if row.detection == nil, !isSpent { waiting.append(trial.mutant) }
    }

    private static let mostUnanswered = 3
    private static let triesOfHints = 3

    /// The plan that this bug has met least often; of those the one with most detections in its
    /// time, where a plan of which nothing is known is given the benefit of one in a minute.
    private func plan(for mutant: String) -> String {
        func rate(_ plan: String) -> Double {
            let known = experience[plan] ?? Experience()
            return (Double(known.detections) + 1) / (known.load + 60)
        }
        let tries = tried[mutant] ?? [:]
        let hints = hints[mutant] ?? []
        func meetings(_ plan: String) -> Int {
            (tries[plan] ?? 0) / (hints.contains(plan) ? Self.triesOfHints : 1)
        }
        func rank(_ plan: String) -> Int { hints.firstIndex(of: plan) ?? hints.count }
        let best = plans.enumerated().min { left, right in
            let (few, other) = (meetings(left.element), meetings(right.element))
            guard few == other else { return few < other }
            let (hinted, later) = (rank(left.element), rank(right.element))
            guard hinted == later else { return hinted < later }
            let (one, two) = (rate(left.element), rate(right.element))
            return one == two ? left.offset < right.offset : one > two
        }
        return best?.element ?? plans[0]
    }
}
