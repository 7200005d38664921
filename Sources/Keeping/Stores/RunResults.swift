public import Checkers
public import Faults
internal import Histories

/// What a run found out, as `results.json` keeps it.
public struct RunResults: Codable, Sendable {
    /// The version of the stored format.
    ///
    /// 2 added what nodes said of themselves, orders, and the summary; older runs lack them.
    public static let formatVersion = 2

    /// The whole run in one word.
    public enum Verdict: String, Codable, Sendable {
        /// Every history is linearizable, every requested fault bit, nothing else was found.
        case valid
        /// A history is not linearizable, or something else was found.
        case invalid
        /// The checker met a limit.
        case undecided
        /// The run tested too little to say anything.
        case inconclusive
        /// The harness itself failed, and found nothing before that.
        case failed

        /// The status that the program exits with.
        public var exitStatus: Int32 {
            switch self {
            case .valid: 0
            case .invalid: 1
            case .undecided, .inconclusive: 2
            case .failed: 70
            }
        }
    }

    /// Something beside linearizability that is wrong with the system.
    public struct Finding: Codable, Hashable, Sendable {
        /// What was found.
        public enum Kind: String, Codable, Sendable {
            /// A process ended that nobody had killed.
            case unaskedExit = "unasked-exit"
            /// A log says that the program gave up.
            case panic
            /// A node did not serve in time after the last healing.
            case notServing = "not-serving"
            /// A node's state differs from another's that has applied the same entries.
            case divergedState = "diverged-state"
            /// A reply made no sense.
            case nonsense
            /// A check of the workload, beside linearizability, found something.
            case check
        }

        /// What was found.
        public var kind: Kind
        /// On which node.
        public var node: String
        /// What was seen.
        public var detail: String

        /// A finding on a node.
        public init(_ kind: Kind, node: String, detail: String) {
            self.kind = kind
            self.node = node
            self.detail = detail
        }
    }

    /// The verdict of one key.
    public struct KeyResult: Codable, Sendable {
        /// The key; nil where there is one object.
        public var key: String?
        /// `linearizable`, `violation` or `undecided`.
        public var verdict: String
        /// The limit that stopped an undecided search.
        public var limit: String?
        /// The algorithm that gave the verdict.
        public var decider: String
        /// Operations of the key.
        public var operations: Int
        /// Configurations that the search visited.
        public var configurations: Int
        /// Wall-clock seconds.
        public var seconds: Double
        /// Why it is a violation.
        public var contradiction: ContradictionResult?
    }

    /// Operations that contradict each other.
    public struct ContradictionResult: Codable, Sendable {
        /// The rule that they break.
        public var kind: String
        /// The contradiction in words.
        public var sentence: String
        /// The operations by their number in the history, from 0.
        public var operations: [Int]
        /// The operation to look at first.
        public var culprit: Int
        /// What it missed.
        public var missed: Int?
        /// After an exhaustive search: states that the object may have been in.
        public var states: [String]?
        /// Operations that contradict each other by themselves, by number.
        public var history: [Int]?
        /// The longest order of them that is legal.
        public var order: [Step]?

        /// One step of an order.
        public struct Step: Codable, Hashable, Sendable {
            /// The operation's number in the history.
            public var operation: Int
            /// What the object held after it.
            public var state: String
        }
    }

    /// What a node was and said of itself, from a moment on.
    public struct Observation: Codable, Hashable, Sendable {
        /// The node.
        public var node: String
        /// Seconds since the start of the load.
        public var time: Double
        /// `up`, `paused` or `down`.
        public var process: String
        /// `leader` or `other`; nil if it did not answer.
        public var role: String?
        /// Its term, if it answered.
        public var term: Int?

        /// An observation of a node.
        public init(node: String, time: Double, process: String, role: String?, term: Int?) {
            self.node = node
            self.time = time
            self.process = process
            self.role = role
            self.term = term
        }
    }

    /// How many operations of one kind ended how.
    public struct Counts: Codable, Hashable, Sendable {
        /// Took effect.
        public var ok = 0
        /// Certainly did not.
        public var fail = 0
        /// Nobody knows.
        public var info = 0

        /// Nothing yet.
        public init() {}

        /// All that ended.
        public var completed: Int { ok + fail + info }
    }

    /// How long each part took, in seconds.
    public struct Timings: Codable, Sendable {
        /// Network, processes, first leader.
        public var setUp = 0.0
        /// The load with its faults.
        public var load = 0.0
        /// From the end of the load until every node served, and the final reads.
        public var ending = 0.0
        /// Stopping the nodes.
        public var tearDown = 0.0
        /// Deciding.
        public var check = 0.0

        /// Nothing yet.
        public init() {}
    }

    /// The version of the stored format.
    public var format = Self.formatVersion
    /// The whole run in one word.
    public var verdict = Verdict.failed
    /// Why, in one sentence each.
    public var reasons: [String] = []
    /// The plan's name.
    public var plan: String
    /// The seed.
    public var seed: UInt64
    /// The command that runs this again.
    public var rerun: String
    /// When the run began.
    public var started: String
    /// Versions of the programs that took part.
    public var versions: [String: String] = [:]
    /// The model, and how operations were read.
    public var model = ""
    /// How operations were read.
    public var semantics = ""
    /// The verdict of every key.
    public var keys: [KeyResult] = []
    /// Operations by name and outcome.
    public var counts: [String: Counts] = [:]
    /// The faults, with the evidence that they bit.
    public var faults: [FaultRecord] = []
    /// What is wrong beside linearizability.
    public var findings: [Finding] = []
    /// How long each part took.
    public var timings = Timings()
    /// What nodes were and said of themselves, when it changed, by time.
    public var observations: [Observation]?
    /// The wall-clock time at which the load began, in seconds since 1970.
    public var loadBegan: Double?
    /// What failed in the harness.
    public var failures: [String]?

    /// The results of a run of which nothing is known yet.
    public init(plan: String, seed: UInt64, rerun: String, started: String) {
        self.plan = plan
        self.seed = seed
        self.rerun = rerun
        self.started = started
    }

    /// Takes over what a checker found.
    public mutating func add(_ report: Report) {
        model = report.model
        semantics = report.reading
        keys = report.keys.map(KeyResult.init)
    }
}

extension RunResults.KeyResult {
    fileprivate init(_ report: KeyReport) {
        key = report.key.map { "\($0)" }
        verdict = report.verdict.word
        decider = report.decider.rawValue
        operations = report.operations
        configurations = report.configurations
        seconds = report.elapsed / .seconds(1)
        switch report.verdict {
        case .linearizable: break
        case .undecided(let found, _): limit = found.description
        case .violation(let found):
            contradiction = RunResults.ContradictionResult(
                kind: found.kind.rawValue, sentence: found.sentence,
                operations: found.operations, culprit: found.culprit, missed: found.missed,
                states: found.states, history: found.history,
                order: found.order.map { .init(operation: $0.operation, state: $0.state) })
        }
    }
}
