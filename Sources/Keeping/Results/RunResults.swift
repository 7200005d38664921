public import Checkers
public import Faults
public import Topologies

/// What a run found out, as `results.json` keeps it.
public struct RunResults: Codable, Sendable {
    /// The version of the stored format.
    ///
    /// 2 added what nodes said of themselves, orders, and the summary. 3 added how the run ended,
    /// the harness's own stalls, rates, the nodes of processes, and the digest of the history, so
    /// that nothing but a page's drawings needs the history any more. 4 added the groups of
    /// findings. Older runs lack these.
    public static let formatVersion = 4

    /// How many operations of one kind ended how.
    public struct Counts: Codable, Hashable, Sendable {
        /// Took effect.
        public var ok = 0
        /// Certainly did not; refused comparisons among them.
        public var fail = 0
        /// Nobody knows.
        public var info = 0
        /// Of those that failed: compared and refused, which is an answer and no error.
        public var refused: Int?

        /// Nothing yet.
        public init() {}

        /// All that ended.
        public var completed: Int { ok.addingSaturating(fail).addingSaturating(info) }
        /// Failed for another reason than a refused comparison.
        public var errors: Int { fail.addingSaturating(-(refused ?? 0)) }

        /// Adds others to these.
        public mutating func add(_ other: Counts) {
            ok = ok.addingSaturating(other.ok)
            fail = fail.addingSaturating(other.fail)
            info = info.addingSaturating(other.info)
            if let more = other.refused { refused = (refused ?? 0).addingSaturating(more) }
        }
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
    public var verdict = RunVerdict.failed
    /// Why, in one sentence each.
    public var reasons: [String] = []
    /// How far the run came; nil in older runs.
    public var ending: RunEnding?
    /// The plan's name.
    public var plan: String
    /// The system, as plans name it; nil in older runs.
    public var system: String?
    /// The seed.
    public var seed: UInt64
    /// The command that runs this again.
    public var rerun: String
    /// The folder beside whose files the plan stood, absolute; nil in older runs.
    public var planFolder: String?
    /// When the run began.
    public var started: String
    /// Versions of the programs that took part.
    public var versions: [String: String] = [:]
    /// The model, and how operations were read.
    public var model = ""
    /// How operations were read.
    public var semantics = ""
    /// The nodes; nil in older runs.
    public var nodes: [NodeName]?
    /// How many workers there were; nil in older runs.
    ///
    /// The process p is that of the worker p modulo this number, and a worker works on the node of
    /// its own number modulo the number of nodes.
    public var workers: Int?
    /// The verdict of every key.
    public var keys: [KeyResult] = []
    /// Operations by name and outcome, counted while they ended.
    public var counts: [String: Counts] = [:]
    /// Operations per second.
    public var rate: LoadRate?
    /// The faults, with the evidence that they bit.
    public var faults: [FaultRecord] = []
    /// What is wrong beside linearizability.
    public var findings: [Finding] = []
    /// The findings by what they have in common, worst first; nil in older runs, until they are
    /// read.
    public var findingGroups: [FindingGroup]?
    /// How long each part took.
    public var timings = Timings()
    /// What nodes were and said of themselves, when it changed, by time.
    public var observations: [NodeObservation]?
    /// When the harness itself stood still; nil in older runs, which did not watch it.
    public var stalls: [Stall]?
    /// The wall-clock time at which the load began, in seconds since 1970.
    public var loadBegan: Double?
    /// What failed in the harness.
    public var failures: [HarnessFailure]?
    /// What the history says in numbers and sentences; nil in older runs.
    public var digest: HistoryDigest?
    /// What was said while the run went on; nil in older runs.
    public var early: EarlyVerdict?
    /// When the first thing that is wrong was there, in seconds of load; nil if nothing is.
    public var firstViolation: Double?

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

    /// Counts of all operations.
    public var total: Counts {
        counts.values.reduce(into: Counts()) { $0.add($1) }
    }

    /// The node that a logical process works on, if the run says so.
    public func node(of process: Int) -> NodeName? {
        guard let nodes, let workers, !nodes.isEmpty, workers > 0, process >= 0 else { return nil }
        return nodes[process % workers % nodes.count]
    }

    /// The faults that bit.
    public var bitten: Int { faults.count(where: \.bit) }
}
