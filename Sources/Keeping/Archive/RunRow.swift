/// One run as the archive keeps it: what tables, trends and comparisons ask for, without a history.
public struct RunRow: Hashable, Sendable, Codable {
    /// The run's folder, relative to the archive's.
    public var folder: String
    /// The campaign's own folder, relative to the archive's; nil for a run by hand.
    public var campaign: String?
    /// The run's number in the campaign.
    public var number: Int?
    /// Which try of that number it is, from 1.
    public var attempt: Int?
    /// What is repeated with different seeds: the plan, with version and options where a campaign
    /// sets them.
    public var cell = ""
    /// The plan's name.
    public var plan = ""
    /// What was tested.
    public var system = ""
    /// Its version, as it says itself.
    public var version = ""
    /// The version of the harness.
    public var harness = ""
    /// The commit that was tested or that tested, as the campaign was told; nil if nobody said.
    public var commit: String?
    /// The seed.
    public var seed: UInt64
    /// What it came to.
    public var verdict: Verdict
    /// Whether the plan expects to be found guilty.
    public var expectsViolation = false
    /// When the run began: `20261121T103000.123Z`.
    public var started = ""
    /// Seconds from the set-up to the verdict.
    public var seconds = 0.0
    /// Operations that took effect.
    public var ok = 0
    /// Operations that certainly did not, refused ones among them.
    public var failed = 0
    /// Operations of which nobody knows.
    public var unknown = 0
    /// The longest time without any success around a fault, in seconds.
    public var worstOutage: Double?
    /// The slowest return of the whole cluster after a fault, in seconds.
    public var slowestRecovery: Double?
    /// The median latency of operations that took effect, in seconds.
    public var medianLatency: Double?
    /// The 99th percentile of that, in seconds.
    public var p99Latency: Double?
    /// Faults by kind.
    public var faults: [FaultCount] = []
    /// Failures by name.
    public var failures: [Failure] = []

    /// A run in one word.
    public enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing was found, and enough was tested.
        case valid
        /// Something was found.
        case invalid
        /// The checker met a limit.
        case undecided
        /// Too little was tested.
        case inconclusive
        /// The harness failed.
        case failed
        /// The plan cannot be run as it was asked for, on that machine: nothing was run.
        case refused
    }

    /// How often a kind of fault came, and how often it certainly bit.
    public struct FaultCount: Hashable, Sendable, Codable {
        /// The kind: `isolate-leader`.
        public var kind: String
        /// How often it was tried.
        public var tried: Int
        /// How often it bit.
        public var bit: Int
        /// The slowest recovery after one, in seconds.
        public var slowestRecovery: Double?
        /// The longest time without any success around one, in seconds; nil if nobody knows.
        public var longestOutage: Double?

        /// A count.
        public init(
            kind: String, tried: Int, bit: Int, slowestRecovery: Double?,
            longestOutage: Double? = nil
        ) {
            self.kind = kind
            self.tried = tried
            self.bit = bit
            self.slowestRecovery = slowestRecovery
            self.longestOutage = longestOutage
        }
    }

    /// One way in which the run failed.
    public struct Failure: Hashable, Sendable, Codable {
        /// Its name.
        public var signature: Signature
        /// How often it was seen in the run.
        public var count: Int
        /// One of them in words.
        public var example: String
        /// When it was first seen, in seconds since the start of the load, if that is known.
        public var first: Double?

        /// A failure.
        public init(_ signature: Signature, count: Int, example: String, first: Double? = nil) {
            self.signature = signature
            self.count = count
            self.example = example
            self.first = first
        }
    }

    /// A run of which only this is known yet.
    public init(folder: String, seed: UInt64, verdict: Verdict) {
        self.folder = folder
        self.seed = seed
        self.verdict = verdict
    }

    /// What a campaign has asked for beside the plan, `nodes=5`, but for the program: two programs
    /// are compared under the same options.
    public var options: [String] {
        // A value may have spaces: what is no option of its own belongs to the one before it.
        cell.split(separator: " ").reduce(into: [String]()) { options, word in
            if word.prefixMatch(of: /[a-z][a-z-]*=/) != nil {
                options.append(String(word))
            } else if let last = options.indices.last {
                options[last] += " " + String(word)
            }
        }.filter { !$0.hasPrefix("binary=") }
    }

    /// Whether it is of a version or commit that begins like this: `3.4` is `etcd Version: 3.4.23`.
    public func isOf(_ subject: String) -> Bool {
        let words = version.split(separator: " ")
        return version.hasPrefix(subject) || commit?.hasPrefix(subject) == true
            || words.contains { $0.hasPrefix(subject) || $0.hasPrefix("v" + subject) }
    }

    /// Whether it says what it was expected to say: nothing is found, or, where a planted bug is to
    /// be found, something is.
    public var isAsExpected: Bool { verdict == (expectsViolation ? .invalid : .valid) }
}
