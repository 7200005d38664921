public import Plans

/// A night of runs, as a person writes it in YAML: which plans, against what, how often, how long.
public struct Campaign: Hashable, Sendable, Decodable {
    /// The campaign's name, which is also its folder's under `results/campaigns`.
    public let name: String
    /// What is run.
    public let plans: [Entry]
    /// When it ends by itself.
    public let budget: Budget
    /// How many runs at once.
    public let parallel: Parallel
    /// When findings end it.
    public let stop: StopRule
    /// What stays on disk.
    public let keep: Retention
    /// The seed of all seeds that are drawn; drawn itself where the campaign has none.
    public let seed: UInt64?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, plans, budget, parallel, stop, keep, seed
    }

    /// A plan with what it is repeated for.
    public struct Entry: Hashable, Sendable, Decodable {
        /// The plan's file, relative to the campaign's.
        public let plan: String
        /// How often it comes, relative to the others.
        public let weight: Int
        /// These seeds and no others; all are drawn where there are none.
        public let seeds: SeedRange?
        /// Programs to test; the plan's own where there are none.
        public let binaries: [String]
        /// Options of `whitewater test`, without their dashes: one list for each variant.
        public let variants: [[String: String]]
        /// What the plan is expected to say: a plan that must be found guilty is the night's canary.
        public let expect: Expectation

        enum CodingKeys: String, CodingKey, CaseIterable {
            case plan, weight, seeds, binaries, variants, expect
        }

        /// Reads an entry, or the plan's file alone.
        ///
        /// - Throws: `DecodingError` if a value is malformed.
        public init(from decoder: any Decoder) throws {
            if let file = try? decoder.singleValueContainer().decode(String.self) {
                self.init(plan: file)
                return
            }
            let keys = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                plan: try keys.decode(String.self, forKey: .plan),
                weight: try keys.decodeIfPresent(Int.self, forKey: .weight) ?? 1,
                seeds: try keys.decodeIfPresent(SeedRange.self, forKey: .seeds),
                binaries: try keys.decodeIfPresent([String].self, forKey: .binaries) ?? [],
                variants: try keys.decodeIfPresent([[String: String]].self, forKey: .variants)
                    ?? [],
                expect: try keys.decodeIfPresent(Expectation.self, forKey: .expect) ?? .valid)
        }

        init(
            plan: String, weight: Int = 1, seeds: SeedRange? = nil, binaries: [String] = [],
            variants: [[String: String]] = [], expect: Expectation = .valid
        ) {
            self.plan = plan
            self.weight = weight
            self.seeds = seeds
            self.binaries = binaries
            self.variants = variants
            self.expect = expect
        }
    }

    /// What a plan is expected to say.
    public enum Expectation: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing is found.
        case valid
        /// Something is found, or the night is red: proof that it would be.
        case invalid
    }

    /// Seeds from a first to a last one, written `1..20`.
    public struct SeedRange: Hashable, Sendable, Decodable, LosslessStringConvertible {
        /// The seeds.
        public let seeds: ClosedRange<UInt64>

        /// Reads `1..20`, or a single seed; nil if it is neither.
        public init?(_ text: String) {
            let bounds = text.split(separator: "..", omittingEmptySubsequences: false)
            guard (1...2).contains(bounds.count), let first = UInt64(bounds[0]),
                let last = UInt64(bounds[bounds.count - 1]), first <= last
            else { return nil }
            seeds = first...last
        }

        /// Reads the written form.
        ///
        /// - Throws: `DecodingError` that shows the form.
        public init(from decoder: any Decoder) throws {
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let read = SeedRange(text) else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "'\(text)' is no range of seeds; write 1..20"))
            }
            self = read
        }

        /// `1..20`.
        public var description: String { "\(seeds.lowerBound)..\(seeds.upperBound)" }
    }

    /// When a campaign ends by itself: at the first bound that is reached.
    public struct Budget: Hashable, Sendable, Decodable {
        /// After so long no run is started any more.
        public let time: PlanDuration?
        /// So many runs are started.
        public let runs: Int?
    }

    /// How many runs at once.
    public enum Parallel: Hashable, Sendable, Decodable {
        /// As many as the cores and the memory allow, by what finished runs took.
        case automatic
        /// So many.
        case fixed(Int)

        /// Reads `auto` or a number.
        ///
        /// - Throws: `DecodingError` if it is neither.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let count = try? container.decode(Int.self), (1...1_000).contains(count) {
                self = .fixed(count)
            } else if (try? container.decode(String.self)) == "auto" {
                self = .automatic
            } else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "is neither auto nor a number from 1 to 1000"))
            }
        }
    }

    /// When findings end a campaign.
    public enum StopRule: Hashable, Sendable, Decodable {
        /// Never: a night goes on.
        case never
        /// After so many runs that found what they were not expected to find.
        case violations(Int)

        /// Reads `never`, `first-violation`, or a number of violations.
        ///
        /// - Throws: `DecodingError` if it is none of these.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let count = try? container.decode(Int.self), count > 0 {
                self = .violations(count)
                return
            }
            switch try? container.decode(String.self) {
            case "never": self = .never
            case "first-violation": self = .violations(1)
            default:
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "write never, first-violation, or how many violations"))
            }
        }
    }

    /// What stays on disk.
    public struct Retention: Hashable, Sendable, Decodable {
        /// How many runs of each signature keep everything.
        public let examples: Int
        /// Whether valid runs keep more than their results.
        public let wholeValidRuns: Bool
        /// For how many days runs keep more than their results; nil for ever.
        public let days: Int?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case examples, days
            case wholeValidRuns = "valid-runs"
        }

        /// Reads the section: `{examples: 3, valid-runs: summary, days: 90}`.
        ///
        /// - Throws: `DecodingError` if a value is malformed.
        public init(from decoder: any Decoder) throws {
            let keys = try decoder.container(keyedBy: CodingKeys.self)
            examples = try keys.decodeIfPresent(Int.self, forKey: .examples) ?? 3
            days = try keys.decodeIfPresent(Int.self, forKey: .days)
            if let days, days < 1 {
                throw DecodingError.dataCorruptedError(
                    forKey: .days, in: keys, debugDescription: "write 1 or more, or leave it out")
            }
            switch try keys.decodeIfPresent(String.self, forKey: .wholeValidRuns) ?? "summary" {
            case "summary": wholeValidRuns = false
            case "whole": wholeValidRuns = true
            default:
                throw DecodingError.dataCorruptedError(
                    forKey: .wholeValidRuns, in: keys,
                    debugDescription: "write summary or whole")
            }
        }

        init(examples: Int = 3, wholeValidRuns: Bool = false, days: Int? = nil) {
            self.examples = examples
            self.days = days
            self.wholeValidRuns = wholeValidRuns
        }
    }

    /// Reads a campaign and fills in the defaults.
    ///
    /// - Throws: `DecodingError` if a value is malformed.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try keys.decode(String.self, forKey: .name),
            plans: try keys.decode([Entry].self, forKey: .plans),
            budget: try keys.decodeIfPresent(Budget.self, forKey: .budget)
                ?? Budget(time: PlanDuration(.seconds(8 * 3_600)), runs: nil),
            parallel: try keys.decodeIfPresent(Parallel.self, forKey: .parallel) ?? .automatic,
            stop: try keys.decodeIfPresent(StopRule.self, forKey: .stop) ?? .never,
            keep: try keys.decodeIfPresent(Retention.self, forKey: .keep) ?? Retention(),
            seed: try keys.decodeIfPresent(UInt64.self, forKey: .seed))
    }

    /// The same campaign with so many runs.
    ///
    /// - Throws: `PlanError` if nobody can mean that.
    public func with(runs: Int) throws(PlanError) -> Campaign {
        guard Self.possibleRuns.contains(runs) else {
            throw PlanError("--runs: \(runs) is not between 1 and \(Self.possibleRuns.upperBound)")
        }
        return Campaign(
            name: name, plans: plans, budget: Budget(time: budget.time, runs: runs),
            parallel: parallel, stop: stop, keep: keep, seed: seed)
    }

    static let possibleRuns = 1...1_000_000

    init(
        name: String, plans: [Entry], budget: Budget, parallel: Parallel = .fixed(1),
        stop: StopRule = .never, keep: Retention = Retention(), seed: UInt64? = nil
    ) {
        self.name = name
        self.plans = plans
        self.budget = budget
        self.parallel = parallel
        self.stop = stop
        self.keep = keep
        self.seed = seed
    }
}
