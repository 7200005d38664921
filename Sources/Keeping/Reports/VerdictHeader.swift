internal import Faults
internal import Models
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
            <h1>\(Self.headline(results))</h1>\(promise)\(paragraphs)
            <p class="quiet">\(rest)</p>
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
            results.plan, results.versions["system"].map(Self.short),
            run.nodes.isEmpty ? nil : "\(run.nodes.count) nodes", Self.date(results.started), load,
            results.started.isEmpty ? nil : "seed \(String(results.seed))",
            results.model.isEmpty
                ? nil : "judged for linearizability, each key one \(Self.words(of: results.model))",
        ].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · ")
    }

    /// A model's name, and what it does where the name is one of this package.
    private static func words(of model: String) -> String {
        let summary = ModelCatalog.all.first { $0.name == model }?.summary
        return model + (summary.map { " (\($0))" } ?? "")
    }

    /// A version without the file that it is of; all of it stands under what was run.
    private static func short(_ version: String) -> String {
        version.replacing(/\s\([^()]*\)$/, with: "").replacing(" Version: ", with: " ").cut(40)
    }

    /// The file, and how much is in it.
    private var historyFacts: String {
        let operations = results.total.completed + (results.digest?.open ?? 0)
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
            return found(results)
        }
        let nouns = Set(violations.map(\.noun))
        let what = nouns.count == 1 ? nouns.first : nil
        if results.keys.count == 1 { return what.map { "a \($0)" } ?? "not linearizable" }
        let keys = "\(broken) of \(results.keys.count) keys"
        return what.map { "\(keys) \(broken == 1 ? "has" : "have") a \($0)" }
            ?? "\(keys) \(broken == 1 ? "is" : "are") not linearizable"
    }

    /// What is wrong beside the history, in a few words.
    private static func found(_ results: RunResults) -> String {
        guard let worst = results.findingGroups?.first else { return "see below" }
        let example = results.findings[worst.first]
        let alike = results.findings.filter { $0.anomaly == example.anomaly }
            .reduce(0) { $0 + ($1.others ?? 1) }
        let others = results.findingCount - alike
        let what =
            if alike > 1 {
                "\(alike.grouped) \(Diagnosis.plural(example.anomaly))"
            } else if example.kind == .check {
                "a \(example.anomaly)" + (example.node.map { ", on \($0)" } ?? "")
            } else {
                (example.node.map { "\($0) " } ?? "") + example.kind.words
            }
        return what
            + (others > 0
                ? ", and \(others.grouped) \(others == 1 ? "finding" : "findings") more" : "")
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
        if results.verdict == .invalid, !results.findings.isEmpty { return findings }
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

    /// What was found by what it has in common, and the first of it in full: where, what, when, and
    /// what the node was going through.
    private var findings: [String] {
        let groups = results.findingGroups ?? []
        guard let worst = groups.first else { return [] }
        let example = Self.capitalised(
            (worst.count == 1 ? "" : "The first: ") + words(of: results.findings[worst.first]))
        // Of one alone the group says nothing that its own words do not say.
        let others = groups.dropFirst().prefix(Self.mostReasons - 1).map { group in
            group.count == 1 ? words(of: results.findings[group.first]) : group.sentence
        }.map(Self.capitalised)
        let isAlone = worst.count == 1 && worst.kind != .check
        return (isAlone ? [] : [Self.capitalised(worst.sentence)]) + [example] + others
    }

    private func words(of finding: Finding) -> String {
        let time = finding.kind == .check ? nil : finding.time.map { ", at \($0.fixed(2)) s" }
        return ([finding.sentence + (time ?? "")] + [results.clause(of: finding)])
            .compactMap(\.self).joined(separator: "; ")
    }

    private static func capitalised(_ text: String) -> String {
        // A node's name keeps its small letter.
        guard let first = text.first, first.isLowercase, text.dropFirst().first?.isNumber != true
        else { return text }
        return first.uppercased() + text.dropFirst()
    }

    /// What else was found, and how much was tested.
    private var rest: String {
        guard !run.isEmpty else { return "No load began: nothing was tested." }
        let total = results.total
        let open = run.subject == .history ? results.digest?.open ?? 0 : 0
        let findings = results.findingCount
        let counts =
            "\((total.completed + open).grouped) operations: \(total.ok.grouped) ok, "
            + (total.refused.map { "\($0.grouped) \(RefusalWords.found(results)), " } ?? "")
            + "\(total.errors.grouped) failed, \(total.info.grouped) with unknown outcome"
            + (open > 0 ? ", \(open.grouped) never completed" : "")
        let faults =
            run.subject == .history
            ? ""
            : results.faults.isEmpty
                ? " No faults."
                : results.bitten == results.faults.count
                    ? " \(Self.all(results.bitten)) took effect."
                    : " \(results.bitten) of \(results.faults.count) faults took effect."
        let stalled = (results.stalls ?? []).reduce(0) { $0 + $1.length }
        return [
            findings == 0 || (results.digest?.violations ?? []).isEmpty
                ? (findings > 0 || run.nodes.isEmpty || run.subject == .history
                    ? nil : "No crash found, all nodes served again.")
                : "\(findings) \(findings == 1 ? "finding" : "findings") beside the history, below.",
            "\(counts).\(faults)", results.rate.map { "Rate: \($0.words)." },
            (results.digest?.worstOutage).map { "Longest time without any success: \($0.words)." },
            stalled > 0 ? "The harness itself stood still for \(stalled.fixed(2)) s." : nil,
            results.ending == .stopped ? "Somebody stopped the run before its planned end." : nil,
            results.ending == .foundFirst
                ? "It was asked to end at the first thing that is wrong." : nil,
        ].compactMap(\.self).joined(separator: " ")
    }

    private static func all(_ count: Int) -> String {
        count == 1 ? "The one fault" : count == 2 ? "Both faults" : "All \(count) faults"
    }

    /// Whether the plan expects that linearizability is broken: one may ask for less.
    private var promise: Markup {
        guard run.subject == .run, let plan = run.plan else { return "" }
        let expectation =
            plan.contains("reads: serializable")
            ? "Expected: this plan asks for serializable reads, which one node answers from what it "
                + "holds; they may be stale by design, and are judged as if they must not be."
            : plan.contains("guilty: true")
                ? "Expected: this plan's system is known to break linearizability." : ""
        return expectation.isEmpty ? "" : "<p>\(expectation)</p>"
    }

    /// The same for a chat or an issue.
    var markdown: String {
        let lines =
            ["**\(Self.headline(results))** (\(facts))", ""]
            + lead.map { "- \($0)" } + ["- \(rest)", "", "Again: `\(results.rerun)`"]
        return lines.joined(separator: "\n")
    }
}
