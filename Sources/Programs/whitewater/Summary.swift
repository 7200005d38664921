import Faults
import Foundation
import Results
import Stores

/// What a person reads at the end of a run, in ten seconds and one small screen: a line each, and
/// the verdict last.
struct Summary {
    private static let mostReasons = 5

    let results: RunResults
    let folder: RunFolder

    func print() {
        let width = Terminal.width
        Console.line()
        for line in lines { Console.line(line.cut(to: width)) }
        // Never cut: these are for copying.
        Console.line("page:       \(folder.page)")
        Console.line("again:      \(results.rerun)")
        let word = results.verdict.rawValue.uppercased()
        let rest = headline.cut(to: width.map { max(0, $0 - word.count - 2) })
        Console.line("\(colour)\(word)\(plain)  \(rest)")
    }

    /// What the verdict is about, behind it.
    private var headline: String {
        switch results.verdict {
        case .invalid:
            let broken = results.keys.count { $0.verdict == .violation }
            return broken > 0
                ? "\(broken) of \(results.keys.count) keys \(broken == 1 ? "is" : "are") not linearizable"
                : results.findingGroups?.first.map { results.findings[$0.first].sentence } ?? ""
        case .valid: return results.reasons.first ?? ""
        case .undecided, .inconclusive, .failed: return results.reasons.first ?? ""
        }
    }

    /// Everything that is known, a line each.
    var lines: [String] {
        var lines: [String] = []
        func add(_ name: String, _ text: String?) {
            guard let text, !text.isEmpty else { return }
            lines.append((name + ":").padding(toLength: 12, withPad: " ", startingAt: 0) + text)
        }
        let digest = results.digest
        if let worst = digest?.violations.first {
            add("worst", (worst.key.map { "key \($0): " } ?? "") + worst.sentence)
        }
        let diagnoses = digest?.diagnoses ?? []
        for (number, diagnosis) in diagnoses.prefix(2).enumerated() {
            add(number == 0 ? "where" : "else", diagnosis.sentence)
        }
        let others = diagnoses.dropFirst(2).reduce(0) { $0 + $1.count }
        if others > 0 { add("else", "and \(others) under other circumstances, on the page") }
        let groups = results.findingGroups ?? []
        for group in groups.prefix(2) {
            add("found", results.findings[group.first].sentence)
            if group.count > 1 { add("where", group.sentence) }
        }
        let more = groups.dropFirst(2).reduce(0) { $0 + $1.count }
        if more > 0 { add("found", "and \(more) of other kinds or circumstances") }
        if results.verdict != .valid, digest?.violations.isEmpty ?? true, results.findings.isEmpty {
            for reason in results.reasons.prefix(Self.mostReasons) { add("why", reason) }
        }
        for failure in results.failures ?? [] { add("failed", failure.message) }
        add("faults", faults)
        let total = results.total
        add(
            "operations",
            "\(total.completed.grouped): \(total.ok.grouped) ok, "
                + "\((total.refused ?? 0).grouped) compared and refused, \(total.errors.grouped) errors, "
                + "\(total.info.grouped) unknown"
                + (results.rate.map { "; \($0.words)" } ?? ""))
        if let latency = digest?.latency, latency.count > 0 {
            let times = [latency.median, latency.p99, latency.most]
                .map { ($0 * 1_000).fixed(1) + " ms" }
            add(
                "latency",
                "median \(times[0]), 99th percentile \(times[1]), slowest \(times[2])")
        }
        for node in digest?.refusing ?? [] { add("refused by", node.sentence) }
        if let outage = digest?.worstOutage {
            let fault = results.faults.first { $0.number == outage.fault }
            add(
                "outage",
                "worst outage " + outage.words
                    + (fault.map { ", around \($0.nameInWords)" } ?? ""))
        }
        let stalled = (results.stalls ?? []).reduce(0) { $0 + $1.length }
        if stalled > 0 {
            add(
                "harness",
                "stood still itself for \(stalled.fixed(2)) s in \(results.stalls?.count ?? 0) "
                    + "stretches, left out of outages")
        }
        return lines
    }

    /// `4 of 5 took effect; not: kill-leader (...)`.
    private var faults: String? {
        guard !results.faults.isEmpty else { return nil }
        let idle = results.faults.filter { !$0.bit }
        return "\(results.bitten) of \(results.faults.count) took effect"
            + (idle.isEmpty
                ? ""
                : "; not: " + idle.map { "\($0.number) \($0.summary)" }.joined(separator: ", "))
    }

    private var isColoured: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }

    private var colour: String {
        guard isColoured else { return "" }
        return switch results.verdict {
        case .valid: "\u{1b}[1;32m"
        case .invalid, .failed: "\u{1b}[1;31m"
        case .undecided, .inconclusive: "\u{1b}[1;33m"
        }
    }

    private var plain: String { isColoured ? "\u{1b}[0m" : "" }
}

/// The terminal's width.
enum Terminal {
    /// Columns; nil where the output is no terminal, whose lines may be as long as they like.
    static var width: Int? {
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0,
            size.ws_col > 0
        else { return nil }
        return Int(size.ws_col)
    }
}
extension String {
    /// The string, its end cut off where a line is shorter.
    func cut(to width: Int?) -> String {
        guard let width, count > width else { return self }
        return prefix(max(0, width - 1)) + "…"
    }
}
