import Checkers
import Foundation
import Histories
import Models
import Reports

/// Checks one history file.
struct FileChecker: Sendable {
    let rules: CheckRules
    let isJSON: Bool
    let wantsContradictions: Bool
    let wantsWitness: Bool
    let wantsPage: Bool
    let checksAllKeys: Bool
    let wantsSmallest: Bool

    /// What a file's check found out and has to say, in the order in which it is said.
    struct Finding: Sendable {
        var rank: Rank
        /// For the standard output.
        var line: String
        /// For the standard error.
        var remarks: [String] = []
        /// Files that were asked for.
        var contradictions: [ContradictionFile] = []
        var witness: WitnessFile?
        /// In HTML.
        var page: String?
    }

    /// Reads and checks a file.
    func check(_ file: String) -> Finding {
        do {
            let usage = Usage(marksPeak: isJSON)
            var history = try read(file)
            if wantsPage { history = history.countingFromStart() }
            let dropped = history.droppedBytes
            let read = usage.lap()
            let report = try report(of: history, with: rules.model)
            let line =
                isJSON
                ? try FileReport(file, report, note: rules.note, read: read, check: usage.lap())
                    .json : "\(file)\t\(report.verdict.word)"
            var finding = Finding(rank: Rank(report.verdict), line: line)
            if dropped > 0 {
                finding.remarks.append(
                    "whitewater: \(file): its last line has no end; those \(dropped) bytes were "
                        + "left out")
            }
            if !isJSON { finding.remarks += remarks(on: report, of: history) }
            addFiles(to: &finding, report, of: history, file: file)
            return finding
        } catch {
            let place = error is HistoryError || error is FileProblem ? "" : "\(file): "
            return Finding(
                rank: .unreadable,
                line: isJSON ? FileReport.unreadable(file, error) : "\(file)\tunreadable",
                remarks: ["whitewater: \(place)\(error)\(advice(error))"])
        }
    }

    private func read(_ file: String) throws -> History {
        let history = try History(path: file, tail: rules.tail)
        guard !history.operations.isEmpty else {
            throw FileProblem(
                file: file,
                what: "no client did anything in this history; nothing to judge is never "
                    + "linearizable")
        }
        do {
            return try history.keyed(rules.keying).reading(missing: rules.missing)
        } catch {
            throw HistoryError(error.reason, file: file)
        }
    }

    private func advice(_ error: any Error) -> String {
        guard let error = error as? HistoryError, error.reason == .truncated else { return "" }
        return "; --tail torn reads what stands before its last, unfinished line"
    }

    private func report(of history: History, with model: some Model) throws -> Report {
        var checker = Checker(model: model, budget: rules.budget)
        checker.explanations = wantsSmallest ? .smallest : .sentence
        checker.stopsAtFirstViolation = !checksAllKeys
        checker.yieldsWitnesses = wantsWitness
        return try checker.check(history)
    }

    private func remarks(on report: Report, of history: History) -> [String] {
        var remarks: [String] = []
        for key in report.keys {
            let name = key.key.map { "key \($0): " } ?? ""
            switch key.verdict {
            case .linearizable: continue
            case .undecided(let limit, let frontier):
                remarks.append("  \(name)undecided: \(limit)")
                remarks.append("  \(name)\(frontier)")
            case .violation(let found):
                remarks.append("  \(name)\(found.sentence)")
                let shown = found.operations.prefix(12).map { "\($0)" }.joined(separator: ", ")
                let more = found.operations.count > 12 ? " and others" : ""
                remarks.append("  \(name)operations \(shown)\(more) contradict each other")
                remarks += OrderLines(found, of: history).lines.map { "  \(name)\($0)" }
            }
        }
        if report.skipped > 0 {
            remarks.append("  (\(report.skipped) keys left unchecked; --all-keys checks them)")
        }
        if case .linearizable = report.verdict { return remarks }
        return remarks + ["  (model \(report.model); \(report.reading)\(rules.note))"]
    }

    /// Makes the files that were asked for; one that cannot be made is a remark, for the verdict
    /// stands without it.
    private func addFiles(
        to finding: inout Finding, _ report: Report, of history: History, file: String
    ) {
        if wantsWitness {
            finding.witness = WitnessFile(
                report, of: history, file: file, options: rules.options)
        }
        if wantsPage {
            let name =
                file == HistoryFiles.standardInput
                ? "the standard input" : URL(filePath: file).lastPathComponent
            let checked = CheckedHistory(
                history, report, name: name,
                rerun: "whitewater check \(rules.command)\(ShellWord(file))")
            finding.page = Page(checked.run).html
        }
        guard wantsContradictions else { return }
        for key in report.violations {
            guard case .violation(let found) = key.verdict else { continue }
            do {
                finding.contradictions.append(
                    try ContradictionFile(
                        found, key: key.key, of: history, file: file, rules: rules))
            } catch {
                finding.remarks.append("whitewater: \(error)")
            }
        }
    }
}
