internal import Faults
internal import Results

/// What was done to the cluster, the evidence that it bit, and what clients could still do.
struct FaultSection {
    private static let mostShown = 200

    private let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    var html: Markup {
        let faults = run.results.faults
        guard !faults.isEmpty else { return "" }
        let availability = Dictionary(
            (run.results.digest?.availability ?? []).map { ($0.fault, $0) }
        ) { first, _ in first }
        var told: Set<FaultName> = []
        let rows = faults.prefix(Self.mostShown).map { fault in
            row(fault, availability[fault.number], isFirst: told.insert(fault.kind).inserted)
        }.joined()
        let rest = faults.count - Self.mostShown
        let more: Markup = rest > 0 ? "<p>And \(rest) more, in results.json.</p>" : ""
        return """
            <section id="faults"><h2>Faults, their evidence, and availability</h2>
            <p class="quiet">Times in seconds. First success: of an operation invoked after the \
            injection, or after the healing. Outage: the longest time without any success until \
            all nodes served again, without what the harness itself stood still.\
            \(faults.latenessWords.map { " \($0)." } ?? "")</p>
            <div class="wide" tabindex="0" role="region" aria-label="Faults"><table class="sortable follows"><thead><tr><th scope="col">#</th><th scope="col">kind</th>\
            <th scope="col">nodes</th><th scope="col">from</th><th scope="col">to</th><th scope="col">effect</th><th scope="col">first success</th>\
            <th scope="col">after healing</th><th scope="col">outage</th><th scope="col">elections</th><th scope="col">leader</th>\
            <th scope="col">evidence</th></tr></thead><tbody>\(rows)</tbody></table></div>\
            \(more)</section>

            """
    }

    /// A line of the table; the first of a kind says in plain words what its name means.
    private func row(
        _ fault: FaultRecord, _ availability: FaultAvailability?, isFirst: Bool
    ) -> Markup {
        let words = isFirst ? fault.kind.plainWords : nil
        let plain: Markup = words.map { "<div class=\"quiet plain\">\($0)</div>" } ?? ""
        let checks = fault.checks.map { check in
            "<li>\(check.isMet ? "✓" : "✗") \(check.demand): \(check.detail)</li>" as Markup
        }.joined()
        let links = fault.links.map { link in
            "\(link.link) \(link.droppedPackets) dropped"
                + (link.probeArrived ? ", probe arrived" : "")
        }.joined(separator: "; ")
        let late = [("begun", fault.lateness), ("healed", fault.healingLateness)]
            .compactMap { name, time in
                time.map { "\(name) \(($0 * 1_000).fixed(0)) ms late" }
            }.joined(separator: ", ")
        let delays: Markup = late.isEmpty ? "" : "<li>\(late)</li>"
        let pairs: Markup = links.isEmpty ? "" : "<li>\(links.cut(2_000))</li>"
        func seconds(
            _ availability: FaultAvailability?, _ time: (FaultAvailability) -> Double?
        ) -> String {
            guard let availability else { return "" }
            return time(availability).map { $0.fixed(2) } ?? "never"
        }
        let elections = (availability?.elections ?? []).prefix(5).map { "+\($0.fixed(2))" }
            .joined(separator: " ")
        return """
            <tr class="look-at" data-from="\(Markup(raw: fault.start.fixed(3)))" data-to="\(Markup(raw: fault.end.fixed(3)))">\
            <td>\(fault.number)</td><td>\(fault.kind.rawValue)\(plain)</td>\
            <td>\(fault.nodeWords)</td><td>\(fault.start.fixed(2))</td>\
            <td>\(fault.end.fixed(2))</td>\
            <td class="\(fault.bit ? "ok" : "fail")">\(fault.bit ? "certain" : "none certain")</td>\
            <td>\(seconds(availability, \.afterInjection))</td>\
            <td>\(seconds(availability, \.afterHealing))</td>\
            <td>\(availability?.longestOutage.fixed(2) ?? "")</td><td>\(elections)</td>\
            <td>\(Self.leadership(fault))</td><td><details><summary>\(fault.checks.count) \
            \(fault.checks.count == 1 ? "check" : "checks")\
            </summary><ul>\(checks)\(delays)\(pairs)</ul></details></td></tr>
            """
    }

    private static func leadership(_ fault: FaultRecord) -> String {
        func text(_ leadership: FaultRecord.Leadership?) -> String {
            leadership.map { "\($0.leader)" + ($0.term.map { " (term \($0))" } ?? "") } ?? "none"
        }
        // A term says something where it has changed.
        guard fault.before != fault.after else {
            return fault.before.map { "\($0.leader), as before" } ?? "none"
        }
        return "\(text(fault.before)) → \(text(fault.after))"
    }
}
