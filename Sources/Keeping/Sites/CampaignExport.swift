public import Archive
internal import Reports
internal import Results

/// A campaign for other programs: as tests, for a chat, as data.
public struct CampaignExport: Sendable {
    private static let mostFailures = 40

    private let night: Night
    private let exitStatus: Int32
    private let remarks: [String]

    /// The exports of a campaign's rows, of each number the last try, with what it came to.
    public init(name: String, rows: [RunRow], exitStatus: Int32, remarks: [String]) {
        night = Night(name: name, runs: rows)
        self.exitStatus = exitStatus
        self.remarks = remarks
    }

    /// JUnit's XML: a suite for each run, and one that asks whether each canary was found.
    public var junit: String {
        let canaries = night.cells.filter { $0.runs.contains(where: \.expectsViolation) }
        var suites = night.runs.map(suite)
        if !canaries.isEmpty {
            suites.append(
                TestSuite(
                    name: "canaries",
                    cases: canaries.map { cell in
                        TestCase(
                            name: cell.name,
                            ending: night.deadCanaries.contains(cell.name)
                                ? .failed([
                                    "the planted bug was found in none of \(cell.runs.count) runs"
                                ]) : .passed)
                    }))
        }
        return TestSuite.junit(suites, name: night.title)
    }

    private func suite(of row: RunRow) -> TestSuite {
        let aspects = RunAspect.allCases.map { aspect in
            TestCase(name: aspect.rawValue, ending: ending(of: aspect, in: row))
        }
        let faults = row.faults.map { fault in
            TestCase(
                name: "fault \(fault.kind)",
                ending: fault.bit > 0 || fault.tried == 0
                    ? .passed
                    : .error(["none of \(fault.tried) took certain effect"]))
        }
        return TestSuite(
            name: "\(row.cell) seed \(row.seed)", started: row.started, seconds: row.seconds,
            cases: aspects + faults)
    }

    private func ending(of aspect: RunAspect, in row: RunRow) -> TestCase.Ending {
        let found = row.failures.filter { Self.aspect(of: $0.signature) == aspect }
        if !found.isEmpty {
            let words = found.map { "\($0.signature): \($0.example)" }
            guard !row.expectsViolation else {
                return .skipped("found, as it must be: \(words[0])")
            }
            return .failed(words)
        }
        guard aspect == .linearizable else { return .passed }
        return switch row.verdict {
        case .valid, .invalid: .passed
        case .undecided, .inconclusive, .failed, .refused:
            .error(row.failures.map { "\($0.signature): \($0.example)" })
        }
    }

    /// The aspect that a failure of the system breaks; nil for those of runs and of the harness.
    private static func aspect(of signature: Signature) -> RunAspect? {
        switch signature.series {
        case .violation: .linearizable
        case .node:
            Finding.Kind(rawValue: signature.anomaly).map { RunAspect($0) } ?? .rules
        case .inconclusive, .harness: nil
        }
    }

    /// Markdown for a chat or a pull request.
    public var markdown: String {
        var lines = ["## \(headline)", "", night.name, ""]
        lines += remarks.map { "- \($0.trimmed)" }
        lines += ["", "| Plan | Runs | Found something | Could not say | Failed | Refused |"]
        lines += ["|---|---:|---:|---:|---:|---:|"]
        lines += night.cells.map { cell in
            let verdicts = cell.runs.map(\.verdict)
            let open = verdicts.count { $0 == .undecided || $0 == .inconclusive }
            let canary = cell.runs.contains(where: \.expectsViolation) ? " (canary)" : ""
            return "| \(cell.name.inTable)\(canary) | \(cell.runs.count) "
                + "| \(verdicts.count { $0 == .invalid }) | \(open) "
                + "| \(verdicts.count { $0 == .failed }) "
                + "| \(verdicts.contains(.refused) ? "yes" : "") |"
        }
        guard !night.seen.isEmpty else { return lines.joined(separator: "\n") + "\n" }
        lines += ["", "| What | In runs, 95% | An example |", "|---|---|---|"]
        lines += failures.prefix(Self.mostFailures).map { failure in
            "| \(failure.signature.inTable)\(failure.isExpected ? " (expected)" : "") "
                + "| \(failure.runs) | \(failure.example.cut(300).inTable) |"
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var headline: String {
        let word =
            switch exitStatus {
            case 0: "As expected"
            case 1: night.deadCanaries.isEmpty ? "Found guilty" : "A canary is dead"
            case 2: "Some runs could not say"
            case 64: "Refused"
            default: "Some runs failed"
            }
        return "\(word): \(night.title), \(night.runs.count) runs"
    }

    private struct Failure: Encodable {
        let signature: String
        let runs: String
        let hits: Int
        let least: Double
        let most: Double
        let isExpected: Bool
        let example: String
        let folder: String
    }

    private var failures: [Failure] {
        night.seen.sorted { $0.key < $1.key }.map { signature, share in
            let examples = night.runs.filter { run in
                run.failures.contains { $0.signature == signature }
            }.sorted { $0.seconds < $1.seconds }
            let shown = examples.first
            return Failure(
                signature: "\(signature)", runs: "\(share)", hits: share.hits,
                least: share.interval.lowerBound, most: share.interval.upperBound,
                isExpected: night.expected.contains(signature),
                example: shown?.failures.first { $0.signature == signature }?.example ?? "",
                folder: shown?.folder ?? "")
        }
    }

    /// Everything as data.
    public var json: String {
        get throws {
            struct Export: Encodable {
                let format = 1
                let campaign: String
                let exitStatus: Int32
                let runsPerHour: Double?
                let deadCanaries: [String]
                let failures: [Failure]
                let runs: [RunRow]
            }
            return try ExportedJSON.text(
                Export(
                    campaign: night.name, exitStatus: exitStatus,
                    runsPerHour: night.runsPerHour, deadCanaries: night.deadCanaries,
                    failures: failures, runs: night.runs))
        }
    }
}

extension String {
    /// The text in a cell of a Markdown table.
    fileprivate var inTable: String {
        replacing("|", with: "\\|").replacing("\n", with: " ").replacing("<", with: "&lt;")
    }

    fileprivate var trimmed: String { String(drop(while: \.isWhitespace)) }
}
