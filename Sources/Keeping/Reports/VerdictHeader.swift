internal import Faults
internal import Results
internal import Topologies

/// The first screen: what was found in one line, what it has in common, where, and what else.
struct VerdictHeader {
    private static let mostReasons = 4

    private let run: StoredRun
    private var results: RunResults { run.results }

    init(_ run: StoredRun) { self.run = run }

    var html: Markup {
        let lead = lead
        let paragraphs = lead.enumerated().map { place, sentence -> Markup in
            place == 0
                ? "<p class=\"lead\"><strong>\(sentence.cut(1_200)).</strong></p>"
                : "<p class=\"lead\">\(sentence.cut(1_200)).</p>"
        }.joined()
        return """
            <header class="\(results.verdict.rawValue)"><p class="quiet">\(facts)</p>
            <h1>\(Self.headline(results))</h1>\(paragraphs)
            <p class="quiet">\(rest)</p>\(promise)
            <p class="tools"><code id="rerun">\(results.rerun)</code> \
            <button type="button" class="copy" data-copy="rerun" hidden>copy</button> \
            <button type="button" class="copy" data-copy="markdown" hidden>copy summary as Markdown\
            </button></p><pre id="markdown" hidden>\(markdown)</pre></header>

            """
    }

    /// Plan, system, size, seed.
    private var facts: String {
        if run.subject == .history { return historyFacts }
        let load = results.timings.load > 0 ? "\(results.timings.load.fixed(0)) s load" : nil
        return [
            results.plan, results.versions["system"],
            run.nodes.isEmpty ? nil : "\(run.nodes.count) nodes", Self.date(results.started), load,
            results.started.isEmpty ? nil : "seed \(String(results.seed))",
        ].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · ")
    }

    /// The file, and how much is in it.
    private var historyFacts: String {
        let operations = results.keys.reduce(0) { $0 + $1.operations }
        let keys = results.keys.count == 1 && results.keys[0].key == nil ? nil : results.keys.count
        return [
            results.plan, "\(operations.grouped) operations",
            keys.map { "\($0.grouped) \($0 == 1 ? "key" : "keys")" }, "model \(results.model)",
        ].compactMap(\.self).joined(separator: " · ")
    }

    /// `20261121T082806.123Z` as a person reads it.
    private static func date(_ folder: String) -> String {
        guard let found = folder.wholeMatch(of: /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.\d{3}Z/)
        else {
            return folder
        }
        return "\(found.1)-\(found.2)-\(found.3) \(found.4):\(found.5):\(found.6) UTC"
    }

    static func headline(_ results: RunResults) -> String {
        switch results.verdict {
        case .valid: "Valid: linearizable"
        case .invalid: "Invalid: " + wrong(results)
        case .undecided: "Undecided: the checker met a limit"
        case .inconclusive:
            results.ending == .stopped
                ? "Inconclusive: stopped before its end" : "Inconclusive: too little was tested"
        case .failed:
            results.ending == .notSetUp
                ? "Failed: the run could not be set up" : "Failed: the harness broke down"
        }
    }

    private static func wrong(_ results: RunResults) -> String {
        let violations = results.digest?.violations ?? []
        let broken = results.keys.count { $0.verdict == .violation }
        guard broken > 0 else {
            guard let finding = results.findings.first else { return "see below" }
            return (finding.node.map { "\($0) " } ?? "") + finding.kind.words
        }
        let nouns = Set(violations.map(\.noun))
        let what = nouns.count == 1 ? nouns.first : nil
        if results.keys.count == 1 { return what.map { "a \($0)" } ?? "not linearizable" }
        let keys = "\(broken) of \(results.keys.count) keys"
        return what.map { "\(keys) \(broken == 1 ? "has" : "have") a \($0)" }
            ?? "\(keys) \(broken == 1 ? "is" : "are") not linearizable"
    }

    private var lead: [String] {
        if run.subject == .history, let violation = results.digest?.violations.first,
            results.digest?.violations.count == 1
        {
            return [Self.capitalised(violation.sentence)]
        }
        let diagnoses = results.digest?.diagnoses ?? []
        if results.verdict == .invalid, !diagnoses.isEmpty {
            let groups = diagnoses.prefix(Self.mostReasons).map(\.sentence).map(Self.capitalised)
            return [groups[0]] + clearest + groups.dropFirst()
        }
        return Array(results.reasons.prefix(Self.mostReasons).map(Self.capitalised))
    }

    /// Who read what, and missed what: a group alone names no values.
    private var clearest: [String] {
        guard let violation = results.digest?.violations.first else { return [] }
        return [
            "The clearest" + (violation.key.map { ", on key \($0.cut(80))" } ?? "") + ": "
                + violation.sentence
        ]
    }

    private static func capitalised(_ text: String) -> String {
        // A node's name keeps its small letter.
        guard let first = text.first, first.isLowercase, text.dropFirst().first?.isNumber != true
        else { return text }
        return first.uppercased() + text.dropFirst()
    }

    /// What else was found, and how much was tested.
    private var rest: String {
        let total = results.total
        let findings = results.findings.count
        let counts =
            "\(total.completed.grouped) operations: \(total.ok.grouped) ok, "
            + (total.refused.map { "\($0.grouped) compared and refused, " } ?? "")
            + "\(total.errors.grouped) failed, \(total.info.grouped) unknown"
        let faults =
            run.subject == .history
            ? ""
            : results.faults.isEmpty
                ? " No faults."
                : " \(results.bitten) of \(results.faults.count) faults took effect."
        let stalled = (results.stalls ?? []).reduce(0) { $0 + $1.length }
        return [
            findings == 0
                ? (run.nodes.isEmpty || run.subject == .history
                    ? nil : "No crash found, all nodes served again.")
                : "\(findings) findings beside the history, below.",
            "\(counts).\(faults)", results.rate.map { "Rate: \($0.words)." },
            (results.digest?.worstOutage).map { "Longest time without any success: \($0.words)." },
            stalled > 0 ? "The harness itself stood still for \(stalled.fixed(2)) s." : nil,
            results.ending == .stopped ? "Somebody stopped the run before its planned end." : nil,
            results.ending == .foundFirst
                ? "It was asked to end at the first thing that is wrong." : nil,
        ].compactMap(\.self).joined(separator: " ")
    }

    /// What was promised: a plan may ask for less than linearizable reads.
    private var promise: Markup {
        guard run.plan?.contains("reads: serializable") == true else { return "" }
        return """
            <p class="quiet">This plan asks for serializable reads, which one node answers from \
            what it holds: they may be stale by design, and are judged here as if they were not.</p>
            """
    }

    /// The same for a chat or an issue.
    var markdown: String {
        let lines =
            ["**\(Self.headline(results))** (\(facts))", ""]
            + lead.map { "- \($0)" } + ["- \(rest)", "", "Again: `\(results.rerun)`"]
        return lines.joined(separator: "\n")
    }
}
