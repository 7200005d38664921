internal import Foundation

/// What came of looking for planted bugs, as people read it.
public struct MutationMatrix: Sendable, Codable {
    /// A bug in the matrix.
    public struct Line: Sendable, Codable {
        /// What it does wrong.
        public let title: String
        /// What is known of it.
        public let row: MutationMachine.Row
    }

    /// The seed of all seeds.
    public let seed: UInt64
    /// Seconds of load that each bug got at most.
    public let budget: Double
    /// One line a bug, in their order.
    public let lines: [Line]
    /// How many runs of nodes without a bug there were.
    public let controlRuns: Int
    /// Trials in which nodes were accused that had done nothing wrong: what their plans find proves
    /// nothing.
    public let accusations: [MutationMachine.Detection]

    /// A matrix of bugs with their titles.
    public init(
        _ machine: MutationMachine, titles: [String: String], budget: Duration, seed: UInt64
    ) {
        self.seed = seed
        self.budget = budget / .seconds(1)
        controlRuns = machine.controlRuns
        accusations = machine.accusations
        lines = machine.rows.map { Line(title: titles[$0.mutant] ?? "", row: $0) }
    }

    /// How many were found.
    public var found: Int { lines.count { $0.row.detection != nil } }

    /// Seconds of load until the detection of the middle one of those that were found.
    public var medianLoad: Double? {
        let loads = lines.filter { $0.row.detection != nil }.map(\.row.load).sorted()
        return loads.isEmpty ? nil : loads[loads.count / 2]
    }

    /// Bugs that were looked for again.
    private var again: [Line] { lines.filter { $0.row.repeats > 0 } }

    /// Those that were found again in three fifths of the runs or more.
    private var reliable: Int {
        again.count { $0.row.repeatDetections * 5 >= $0.row.repeats * 3 }
    }

    /// `41 of 50 planted bugs found, after 12 s of load in the median`.
    public var summary: String {
        let survived = lines.count { $0.row.verdict == .survived }
        let idle = lines.count { $0.row.verdict == .neverCameUp }
        let silent = lines.count { $0.row.verdict == .noAnswer }
        let untried = lines.count { $0.row.verdict == .notTried }
        return "\(found) of \(lines.count) planted bugs found"
            + (medianLoad.map { ", after \(Self.seconds($0)) of load in the median" } ?? "")
            + "; \(survived) survived, \(idle) never came up, \(silent) without an answer"
            + (untried > 0 ? ", \(untried) not tried" : "")
            + (again.isEmpty
                ? ""
                : "; \(reliable) of \(again.count) found again in at least three of five runs of "
                    + "the same plan")
    }

    /// A table in Markdown, which reads as plain text too.
    public var markdown: String {
        let head = [
            "bug", "what it does wrong", "verdict", "by", "plan", "seed", "load", "runs", "again",
        ]
        let rows = lines.map { line -> [String] in
            let (row, detection) = (line.row, line.row.detection)
            return [
                row.mutant, line.title, row.verdict.rawValue, Self.cut(detection?.check ?? ""),
                detection.map { Self.name(of: $0.trial.plan) } ?? "",
                detection.map { "\($0.trial.seed)" } ?? "", Self.seconds(row.load),
                "\(row.trials)",
                row.repeats > 0 ? "\(row.repeatDetections) of \(row.repeats)" : "",
            ]
        }
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.max() ?? 0
        }
        func text(_ cells: [String]) -> String {
            "| "
                + zip(cells, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
                .joined(separator: " | ") + " |\n"
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) + "|" }.joined() + "\n"
        return text(head) + rule + rows.map(text).joined() + "\n" + summary + "\n" + control
    }

    /// What was said of nodes that had done nothing wrong; a line each, and one for all of them.
    private var control: String {
        let runs = controlRuns > 0 ? "; \(controlRuns) runs were of nodes without a bug" : ""
        guard !accusations.isEmpty else { return "no right node was accused\(runs)\n" }
        return "\(accusations.count) accusations of nodes that had done nothing wrong\(runs):\n"
            + accusations.map {
                "- \(Self.name(of: $0.trial.plan)), seed \($0.trial.seed), bug "
                    + "\($0.trial.mutant): \($0.check)\n"
            }.joined()
    }

    /// Writes `matrix.md` and `matrix.json` into a folder.
    ///
    /// - Throws: the error of the system.
    public func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try Data(markdown.utf8).write(to: URL(filePath: folder + "/matrix.md"), options: .atomic)
        try encoder.encode(self).write(
            to: URL(filePath: folder + "/matrix.json"), options: .atomic)
    }

    static func name(of plan: String) -> String {
        URL(filePath: plan).deletingPathExtension().lastPathComponent
    }

    /// Enough of a check to tell it from others; `matrix.json` has the whole.
    private static func cut(_ check: String) -> String {
        check.count > 60 ? check.prefix(59) + "…" : check
    }

    private static func seconds(_ load: Double) -> String { "\(Int(load.rounded())) s" }
}

extension MutationMachine.Row {
    /// What is known of a bug, in a word.
    public enum Verdict: String, Sendable {
        /// A check found it.
        case found
        /// It did what a right node would not, and no check saw it.
        case survived
        /// It had no occasion.
        case neverCameUp = "never came up"
        /// No run could say.
        case noAnswer = "no answer"
        /// Somebody ended it all before its turn.
        case notTried = "not tried"
    }

    /// The word.
    public var verdict: Verdict {
        if detection != nil { return .found }
        if trials == 0 { return .notTried }
        if trials == unanswered { return .noAnswer }
        return cameUp ? .survived : .neverCameUp
    }
}
