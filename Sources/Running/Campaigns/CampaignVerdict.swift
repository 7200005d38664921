public import Archive

/// What a campaign comes to in the morning: its runs, against what was expected of them.
public struct CampaignVerdict: Hashable, Sendable {
    /// Lines for a person, the most important one last.
    public let lines: [String]
    /// As that of a run: 0, 1, 2, 64 or 70.
    public let exitStatus: Int32
    /// Plans that must be found guilty, and were not in any run.
    public let deadCanaries: [String]

    /// The verdict over the runs of a campaign; without a reason, of one that goes on.
    public init(_ rows: [RunRow], reason: CampaignMachine.Reason?) {
        let last = Self.lastTries(rows)
        let canaries = Dictionary(grouping: last.filter(\.expectsViolation), by: \.cell)
        deadCanaries = canaries.filter { !$0.value.contains { $0.verdict == .invalid } }
            .keys.sorted()
        let accused = last.filter { $0.verdict == .invalid && !$0.expectsViolation }
        let failed = last.filter { $0.verdict == .failed }
        let refused = Set(last.filter { $0.verdict == .refused }.map(\.cell)).sorted()
        let open = last.filter { [.undecided, .inconclusive].contains($0.verdict) }
        var lines: [String] = []
        for (name, found) in Self.signatures(of: last) {
            lines.append("  \(found.runs) runs: \(name)\(found.expected ? " (expected)" : "")")
        }
        lines += deadCanaries.map { "  the canary \($0) is dead: its bug was not found" }
        lines += refused.map {
            "  \($0) is refused by `whitewater test` and was left out; read its output.txt, and try it "
                + "again with --resume"
        }
        lines.append(
            "\(last.count(where: { $0.verdict != .refused })) runs, \(last.count(where: \.isAsExpected)) as expected, "
                + "\(accused.count) found guilty, \(open.count) open, \(failed.count) failed")
        self.lines = lines + (reason.map { [$0.words] } ?? [])
        exitStatus =
            if reason == .refused {
                64
            } else if !accused.isEmpty || !deadCanaries.isEmpty {
                1
            } else if !failed.isEmpty || reason?.isLoss == true {
                70
            } else if !refused.isEmpty {
                64
            } else if !open.isEmpty || last.isEmpty {
                2
            } else {
                0
            }
    }

    /// A run that failed by set-up and was tried again counts by its last try.
    public static func lastTries(_ rows: [RunRow]) -> [RunRow] {
        let byNumber = Dictionary(grouping: rows) { $0.number ?? 0 }
        return byNumber.sorted { $0.key < $1.key }.compactMap { _, tries in
            tries.max { ($0.attempt ?? 0) < ($1.attempt ?? 0) }
        }
    }

    private static func signatures(
        of rows: [RunRow]
    ) -> [(Signature, (runs: Int, expected: Bool))] {
        var found: [Signature: (runs: Int, expected: Bool)] = [:]
        for row in rows {
            for failure in row.failures {
                let known = found[failure.signature] ?? (0, true)
                found[failure.signature] = (
                    known.runs + 1, known.expected && row.expectsViolation
                )
            }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension CampaignMachine.Reason {
    fileprivate var isLoss: Bool { if case .lost = self { true } else { false } }

    /// The reason as a person reads it.
    public var words: String {
        switch self {
        case .complete: "the campaign is complete"
        case .timeIsUp: "the campaign's time is over"
        case .violations(let count):
            "ended after \(count) runs that found something; to go on change its stop:, and --resume"
        case .stopped: "ended by hand; --resume goes on"
        case .refused:
            "ended: `whitewater test` refuses every plan of the campaign; --resume tries again"
        case .lost(let count):
            "\(count) runs did not end, for their tasks were cancelled or lost; --resume runs them"
        }
    }
}
