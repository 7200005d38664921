/// What was said while the run still went on.
///
/// Linearizability is closed under prefixes: a violation that was seen early stays one (Herlihy &
/// Wing 1990, §3). The judgement of the whole history stays the authority all the same.
public struct EarlyVerdict: Codable, Hashable, Sendable {
    /// A key that was found broken while the run went on.
    public struct Violation: Codable, Hashable, Sendable {
        /// The key.
        public var key: String
        /// When the completion that broke it was recorded, in seconds of load.
        public var broken: Double
        /// When it was said, in seconds of load.
        public var said: Double
        /// The contradiction in words.
        public var sentence: String

        /// A key that was broken at one time and told of at another.
        public init(key: String, broken: Double, said: Double, sentence: String) {
            self.key = key
            self.broken = broken
            self.said = said
            self.sentence = sentence
        }
    }

    /// Something that nodes did or said, and when it was told, in seconds of load.
    public struct Told: Codable, Hashable, Sendable {
        /// What was found.
        public var finding: Finding
        /// When it was said.
        public var said: Double

        /// A finding that was told at a time.
        public init(_ finding: Finding, said: Double) {
            self.finding = finding
            self.said = said
        }
    }

    /// How many keys the load had left for good.
    public var retired = 0
    /// How many of them were decided before the end.
    public var decided = 0
    /// The broken ones, by when it was said.
    public var violations: [Violation] = []
    /// What nodes did or said.
    public var findings: [Told] = []

    /// Nothing was said yet.
    public init() {}
}

extension RunResults {
    /// When the first thing that is wrong was there, in seconds of load; nil if nothing is, or if
    /// nobody knows when.
    ///
    /// For a key that was decided early that is the completion that broke it; for others the end
    /// of the operation that contradicts.
    var earliestViolation: Double? {
        let broken = Set(keys.filter { $0.verdict == .violation }.map(\.key))
        let early = (early?.violations ?? []).filter { broken.contains($0.key) }.map(\.broken)
        let late = (digest?.violations ?? []).compactMap(\.time)
        return (early + late + findings.compactMap(\.time)).min()
    }

    /// What was said early and is not so in the end: a sentence each.
    public var unconfirmed: [String] {
        guard let early else { return [] }
        let broken = Set(keys.filter { $0.verdict == .violation }.map(\.key))
        let keys = early.violations.filter { !broken.contains($0.key) }.map {
            "key \($0.key) was said to be broken after \($0.said.fixed(1)) s, which the judgement "
                + "of the whole history does not confirm: \($0.sentence)"
        }
        let found = Set(findings.map(\.identity))
        return keys
            + early.findings.filter { !found.contains($0.finding.identity) }.map {
                "it was said after \($0.said.fixed(1)) s and not at the end that "
                    + $0.finding.sentence
            }
    }

    /// Takes over when the first violation was, and holds what was said early against what is so.
    ///
    /// Comes after everything else is known; may be done again.
    public mutating func settleEarlyVerdict() {
        firstViolation = earliestViolation
        failures?.removeAll { $0.kind == .unconfirmed }
        failures = (failures ?? []) + unconfirmed.map { HarnessFailure(.unconfirmed, $0) }
    }
}

extension Finding {
    /// What stays of a finding while its details become known.
    fileprivate var identity: [String] { [kind.rawValue, node.map { "\($0)" } ?? ""] }
}
