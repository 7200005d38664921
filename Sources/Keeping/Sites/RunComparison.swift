public import Results

/// Two runs side by side: what they were asked, what was done to them, and what came of it.
public struct RunComparison: Sendable {
    /// One of the two runs.
    public struct Side: Sendable {
        /// What the run is called: its folder, as short as that can be.
        public let name: String
        /// What the run found out.
        public let results: RunResults
        /// The plan as it was run, with every default; nil if its folder has none.
        public let plan: String?
        /// The run's page below the results folder; nil if it lies elsewhere, or has none.
        public let page: String?

        /// A run by what its folder has.
        public init(name: String, results: RunResults, plan: String?, page: String?) {
            self.name = name
            self.results = results
            self.plan = plan
            self.page = page
        }
    }

    /// What one question has for an answer in either run.
    public struct Fact: Hashable, Sendable {
        /// The question.
        public let name: String
        /// The answer of the left run.
        public let left: String
        /// The answer of the right run.
        public let right: String

        /// Whether the answers differ.
        public var isDifferent: Bool { left != right }
    }

    /// Facts of one kind.
    public struct Group: Hashable, Sendable {
        /// What they are about.
        public let title: String
        /// The facts.
        public let facts: [Fact]
    }

    /// A line that only one of the plans has.
    public struct PlanLine: Hashable, Sendable {
        /// Whether it is the left run's plan that has it.
        public let isLeft: Bool
        /// The line.
        public let text: String
    }

    /// The left run.
    public let left: Side
    /// The right run.
    public let right: Side

    /// Compares two runs.
    public init(_ left: Side, _ right: Side) {
        self.left = left
        self.right = right
    }

    /// The lines that only one of the plans has, seeds apart; nil if a plan is not there to read.
    public var planLines: [PlanLine]? {
        guard let plan = left.plan, let otherPlan = right.plan else { return nil }
        let (one, other) = (Self.lines(of: plan), Self.lines(of: otherPlan))
        let difference = other.difference(from: one)
        return (difference.removals + difference.insertions).map { change in
            switch change {
            case .remove(_, let line, _): PlanLine(isLeft: true, text: line)
            case .insert(_, let line, _): PlanLine(isLeft: false, text: line)
            }
        }
    }

    /// The plan's own lines: its comments tell versions, and the seed is compared by itself.
    private static func lines(of plan: String) -> [String] {
        plan.split(separator: "\n").map(String.init).filter {
            !$0.hasPrefix("#") && !$0.hasPrefix("seed:")
        }
    }

    /// Whether like is compared with like, in a sentence each: what differs in plan and seed, or
    /// that nothing does.
    public var caveats: [String] {
        var caveats: [String] = []
        let (one, other) = (left.results, right.results)
        if one.seed != other.seed {
            caveats.append("The seeds differ: \(one.seed) and \(other.seed).")
        }
        if one.plan != other.plan {
            caveats.append("The plans differ: \(one.plan) and \(other.plan).")
        }
        if let lines = planLines {
            if !lines.isEmpty {
                caveats.append(
                    "The plans as they were run differ in \(lines.count) "
                        + "\(lines.count == 1 ? "line" : "lines").")
            }
        } else {
            let missing = [left, right].filter { $0.plan == nil }.map(\.name)
            caveats.append(
                "Whether the plans say the same is unknown: there is no plan.yaml of "
                    + missing.joined(separator: " and ") + ".")
        }
        return caveats.isEmpty ? ["Both ran the same plan with the same seed."] : caveats
    }
}
